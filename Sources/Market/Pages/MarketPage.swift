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
        let asked: ServiceSearch
        let answer: SearchAnswer
        let services: [Listing]
        let reasons: [String: [SearchReason]]
        let categories: [SearchFacet]
        let trending: [(listing: Listing, calls: Int)]
    }

    /// The console: providers also have the buyer's, administrators all. Everybody's own comes first.
    static let style = Console.Style(
        home: "/account",
        menus: [
            Console.Menu(
                [MarketRole.admin.role],
                [
                    ("today", "/operator"), ("dashboard", "/admin/dashboard"), ("settlements", "/operator/settlements"),
                    ("money", "/operator/money"), ("account_list", "/operator/accounts"),
                    ("services", "/operator/services"), ("agents", "/operator/agents"),
                    ("webhook_health", "/operator/webhooks"), ("ledger", "/operator/ledger"),
                    ("audit_log", "/operator/audit"), ("servers", "/operator/servers"),
                ]
            ),
            Console.Menu(
                ProviderPages.roles,
                [("provider", "/provider"), ("earnings", "/provider/earnings")]
            ),
            Console.Menu(
                Set(MarketRole.allCases.map(\.role)),
                [
                    ("account", "/account"), ("usage", "/account/usage"), ("spending", "/account/spending"),
                    ("deposits", "/account/deposits"),
                    ("keys", "/account/keys"), ("notifications", "/account/notifications"),
                    ("webhooks", "/account/webhooks"), ("settings", "/account/settings"),
                ]
            ),
        ],
        // characters: a set
        denial: {
            $0.contains(MarketRole.provider.role) ? MarketProblems.providerRequired : MarketProblems.adminRequired
        },
        formToken: MarketProblems.formToken
    )

    private static let template = Template(
        """
        <div class="title"><h1>[[surface_title]]</h1>
        <p><a href="{{base}}/docs">[[api_reference]]</a> · <a href="{{base}}/openapi.json">[[openapi_document]]</a></p></div>
        <p>[[paid_apis_for_agents_list_them]]</p>
        \(ServiceSearch.form)
        <section aria-labelledby="services"><h2 id="services">{{heading}}</h2>
        {{^hasServices}}<p class="empty">{{empty}}</p>{{/hasServices}}
        <div class="cards">{{#services}}<article class="card"><h3><a href="{{base}}/services/{{id}}">{{name}}</a></h3>
        <p>{{description}}</p>
        <p class="soft">[[price_a_call]]{{#free}} · [[free_calls]]{{/free}} · {{provider}}{{#category}} · {{category}}{{/category}}</p>
        \(ServiceSearch.reasons)
        <details><summary>[[call_it]]</summary><pre><code>{{curl}}</code></pre></details></article>{{/services}}</div>
        \(ServiceSearch.pages)</section>
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
        let query = call.request.uri.fields
        let read = { (name: Substring) in
            (query[name].map(String.init) ?? "").bytewise.replacing("\0", with: "").trimmed
        }
        let found = try await self.find(ServiceSearch(read))
        return PageContent(
            MarketWords.all.say("find_paid_apis", in: language),
            self.body(found, base: call.base(of: MarketContract.shared), language)
        )
    }

    private func find(_ asked: ServiceSearch) async throws -> Found {
        try await self.rollUps.catchUp()
        let rows = try await self.database.read { tx in
            try tx.trends.listTrending(
                since: tx.now.adding(seconds: -Self.trendingDays * 86_400),
                limit: Self.trendingLimit
            )
        }
        let answer = self.search.answer(asked.query)
        let services = try await self.cache.list(answer.hits.map { ID($0.id) }).map(\.listing)
        let trending = try await self.cache.list(rows.map(\.listing)).map(\.listing)
        let byID = Dictionary(uniqueKeysWithValues: trending.map { ($0.id, $0) })
        return Found(
            asked: asked,
            answer: answer,
            services: services,
            reasons: asked.text.isEmpty
                ? [:] : self.search.explain(asked.text, services.map { $0.searchDocument(calls: 0) }),
            categories: self.search.answer(ListingSearch.categories).facets["category"] ?? [],
            trending: rows.compactMap { row in byID[row.listing].map { ($0, row.calls) } }
        )
    }

    private func body(_ content: Found, base: String, _ language: Language) -> Markup {
        let say = { (key: String, arguments: [String: String]) in
            MarketWords.all.say(key, arguments, in: language)
        }
        let (asked, total) = (content.asked.asked, "\(content.answer.total)")
        let heading =
            asked.isEmpty
            ? say("newest_services", ["count": total]) : say("services_found", ["count": total, "asked": asked])
        var values = content.asked.values(content.answer, content.reasons, base: base, language)
        values["base"] = base
        values["heading"] = heading
        values["empty"] = content.asked.isNarrow ? say("nothing_matches", [:]) : say("no_service_is_listed", [:])
        values["hasServices"] = !content.services.isEmpty
        values["services"] = content.services.map { self.card($0, content.reasons[$0.id.text] ?? [], language) }
        values["hasCategories"] = !content.categories.isEmpty
        values["categories"] = content.categories.map { entry in
            ["base": base, "name": entry.value, "count": "\(entry.count)", "encoded": HTML.percentEncode(entry.value)]
        }
        values["hasTrending"] = !content.trending.isEmpty
        values["trending"] = content.trending.map { entry in
            [
                "id": entry.listing.id.text, "name": entry.listing.name, "provider": entry.listing.providerName,
                "calls": "\(entry.calls)", "price": entry.listing.price.text,
            ]
        }
        return Self.template.render(values, in: language)
    }

    private func card(_ listing: Listing, _ reasons: [SearchReason], _ language: Language) -> [String: Any] {
        var card: [String: Any] = [
            "id": listing.id.text, "name": listing.name, "description": listing.description,
            "price": listing.price.text, "provider": listing.providerName,
            "category": listing.category,
            "curl": Self.curl(listing, self.publicURL), "reasons": ServiceSearch.lines(reasons, language),
        ]
        if listing.freeTierCalls > 0 { card["free"] = "\(listing.freeTierCalls)" }
        if !reasons.isEmpty { card["hasReasons"] = true }
        return card
    }

    /// A call of the service, to be copied.
    static func curl(_ listing: Listing, _ publicURL: String) -> String {
        CallSample(listing, listing.interface.operations.first, publicURL).curl
    }
}
