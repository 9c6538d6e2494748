import Foundation
import Hummingbird
import Kernel
import Platform
import Search
import Storage
import Web

/// The market as a browser sees it: search, categories, what is called most, and the way to the reference.
struct MarketPage: Sendable {
    private static let trendingDays: Int64 = 7
    private static let trendingLimit = 5

    let database: any Database
    let cache: ListingCache
    let rollUps: RollUps
    let search: Search
    /// Where clients reach the surface, for what is to be copied.
    let publicURL: String

    private struct Found: Sendable {
        let text: String
        let category: String
        let services: [Listing]
        let total: Int
        let categories: [(category: String, count: Int)]
        let trending: [(listing: Listing, calls: Int)]
    }

    /// The console: providers also have the buyer's, administrators all. Everybody's own comes first.
    static let style = Console.Style(
        home: "/account",
        menus: [
            Console.Menu(
                [MarketRole.admin.role],
                [
                    ("dashboard", "/admin/dashboard"), ("settlements", "/operator/settlements"),
                    ("money", "/operator/money"), ("agents", "/operator/agents"),
                    ("webhook_health", "/operator/webhooks"), ("ledger", "/operator/ledger"),
                    ("servers", "/operator/servers"),
                ]
            ),
            Console.Menu(
                ProviderPages.roles,
                [("provider", "/provider"), ("earnings", "/provider/earnings")]
            ),
            Console.Menu(
                Set(MarketRole.allCases.map(\.role)),
                [
                    ("account", "/account"), ("usage", "/account/usage"), ("deposits", "/account/deposits"),
                    ("keys", "/account/keys"), ("notifications", "/account/notifications"),
                    ("webhooks", "/account/webhooks"),
                ]
            ),
        ],
        // characters: a set
        denial: {
            $0.contains(MarketRole.provider.role) ? MarketProblems.providerRequired : MarketProblems.adminRequired
        },
        formToken: MarketProblems.formToken
    )

    /// Services that one page shows.
    static let limit = 24

    private static let template = Template(
        """
        <div class="title"><h1>[[surface_title]]</h1>
        <p><a href="{{base}}/docs">[[reference]]</a> · <a href="{{base}}/openapi.json">[[openapi_document]]</a></p></div>
        <p>[[paid_apis_for_agents_list_them]]</p>
        <form method="get" action="{{base}}/" role="search">
        <div class="row"><p><label for="q">[[search_services]]</label><br><input id="q" name="q" type="search" value="{{text}}"></p>
        {{#isNarrowed}}<input type="hidden" name="category" value="{{narrowedTo}}">{{/isNarrowed}}
        <p><button>[[search]]</button></p></div>
        </form>
        <section aria-labelledby="services"><h2 id="services">{{heading}}</h2>
        {{^hasServices}}<p class="empty">{{empty}}</p>{{/hasServices}}
        <div class="cards">{{#services}}<article class="card"><h3><a href="{{base}}/services/{{id}}">{{name}}</a></h3>
        <p>{{description}}</p>
        <p class="soft">[[price_a_call]]{{#free}} · [[free_calls]]{{/free}} · {{provider}}{{#category}} · {{category}}{{/category}}</p>
        <details><summary>[[call_it]]</summary><pre><code>{{curl}}</code></pre></details></article>{{/services}}</div></section>
        {{#hasCategories}}<section aria-labelledby="categories"><h2 id="categories">[[categories]]</h2>
        <ul class="tags">{{#categories}}<li><a href="{{base}}/?category={{encoded}}">{{name}}</a> <span class="soft">{{count}}</span></li>{{/categories}}</ul></section>{{/hasCategories}}
        <section aria-labelledby="trending"><h2 id="trending">[[called_most_in_the_last_seven]]</h2>
        {{^hasTrending}}<p class="empty">[[nothing_has_been_called_yet]]</p>{{/hasTrending}}
        {{#hasTrending}}<div class="scroll" tabindex="0" role="region" aria-label="[[trending]] ([[table]])"><table><thead><tr><th scope="col">[[service]]</th><th scope="col">[[provider]]</th><th scope="col" class="number">[[calls]]</th><th scope="col" class="number">[[price]]</th></tr></thead>
        <tbody>{{#trending}}<tr><th scope="row"><a href="{{base}}/services/{{id}}">{{name}}</a></th><td>{{provider}}</td><td class="number">{{calls}}</td><td class="number">{{price}}</td></tr>{{/trending}}</tbody></table></div>{{/hasTrending}}</section>
        """,
        MarketWords.all
    )

