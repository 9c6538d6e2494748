import Foundation
import Hummingbird
import Kernel
import Web

/// The market as a browser sees it: search, categories, what is called most, and the way to the reference.
enum MarketPage {
    struct Content: Sendable {
        let text: String
        let category: String
        let services: [Listing]
        let total: Int
        let categories: [(category: String, count: Int)]
        let trending: [(listing: Listing, calls: Int)]
    }

    /// Services that one page shows.
    static let limit = 24

    private static let template = Template(
        """
        <div class="title"><h1>Souk market</h1>
        <p><a href="{{base}}/docs">Reference</a> · <a href="{{base}}/openapi.json">OpenAPI document</a> · <a href="{{base}}/admin/dashboard">Dashboard</a></p></div>
        <p>Paid APIs for agents: list them, find them, and call them through a proxy that pays.</p>
        <form method="get" action="{{base}}/" role="search">
        <p><label for="q">Search services</label><br><input id="q" name="q" type="search" value="{{text}}"> </p>
        {{#isNarrowed}}<input type="hidden" name="category" value="{{narrowedTo}}">{{/isNarrowed}}
        <p><button>Search</button></p>
        </form>
        <section aria-labelledby="services"><h2 id="services">{{heading}}</h2>
        {{^hasServices}}<p class="empty">{{empty}}</p>{{/hasServices}}
        <div class="cards">{{#services}}<article class="card"><h3>{{name}}</h3>
        <p>{{description}}</p>
        <p class="soft">{{price}} USDC a call{{free}} · by {{provider}}{{category}}</p>
        <details><summary>Call it</summary><pre><code>{{curl}}</code></pre></details></article>{{/services}}</div></section>
        {{#hasCategories}}<section aria-labelledby="categories"><h2 id="categories">Categories</h2>
        <ul class="tags">{{#categories}}<li><a href="{{base}}/?category={{encoded}}">{{name}}</a> <span class="soft">{{count}}</span></li>{{/categories}}</ul></section>{{/hasCategories}}
        <section aria-labelledby="trending"><h2 id="trending">Called most in the last seven days</h2>
        {{^hasTrending}}<p class="empty">Nothing has been called yet.</p>{{/hasTrending}}
        {{#hasTrending}}<div class="scroll"><table><thead><tr><th scope="col">Service</th><th scope="col">Provider</th><th scope="col" class="number">Calls</th><th scope="col" class="number">Price</th></tr></thead>
        <tbody>{{#trending}}<tr><th scope="row">{{name}}</th><td>{{provider}}</td><td class="number">{{calls}}</td><td class="number">{{price}}</td></tr>{{/trending}}</tbody></table></div>{{/hasTrending}}</section>
        """
    )

    /// - Parameters:
    ///   - base: where the surface stands in the browser's address; empty at a root.
    ///   - publicURL: where clients reach the surface, for what is to be copied.
    static func page(_ content: Content, base: String, publicURL: String) -> Response {
        let asked = [
            content.text.isEmpty ? nil : "“\(content.text)”", content.category.isEmpty ? nil : content.category,
        ]
        .compactMap { $0 }.joined(separator: " in ")
        let heading =
            asked.isEmpty
            ? "Newest services (\(content.total) in all)"
            : "\(content.total) \(content.total == 1 ? "service" : "services") for \(asked)"
        return HTML.page(
            title: "Souk market",
            body: self.template.render([
                "base": base,
                "text": content.text,
                "isNarrowed": !content.category.isEmpty,
                "narrowedTo": content.category,
                "heading": heading,
                "empty": asked.isEmpty
                    ? "No service is listed yet. Providers list theirs with POST /api/v1/services."
                    : "Nothing matches. Try fewer or shorter words.",
                "hasServices": !content.services.isEmpty,
                "services": content.services.map { self.card($0, publicURL) },
                "hasCategories": !content.categories.isEmpty,
                "categories": content.categories.map { entry in
                    [
                        "base": base, "name": entry.category, "count": "\(entry.count)",
                        "encoded": entry.category.addingPercentEncoding(withAllowedCharacters: .alphanumerics) ?? "",
                    ]
                },
                "hasTrending": !content.trending.isEmpty,
                "trending": content.trending.map { entry in
                    [
                        "name": entry.listing.name, "provider": entry.listing.providerName, "calls": "\(entry.calls)",
                        "price": entry.listing.price.text,
                    ]
                },
            ])
        )
    }

    private static func card(_ listing: Listing, _ publicURL: String) -> [String: String] {
        [
            "name": listing.name, "description": listing.description, "price": listing.price.text,
            "provider": listing.providerName,
            "category": listing.category.isEmpty ? "" : " · \(listing.category)",
            "free": listing.freeTierCalls > 0 ? ", \(listing.freeTierCalls) free calls" : "",
            "curl": """
            curl \(publicURL)/api/v1/proxy/\(listing.id.text)/ \\
              -H "Authorization: Bearer $KEY" -d '{}'
            """,
        ]
    }
}
