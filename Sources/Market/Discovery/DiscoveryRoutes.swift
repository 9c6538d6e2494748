import HTTPTypes
import Kernel
import Platform
import Search
import Storage
import Web

struct DiscoveryRoutes: Sendable {
    let database: any Database
    let cache: ListingCache
    let rollUps: RollUps
    let find: Search

    private static let tag = "Discovery"
    private static let trendingDays: Int64 = 7

    var endpoints: [Endpoint] {
        [
            Endpoint(.get, "/api/v1/discover", tag: Self.tag, self.search),
            Endpoint(.get, "/api/v1/discover/categories", tag: Self.tag, self.categories),
            Endpoint(.get, "/api/v1/discover/trending", tag: Self.tag, self.trending),
            Endpoint(.get, "/api/v1/discover/recommendations/{agent_id}", tag: Self.tag, self.recommendations),
        ]
    }

    var search: Operation<SearchServices, SearchResult> {
        Operation("Search services", access: .open) { input, call in
            let query = input.query
            let found = self.find.answer(query.search)
            return SearchResult(
                services: try await self.cache.list(found.hits.map { ID($0.id) }).map(\.json),
                total: found.total,
                offset: query.offset,
                limit: query.limit
            )
        }
    }

    var categories: Operation<NoInput, CategoryList> {
        Operation("List categories", access: .open) { _, call in
            let categories = self.find.answer(ListingSearch.categories).facets["category"] ?? []
            return CategoryList(categories: categories.map { .init(category: $0.value, count: $0.count) })
        }
    }

    var trending: Operation<Trending, TrendingList> {
        Operation("Trending services", access: .open) { input, call in
            try await self.rollUps.catchUp()
            let rows = try await self.database.read { tx in
                try tx.trends.listTrending(
                    since: tx.now.adding(seconds: -Self.trendingDays * 86_400),
                    limit: input.limit
                )
            }
            let services = try await self.cache.list(rows.map(\.listing))
            let byID = Dictionary(uniqueKeysWithValues: services.map { ($0.listing.id, $0.json) })
            let entries = rows.compactMap { row in
                byID[row.listing].map { service in
                    TrendingList.Entry(
                        service: service,
                        callCount: row.calls,
                        averageLatency: row.latency
                    )
                }
            }
            return TrendingList(trending: entries, count: entries.count)
        }
    }

    var recommendations: Operation<Recommend, Recommendations> {
        Operation("Personalized recommendations", access: .open) { input, call in
            try await self.rollUps.catchUp()
            let ids = try await self.database.read { tx in
                let buyer = try tx.agents.find(ID(input.agentID))?.owner ?? tx.identities.find(name: input.agentID)?.id
                return try tx.trends.listRecommendations(for: buyer, limit: input.limit)
            }
            let newest = ListingQuery(limit: input.limit, offset: 0).search
            let services = try await self.cache.list(ids ?? self.find.answer(newest).hits.map { ID($0.id) })
            return Recommendations(recommendations: services.map(\.json), count: services.count)
        }
    }
}

struct SearchServices: Input {
    /// As many as a service may have.
    private static let tagLimit = 20

    let query: ListingQuery

    init(_ read: inout InputReader) {
        var query = ListingQuery(limit: read.pageLimit(default: 50), offset: read.pageOffset())
        let other = read.query("query", .string, "The same as q, for whoever guesses the name")
        query.text = read.query("q", .string, "Full-text search") ?? other
        query.category = read.query("category", .string, "Filter by category")
        let tags = read.query("tags", .string, "At most \(Self.tagLimit) comma-separated tags; any of them matches")
        query.tags = Set((tags ?? "").lowercased().bytewise.list(",")).sorted()
        read.require(
            query.tags.count <= Self.tagLimit,
            "tags",
            FieldRule("tags_at_most", ["limit": "\(Self.tagLimit)"])
        )
        query.minimumPrice = read.price("min_price", "Lowest price of a call, such as 0.01")
        query.maximumPrice = read.price("max_price", "Highest price of a call, such as 1.00")
        let method = read.query("payment_method", .string, "x402, paypal or nowpayments", ListingRules.paymentMethod)
        query.paymentMethod = method.flatMap { PaymentMethod(rawValue: $0) }
        query.hasFreeTier = read.query("has_free_tier", .boolean, "true for services with free calls")
        let sort = read.query(
            "sort_by",
            .string,
            "created_at, price or name; with q, the best match first when it is not given",
            .oneOf(["created_at", "price", "name"])
        )
        switch sort {
        case "price": query.sort = .price
        case "name": query.sort = .name
        case nil where query.text != nil: query.sort = .relevance
        default: query.sort = .createdAt
        }
        self.query = query
    }
}

