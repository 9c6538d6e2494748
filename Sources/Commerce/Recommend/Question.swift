import Foundation
import Kernel
import Search

/// A question to the catalogue: its words, and what must hold.
struct Question: Sendable {
    let parsed: ParsedIntent
    let constraints: Constraints
    /// What is sought in the index.
    let text: String
    /// The words that count, and which of them the lexicon has put there.
    let words: [Word]
    /// Words that no product has, in scripts without spaces.
    let unknown: [String]
    private let residual: NormalForm
    private let total: Int

    struct Word: Sendable {
        let text: String
        /// As it was said.
        let said: String
        let isTranslated: Bool
        let documents: Int
        /// Its place among the words that the index counts.
        let place: Int
    }

    init(_ parsed: ParsedIntent, _ constraints: Constraints, _ search: Search) {
        (self.parsed, self.constraints) = (parsed, constraints)
        let found = search.words(in: parsed.searchText)
        let translated = parsed.translated.flatMap { pair in
            pair.words.lowercased().bytewise.split(" ").map { (String($0), pair.said) }
        }
        let saidBy = Dictionary(translated) { first, _ in first }
        var (words, unknown): ([Word], [String]) = ([], [])
        for (place, word) in found.enumerated() {
            guard word.isKnown || !Self.isUnspaced(word.text) else {
                unknown.append(word.text)
                continue
            }
            words.append(
                Word(
                    text: word.text,
                    said: saidBy[word.text] ?? word.text,
                    isTranslated: saidBy[word.text] != nil,
                    documents: word.documents,
                    place: place
                )
            )
        }
        (self.words, self.unknown) = (words, unknown)
        // A last word that is known is meant as it stands, and not as the beginning of longer ones.
        self.text = found.last?.isKnown ?? false ? parsed.searchText + " " : parsed.searchText
        self.residual = NormalForm(parsed.residual)
        self.total = search.count
    }

    private static func isUnspaced(_ text: String) -> Bool { (text.unicodeScalars.first?.value ?? 0) >= 0x2E80 }

    /// What products may be of that were asked for by their kind.
    private var kinds: [String] { self.parsed.categories.flatMap(Lexicon.standard.kin(of:)) }

    func query(limit: Int) -> SearchQuery {
        SearchQuery(
            self.text,
            filters: self.constraints.filters,
            favoured: self.kinds.isEmpty
                ? nil
                : .init([.any("category", of: self.kinds)], share: ProductSearch.kindShare(words: self.words.count)),
            limit: limit
        )
    }

    /// Surface forms, in their inquiry.
    var keywords: [String] {
        self.words.map(\.said).reduce(into: []) { said, word in if said.last != word { said.append(word) } }
    }

    // MARK: How closely

    private static let names: Set<String> = ["title", "brand", "code", "type"]
    private static let whole: Set<SearchReason.Kind> = [.exact, .stem, .joined]

    /// Nil for a product that meets none of the words.
    func tier(_ product: Product, _ reasons: [SearchReason]) -> Tier? {
        let content = product.content
        if self.residual.scalars.count >= 2,
            [content.title, content.brand, content.code].contains(where: {
                self.residual.occurs(in: NormalForm($0))
            })
        {
            return .rawSubstring
        }
        guard !self.words.isEmpty else { return nil }
        let byPlace = Dictionary(grouping: reasons) { $0.place }
        let isMaker =
            self.parsed.brands.isEmpty
            || self.parsed.brands.contains { self.constraints.makers.isSame($0, content.brand.lowercased()) }
        let isStrict = self.words.allSatisfy { word in
            !word.isTranslated
                && (byPlace[word.place] ?? []).contains {
                    Self.whole.contains($0.kind) && Self.names.contains($0.field)
                }
        }
        if isMaker, isStrict { return .strict }
        let isNarrow = self.words.allSatisfy { word in
            (byPlace[word.place] ?? []).contains { Self.whole.contains($0.kind) || $0.kind == .synonym }
        }
        if isMaker, isNarrow { return .narrow }
        let met = self.words.count { byPlace[$0.place] != nil }
        if met * 10 >= self.words.count * 6, met > 0 { return .fuzzy }
        return met > 0 || self.parsed.categories.contains(content.category) ? .broadened : nil
    }

    /// 0 to 1: what of the words' weight the product meets.
    func relevance(_ reasons: [SearchReason]) -> Double {
        let byPlace = Dictionary(grouping: reasons) { $0.place }
        return Relevance.of(
            self.words.map { word in
                let best = (byPlace[word.place] ?? []).map { Self.share($0, word) }.max() ?? 0
                return (Relevance.rarity(word.documents, of: self.total), best)
            }
        )
    }

    private static func share(_ reason: SearchReason, _ word: Word) -> Double {
        let field = Self.names.contains(reason.field) ? 1 : reason.field == "attributes" ? 0.7 : 0.5
        let kind: Double =
            switch reason.kind {
            case .exact, .stem, .joined: word.isTranslated ? 0.8 : 1
            case .synonym: 0.8
            case .prefix, .edit: 0.6
            }
        return field * kind
    }
}

/// The relevance that scores are made of (see docs/commerce.md).
enum Relevance {
    /// - Parameter words: the rarity of each, and what of it is met, 0 to 1.
    static func of(_ words: [(rarity: Double, met: Double)]) -> Double {
        let total = words.reduce(0) { $0 + $1.rarity }
        return total > 0 ? words.reduce(0) { $0 + $1.rarity * $1.met } / total : 0
    }

    static func rarity(_ documents: Int, of count: Int) -> Double {
        let (documents, count) = (Double(documents), Double(max(count, documents)))
        return log(1 + (count - documents + 0.5) / (documents + 0.5))
    }
}
