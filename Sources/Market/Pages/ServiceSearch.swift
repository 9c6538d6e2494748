import Foundation
import Kernel
import Search
import Web

/// The search of the market's page: what was asked for in the address, the form, and what was found.
struct ServiceSearch: Sendable {
    /// Services that one page shows.
    static let limit = 24
    /// Tags that can be chosen.
    private static let tagLimit = 20
    private static let sorts = ["", "created_at", "price", "name"]

    let text: String
    let category: String
    let tag: String
    let lowest: String
    let highest: String
    let hasFreeCalls: Bool
    let sort: String
    let offset: Int

    /// - Parameter value: what the address says of a name; empty where it says nothing.
    init(_ value: (Substring) -> String) {
        self.text = value("q")
        self.category = value("category")
        self.tag = value("tag")
        self.lowest = value("min_price")
        self.highest = value("max_price")
        self.hasFreeCalls = value("free") == "1"
        let sort = value("sort")
        self.sort = Self.sorts.contains(sort) ? sort : ""
        self.offset = min(max(0, Int(value("offset")) ?? 0), 100_000)
    }

    /// Prices that cannot be read, by their names.
    private var unreadable: [(name: String, text: String)] {
        [("min_price", self.lowest), ("max_price", self.highest)].filter {
            !$0.1.isEmpty && (try? Amount<USDC>(decimal: $0.1)) == nil
        }
    }

    var query: SearchQuery {
        var query = ListingQuery(limit: Self.limit, offset: self.offset)
        if !self.text.isEmpty { (query.text, query.sort) = (self.text, .relevance) }
        if !self.category.isEmpty { query.category = self.category }
        if !self.tag.isEmpty { query.tags = [self.tag.lowercased()] }
        query.minimumPrice = try? Amount<USDC>(decimal: self.lowest)
        query.maximumPrice = try? Amount<USDC>(decimal: self.highest)
        if self.hasFreeCalls { query.hasFreeTier = true }
        switch self.sort {
        case "created_at": query.sort = .createdAt
        case "price": query.sort = .price
        case "name": query.sort = .name
        default: break
        }
        var search = query.search
        (search.facets, search.facetLimit) = (["category", "tags"], Self.tagLimit)
        return search
    }

    private var isNarrowed: Bool {
        !(self.category + self.tag + self.lowest + self.highest + self.sort).isEmpty || self.hasFreeCalls
    }

    /// Whether something less than all services was asked for.
    var isNarrow: Bool { self.isNarrowed || !self.text.isEmpty || self.offset > 0 }

    /// In the heading.
    var asked: String {
        [self.text, self.category, self.tag].filter { !$0.isEmpty }.joined(
            separator: " · "
        )
    }

    static let form = """
        <form method="get" action="{{base}}/" role="search">
        <div class="row"><p><label for="q">[[search_services]]</label><br><input id="q" name="q" type="search" value="{{text}}"></p>
        <p><button>[[search]]</button></p></div>
        <details{{#isNarrowed}} open{{/isNarrowed}}><summary>[[filters]]</summary><div class="fields">
        <p><label for="category">[[category]]</label><br><select id="category" name="category"><option value="">[[all]]</option>{{#categoryOptions}}\(PageParts.option){{/categoryOptions}}</select></p>
        <p><label for="tag">[[tag]]</label><br><select id="tag" name="tag"><option value="">[[all]]</option>{{#tagOptions}}\(PageParts.option){{/tagOptions}}</select></p>
        <p><label for="min_price">[[lowest_price_usdc]]</label><br><input id="min_price" name="min_price" inputmode="decimal" value="{{lowest}}"></p>
        <p><label for="max_price">[[highest_price_usdc]]</label><br><input id="max_price" name="max_price" inputmode="decimal" value="{{highest}}"></p>
        <p><label for="sort">[[sort_by]]</label><br><select id="sort" name="sort">{{#sortOptions}}\(PageParts.option){{/sortOptions}}</select></p>
        <p><label><input type="checkbox" name="free" value="1"{{#hasFreeCalls}} checked{{/hasFreeCalls}}> [[with_free_calls_only]]</label></p></div></details></form>
        {{#unreadable}}<p class="error" role="alert">{{.}}</p>{{/unreadable}}
        {{#suggestion}}<p>[[did_you_mean]] <a href="{{address}}">{{text}}</a></p>{{/suggestion}}
        """