    @Sendable func show(_ call: Call, _ request: PageRequest?) async throws -> PageContent {
        let language = request?.language ?? Language.of(call.request, among: Language.allCases)
        let query = call.request.uri.queryParameters
        let read = { (name: Substring) in
            (query[name].map(String.init) ?? "").bytewise.replacing("\0", with: "").trimmed
        }
        let found = try await self.find(text: read("q"), category: read("category"))
        return PageContent(
            MarketWords.all.say("find_paid_apis", in: language),
            self.body(found, base: call.base(of: MarketContract.shared), language)
        )
    }

    private func find(text: String, category: String) async throws -> Found {
        var query = ListingQuery(limit: Self.limit, offset: 0)
        if !text.isEmpty {
            query.text = text
            query.sort = .relevance
        }
        if !category.isEmpty { query.category = category }
        try await self.rollUps.catchUp()
        let trendingRows = try await self.database.read { tx in
            try tx.trends.listTrending(
                since: tx.now.adding(seconds: -Self.trendingDays * 86_400),
                limit: Self.trendingLimit
            )
        }
        let found = self.search.answer(query.search)
        let categories = self.search.answer(ListingSearch.categories).facets["category"] ?? []
        let services = try await self.cache.list(found.hits.map { ID($0.id) }).map(\.listing)
        let trending = try await self.cache.list(trendingRows.map(\.listing)).map(\.listing)
        let byID = Dictionary(uniqueKeysWithValues: trending.map { ($0.id, $0) })
        return Found(
            text: text,
            category: category,
            services: services,
            total: found.total,
            categories: categories.map { ($0.value, $0.count) },
            trending: trendingRows.compactMap { row in byID[row.listing].map { ($0, row.calls) } }
        )
    }

    private func body(_ content: Found, base: String, _ language: Language) -> Markup {
        let say = { (key: String, arguments: [String: String]) in
            MarketWords.all.say(key, arguments, in: language)
        }
        let asked = [
            content.text.isEmpty ? nil : "“\(content.text)”", content.category.isEmpty ? nil : content.category,
        ]
        .compactMap { $0 }.joined(separator: " · ")
        let heading =
            asked.isEmpty
            ? say("newest_services", ["count": "\(content.total)"])
            : say("services_found", ["count": "\(content.total)", "asked": asked])
        return Self.template.render(
            [
                "base": base,
                "text": content.text,
                "isNarrowed": !content.category.isEmpty,
                "narrowedTo": content.category,
                "heading": heading,
                "empty": asked.isEmpty
                    ? say("no_service_is_listed", [:]) : say("nothing_matches", [:]),
                "hasServices": !content.services.isEmpty,
                "services": content.services.map { self.card($0) },
                "hasCategories": !content.categories.isEmpty,
                "categories": content.categories.map { entry in
                    [
                        "base": base, "name": entry.category, "count": "\(entry.count)",
                        "encoded": HTML.percentEncode(entry.category),
                    ]
                },
                "hasTrending": !content.trending.isEmpty,
                "trending": content.trending.map { entry in
                    [
                        "id": entry.listing.id.text, "name": entry.listing.name, "provider": entry.listing.providerName,
                        "calls": "\(entry.calls)",
                        "price": entry.listing.price.text,
                    ]
                },
            ],
            in: language
        )
    }

    private func card(_ listing: Listing) -> [String: String] {
        [
            "id": listing.id.text, "name": listing.name, "description": listing.description,
            "price": listing.price.text, "provider": listing.providerName,
            "category": listing.category, "free": listing.freeTierCalls > 0 ? "\(listing.freeTierCalls)" : "",
            "curl": Self.curl(listing, self.publicURL),
        ]
    }

    /// A call of the service, to be copied.
    static func curl(_ listing: Listing, _ publicURL: String) -> String {
        """
        curl \(publicURL)/api/v1/proxy/\(listing.id.text)/ \\
          -H "Authorization: Bearer $KEY" -d '{}'
        """
    }
}
