import HummingbirdCore
import Kernel
import Platform
import Storage
import Web

/// Finding posts by words, place and season.
struct SearchPages: Sendable {
    private static let excerpt = 240

    let finder: PostFinder
    let subdivisions: Subdivisions
    let console: Console
    let page: ReadingPage
    let database: any Database

    var endpoints: [Endpoint] {
        Language.allCases.map { language in
            self.page.endpoint("/search", "Search", language) { call, _ in try await self.show(call, language) }
        }
    }

    private static let template = Template(
        """
        <h1>[[search]]</h1>
        <form method="get" action="{{base}}/{{lang}}/forum/search" role="search"><div class="fields">
        \(PageParts.field("q", "[[words_to_find]]", value: "{{q}}", "type=\"search\""))
        \(PageParts.choice("category", "[[category]]", of: "categories"))
        \(PageParts.choice("season", "[[season]]", of: "seasons"))
        \(PageParts.choice("ai", "[[author]]", of: "authors"))
        \(PageParts.field("near", "[[near_place]]", value: "{{near}}", "placeholder=\"35.01,135.77,10\" inputmode=\"decimal\""))</div>
        <p><button>[[find]]</button></p></form>
        {{#problem}}<p class="problem" role="alert">{{problem}}</p>{{/problem}}
        {{#is_asked}}{{^has_hits}}<p class="empty">[[nothing_found]]</p>{{/has_hits}}{{/is_asked}}
        {{#hits}}<article class="post"><h2><a href="{{path}}" lang="{{post_lang}}">{{title}}</a> <span class="soft">{{category_name}} · {{author}} · {{at}}</span></h2>
        {{#badge}}<p class="badge">{{badge}}</p>{{/badge}}{{#ad}}<p><strong>{{ad}}</strong></p>{{/ad}}
        <p lang="{{post_lang}}">{{excerpt}}</p>{{#place}}<p class="soft">{{place}}</p>{{/place}}</article>
        {{/hits}}
        {{#older}}<p><a href="{{older}}" rel="next">[[next_page]]</a></p>{{/older}}
        """,
        ForumWords.all
    )

    private func show(_ call: Call, _ language: Language) async throws -> ReadingPage.Shown {
        let asked = { (name: Substring) in
            (call.request.uri.fields[name].map(String.init) ?? "").bytewise.replacing("\0", with: "")
        }
        let say = { (key: String) in ForumWords.all.say(key, in: language) }
        let categories = try await self.database.read { try $0.categories.list() }
        let base = call.base(of: ForumContract.shared)
        let any = ("", say("any"))
        var values: [String: Any] = [
            "base": base, "lang": language.rawValue, "q": asked("q"), "near": asked("near"),
            "categories": PageParts.options(
                [any] + categories.map { ($0.slug, $0.name(in: language)) },
                chosen: asked("category")
            ),
            "seasons": PageParts.options(
                [any] + Season.allCases.map { ($0.rawValue, say("season.\($0.rawValue)")) },
                chosen: asked("season")
            ),
            "authors": PageParts.options(
                ["include", "exclude", "only"].map { ($0, say("filter.\($0)")) },
                chosen: asked("ai")
            ),
        ]
        var query = PostQuery()
        query.text = String(String.UnicodeScalarView(asked("q").unicodeScalars.prefix(500)))
        query.category = categories.map(\.slug).first { $0 == asked("category") }
        query.season = Season(rawValue: asked("season"))
        query.authors = PostStore.Authors(rawValue: asked("ai")) ?? .all
        query.near = SearchRoutes.SearchInput.near(asked("near"))
        query.offset = max(0, Int(asked("from")) ?? 0)
        if !asked("near").isEmpty, query.near == nil { values["problem"] = say("near_is_unreadable") }
        if !query.isEmpty {
            let found = try await self.finder.find(query)
            values["is_asked"] = true
            values["hits"] = found.entries.map {
                self.row(of: $0, categories, base, self.console.display(of: call, language))
            }
            if !found.entries.isEmpty { values["has_hits"] = true }
            if let next = found.next { values["older"] = Self.address(call, base, language, from: next) }
        }
        return ReadingPage.Shown(
            content: PageContent(say("search"), Self.template.render(values, in: language)),
            facts: ForumLayout.Facts(isIndexed: false)
        )
    }

    private static func address(_ call: Call, _ base: String, _ language: Language, from next: Int) -> String {
        let kept = call.request.uri.fields.filter { $0.key != "from" }.map {
            "\(HTML.percentEncode(String($0.key)))=\(HTML.percentEncode(String($0.value)))"
        }
        return "\(base)/\(language.rawValue)/forum/search?\((kept + ["from=\(next)"]).joined(separator: "&"))"
    }

    private func row(of entry: PostStore.Entry, _ categories: [Category], _ base: String, _ display: Display)
        -> [String: Any]
    {
        let language = display.language
        let text = (try? RenderedBody(entry.post.body))?.text ?? ""
        let start = String(String.UnicodeScalarView(text.unicodeScalars.prefix(Self.excerpt)))
        var row: [String: Any] = [
            "path": base + entry.thread.path(to: entry.post.number ?? 1, in: language.rawValue),
            "title": entry.thread.title, "post_lang": entry.thread.language,
            "category_name": categories.name(of: entry.thread.category, in: language),
            "author": entry.author.displayName(in: language),
            "at": display.moment(entry.post.publishedAt ?? entry.post.createdAt),
            "excerpt": start.utf8.count < text.utf8.count ? "\(start)…" : start,
        ]
        row["ad"] = AdLabel(entry.post, in: language)?.text
        if let stamps = entry.post.stamps {
            row["badge"] = Badge(stamps.ai, by: entry.author, in: language).text
            row["place"] = self.subdivisions.name(stamps.geo.iso, in: language)
        }
        return row
    }
}