extension InputReader {
    /// A decimal price; the message shows what was given.
    fileprivate mutating func price(_ name: String, _ summary: String) -> Amount<USDC>? {
        guard let text = self.query(name, .price, summary) else { return nil }
        self.require(
            (try? Amount<USDC>(decimal: text)) != nil,
            name,
            FieldRule("price_unreadable", ["field": name, "text": text])
        )
        return try? Amount<USDC>(decimal: text)
    }
}

extension FieldType where Value == String {
    fileprivate static var price: FieldType { .string.describing(["pattern": "^[0-9]{1,12}(\\.[0-9]{1,6})?$"]) }
}

struct SearchResult: ExampleAnswer {
    let services: [Written<ServiceOutput>]
    let total: Int
    let offset: Int
    let limit: Int

    static let members: [Member<Self>] = [
        Member("services", \.services, "What was found"),
        Member("total", \.total, "How many there are in all"),
        Member("offset", \.offset, "How many were skipped"),
        Member("limit", \.limit, "How many stand here at most"),
    ]
    static let example = SearchResult(services: [Written(.example)], total: 25, offset: 0, limit: 10)
}

struct CategoryList: ExampleAnswer {
    let categories: [Entry]

    static let members: [Member<Self>] = [
        Member("categories", \.categories, "Categories with active services")
    ]

    struct Entry: Answer {
        let category: String
        let count: Int

        static let members: [Member<Self>] = [
            Member("category", \.category, "The category"),
            Member("count", \.count, "Active services in it"),
        ]
    }
    static let example = CategoryList(categories: [.init(category: "ai", count: 12)])
}

struct Trending: Input {
    let limit: Int
    init(_ read: inout InputReader) { self.limit = read.pageLimit(default: 10) }
}

struct TrendingList: ExampleAnswer {
    let trending: [Entry]
    let count: Int

    static let members: [Member<Self>] = [
        Member("trending", \.trending, "Most called in the last seven days first"),
        Member("count", \.count, "How many stand here"),
    ]

    struct Entry: Answer {
        let service: Written<ServiceOutput>
        let callCount: Int
        let averageLatency: Double

        static let members: [Member<Self>] = [
            Member("service", \.service, "The service"),
            Member("call_count", \.callCount, "Calls in the last seven days"),
            Member("avg_latency_ms", \.averageLatency, "Mean time to the answer in the last seven days", unit: "ms"),
        ]
    }
    static let example = TrendingList(
        trending: [.init(service: Written(.example), callCount: 1523, averageLatency: 187.3)],
        count: 1
    )
}

struct Recommend: Input {
    let agentID: String
    let limit: Int

    init(_ read: inout InputReader) {
        self.agentID = read.path("agent_id", "An agent, or the owner itself")
        self.limit = read.pageLimit(default: 5)
    }
}

struct Recommendations: ExampleAnswer {
    let recommendations: [Written<ServiceOutput>]
    let count: Int

    static let members: [Member<Self>] = [
        Member("recommendations", \.recommendations, "Best match first"),
        Member("count", \.count, "How many stand here"),
    ]
    static let example = Recommendations(recommendations: [Written(.example)], count: 1)
}