    static let pages = """
        {{#hasPages}}<p class="row">{{#earlier}}<a href="{{earlier}}" rel="prev">[[previous_page]]</a>{{/earlier}} {{#later}}<a href="{{later}}" rel="next">[[next_page]]</a>{{/later}}</p>{{/hasPages}}
        """

    static let reasons = """
        {{#hasReasons}}<details><summary>[[why_this_is_here]]</summary><ul>{{#reasons}}<li>{{.}}</li>{{/reasons}}</ul></details>{{/hasReasons}}
        """

    func values(
        _ answer: SearchAnswer,
        _ reasons: [String: [SearchReason]],
        base: String,
        _ language: Language
    ) -> [String: Any] {
        let words = MarketWords.all
        let names = [
            "": self.text.isEmpty ? "newest_first" : "best_match_first", "created_at": "newest_first",
            "price": "lowest_price_first", "name": "by_name",
        ]
        var values: [String: Any] = [
            "text": self.text, "lowest": self.lowest, "highest": self.highest,
            "categoryOptions": Self.options(answer.facets["category"] ?? [], chosen: self.category),
            "tagOptions": Self.options(answer.facets["tags"] ?? [], chosen: self.tag),
            "sortOptions": PageParts.options(
                // characters: own keys
                Self.sorts.filter { $0 != "created_at" || !self.text.isEmpty }.map {
                    ($0, words.say(names[$0] ?? "", in: language))
                },
                chosen: self.sort
            ),
            "unreadable": self.unreadable.map {
                words.say("sentence.price_unreadable", ["field": $0.name, "text": $0.text], in: language)
            },
        ]
        if self.isNarrowed { values["isNarrowed"] = true }
        if self.hasFreeCalls { values["hasFreeCalls"] = true }
        if let suggestion = answer.suggestion?.text(answer.hits.flatMap { reasons[$0.id] ?? [] }) {
            values["suggestion"] = ["text": suggestion, "address": self.address(base, text: suggestion, offset: 0)]
        }
        if self.offset > 0 { values["earlier"] = self.address(base, offset: max(0, self.offset - Self.limit)) }
        if self.offset + answer.hits.count < answer.total, !answer.hits.isEmpty {
            values["later"] = self.address(base, offset: self.offset + Self.limit)
        }
        if values["earlier"] != nil || values["later"] != nil { values["hasPages"] = true }
        return values
    }

    private static func options(_ facets: [SearchFacet], chosen: String) -> [[String: Any]] {
        var values = facets.map { ($0.value, "\($0.value) (\($0.count))") }
        if !chosen.isEmpty, !facets.contains(where: { $0.value == chosen }) { values.insert((chosen, chosen), at: 0) }
        return PageParts.options(values, chosen: chosen)
    }

    /// The same question elsewhere.
    private func address(_ base: String, text: String? = nil, offset: Int) -> String {
        let parts = [
            ("q", text ?? self.text), ("category", self.category), ("tag", self.tag), ("min_price", self.lowest),
            ("max_price", self.highest), ("free", self.hasFreeCalls ? "1" : ""), ("sort", self.sort),
            ("offset", offset > 0 ? "\(offset)" : ""),
        ]
        let query = parts.filter { !$0.1.isEmpty }.map { "\($0.0)=\(HTML.percentEncode($0.1))" }.joined(separator: "&")
        return query.isEmpty ? "\(base)/" : "\(base)/?\(query)"
    }

    /// Why a service was found, a line for each word and field.
    static func lines(_ reasons: [SearchReason], _ language: Language) -> [String] {
        reasons.map { reason in
            let field = MarketWords.all.say("field.\(reason.field)", in: language)
            return reason.found == reason.word
                ? "\(field): \(reason.word)" : "\(field): \(reason.found) ← \(reason.word)"
        }
    }
}
