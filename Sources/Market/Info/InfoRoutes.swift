import HTTPTypes
import Hummingbird
import Kernel
import Storage
import Web

struct InfoRoutes: Sendable {
    let database: any Database
    let cache: ListingCache
    let rollUps: RollUps
    let clock: WallClock
    let publicURL: String

    private static let trendingDays: Int64 = 7
    private static let trendingLimit = 5

    var endpoints: [Endpoint] {
        [
            Endpoint(.get, "/health", "Health check", tag: "Health", access: .open, self.health),
            Endpoint(
                raw: .get,
                "/",
                "Service info",
                tag: "Health",
                access: .open,
                answers: [
                    AnswerDescription(
                        status: .ok,
                        summary: "The reference's JSON; a page for browsers",
                        example: ServiceInfo.example.json
                    )
                ],
                self.info
            ),
        ]
    }

    @Sendable private func health(_: NoInput, _ call: Call) async throws -> Health { Health(self.clock.now()) }

    /// A page for whoever asks for one, JSON for everybody else.
    @Sendable private func info(_ call: Call) async throws -> Response {
        guard call.request.headers[.accept]?.contains("text/html") ?? false else {
            return try Response(status: .ok, json: ServiceInfo.example)
        }
        let path = call.request.uri.path
        let query = call.request.uri.queryParameters
        return MarketPage.page(
            try await self.content(
                text: query["q"].map { String($0).trimmed } ?? "",
                category: query["category"].map { String($0) } ?? ""
            ),
            base: path.hasSuffix("/") ? String(path.dropLast()) : path,
            publicURL: self.publicURL
        )
    }

    private func content(text: String, category: String) async throws -> MarketPage.Content {
        var query = ListingQuery(limit: MarketPage.limit, offset: 0)
        if !text.isEmpty {
            query.text = text
            query.sort = .relevance
        }
        if !category.isEmpty { query.category = category }
        let asked = query
        try await self.rollUps.catchUp()
        let found = try await self.database.read { tx in
            (
                total: try tx.listings.count(asked), ids: try tx.listings.search(asked),
                categories: try tx.listings.listCategories(),
                trending: try tx.listings.listTrending(
                    since: tx.now.adding(seconds: -Self.trendingDays * 86_400),
                    limit: Self.trendingLimit
                )
            )
        }
        let services = try await self.cache.list(found.ids).map(\.listing)
        let trending = try await self.cache.list(found.trending.map(\.listing)).map(\.listing)
        let byID = Dictionary(uniqueKeysWithValues: trending.map { ($0.id, $0) })
        return MarketPage.Content(
            text: text,
            category: category,
            services: services,
            total: found.total,
            categories: found.categories,
            trending: found.trending.compactMap { row in byID[row.listing].map { ($0, row.calls) } }
        )
    }
}

private struct Health: ObjectOutput {
    let json: JSONValue

    init(_ now: Timestamp) { self.json = ["status": "ok", "timestamp": .string(now.text)] }

    static let example = Health(Timestamp(seconds: 1_773_914_400))
}

private struct ServiceInfo: ObjectOutput {
    let json: JSONValue = ["service": "Agent Commerce Framework", "version": "0.6.0", "docs": "/docs"]
    static let example = ServiceInfo()
}
