import Kernel
import Platform
import Storage

struct ListingStore {
    let tx: Transaction

    func find(_ id: ID<Listing>) throws -> Listing? {
        try self.tx.row(
            """
            SELECT \(raw: Listing.columns) FROM market_listing l JOIN identity ON identity.id = l.provider_id
            WHERE l.id = \(id)
            """
        )
    }

    /// Throws `serviceNotFound`.
    func require(_ id: ID<Listing>) throws -> Listing {
        guard let listing = try self.find(id) else { throw MarketProblems.serviceNotFound }
        return listing
    }

    func insert(_ listing: Listing) throws {
        try self.tx.execute(
            """
            INSERT INTO market_listing (id, provider_id, name, description, endpoint, price_text, price_micros,
                payment_method, free_tier_calls, timeout_seconds, status, category, tags, created_at, updated_at)
            VALUES (\(listing.id), \(listing.provider), \(listing.name), \(listing.description), \(listing.endpoint),
                \(listing.price.text), \(listing.price.micros), \(listing.paymentMethod), \(listing.freeTierCalls),
                \(listing.timeoutSeconds), \(listing.status), \(listing.category), \(try JSON.text(listing.tags)),
                \(listing.createdAt), \(listing.updatedAt))
            """
        )
        try self.index(listing)
    }

    func update(_ listing: Listing) throws {
        try self.tx.execute(
            """
            UPDATE market_listing
            SET name = \(listing.name), description = \(listing.description), endpoint = \(listing.endpoint),
                price_text = \(listing.price.text), price_micros = \(listing.price.micros),
                timeout_seconds = \(listing.timeoutSeconds), status = \(listing.status), category = \(listing.category),
                tags = \(try JSON.text(listing.tags)), updated_at = \(listing.updatedAt)
            WHERE id = \(listing.id)
            """
        )
        try self.tx.execute("DELETE FROM market_listing_tag WHERE listing_id = \(listing.id)")
        try self.index(listing)
    }

    /// Words and tags for searching; whoever keeps the listing in memory is told.
    private func index(_ listing: Listing) throws {
        for tag in Set(listing.tags.map { $0.lowercased() }).sorted() {
            try self.tx.execute("INSERT INTO market_listing_tag (listing_id, tag) VALUES (\(listing.id), \(tag))")
        }
        try MarketSchema.search.put(
            listing.id.text,
            [listing.name, listing.tags.joined(separator: " "), listing.description],
            in: self.tx
        )
        try self.tx.invalidate(ListingCache.topic, listing.id.text)
    }

    /// The page, and how many match in all.
    func search(_ query: ListingQuery) throws -> (listings: [Listing], total: Int) {
        let counted = self.parts(query, isRanked: false)
        let total = try self.tx.value("SELECT COUNT(*) \(counted.from) WHERE \(counted.conditions)", as: Int.self) ?? 0
        guard total > query.offset else { return ([], total) }
        let (from, conditions, ranking) = self.parts(query, isRanked: query.sort == .relevance)
        let order: SQL =
            switch query.sort {
            case .relevance: ranking
            case .createdAt: "l.created_at DESC, l.id DESC"
            case .price: "l.price_micros, l.id"
            case .name: "l.name, l.id"
            }
        let listings = try self.tx.rows(
            """
            SELECT \(raw: Listing.columns) \(from) JOIN identity ON identity.id = l.provider_id WHERE \(conditions)
            ORDER BY \(order) LIMIT \(query.limit) OFFSET \(query.offset)
            """,
            as: Listing.self
        )
        return (listings, total)
    }

    private func parts(_ query: ListingQuery, isRanked: Bool) -> (from: SQL, conditions: SQL, ranking: SQL) {
        var from: SQL = "FROM market_listing l"
        var conditions: [SQL] = ["l.status = \(query.status)"]
        var ranking: SQL = "l.created_at DESC, l.id DESC"
        if let text = query.text {
            if let hits = MarketSchema.search.hits(text, on: self.tx.engine, isRanked: isRanked) {
                from = "FROM (\(hits)) hit JOIN market_listing l ON l.id = hit.hit_id"
                ranking = "hit.score, l.created_at DESC, l.id DESC"
            } else {
                conditions.append("1 = 0")
            }
        }
        if let category = query.category { conditions.append("l.category = \(category)") }
        if let price = query.minimumPrice { conditions.append("l.price_micros >= \(price)") }
        if let price = query.maximumPrice { conditions.append("l.price_micros <= \(price)") }
        if let method = query.paymentMethod { conditions.append("l.payment_method = \(method)") }
        switch query.hasFreeTier {
        case true?: conditions.append("l.free_tier_calls > 0")
        case false?: conditions.append("l.free_tier_calls = 0")
        case nil: break
        }
        if !query.tags.isEmpty {
            conditions.append("l.id IN (SELECT listing_id FROM market_listing_tag WHERE tag IN (\(list: query.tags)))")
        }
        return (from, SQL.joined(conditions, separator: " AND "), ranking)
    }

    /// Active services by category; those without one are `uncategorized`.
    func listCategories() throws -> [(category: String, count: Int)] {
        try self.tx.rows(
            """
            SELECT CASE WHEN category = '' THEN 'uncategorized' ELSE category END AS label, COUNT(*) AS services
            FROM market_listing WHERE status = 'active' GROUP BY label ORDER BY services DESC, label
            """
        ) { (try $0.column(String.self), try $0.column(Int.self)) }
    }

    /// Active services by answered calls since the moment.
    func listTrending(since: Timestamp, limit: Int) throws -> [(listing: Listing, calls: Int, latency: Double)] {
        try self.tx.rows(
            """
            SELECT \(raw: Listing.columns), u.calls, u.latency
            FROM (
                SELECT listing_id, COUNT(*) AS calls, AVG(latency_ms) AS latency FROM market_usage
                WHERE called_at >= \(since) AND status_code < 500 GROUP BY listing_id
            ) u JOIN market_listing l ON l.id = u.listing_id JOIN identity ON identity.id = l.provider_id
            WHERE l.status = 'active' ORDER BY u.calls DESC, l.id LIMIT \(limit)
            """
        ) { (try Listing(row: &$0), try $0.column(Int.self), try $0.column(Double.self)) }
    }

    /// Services of the buyer's three most used categories that it has not used; without history, the newest.
    func listRecommendations(for buyer: ID<Identity>?, limit: Int) throws -> [Listing] {
        let categories = try buyer.map { buyer in
            try self.tx.rows(
                """
                SELECT l.category FROM market_usage u JOIN market_listing l ON l.id = u.listing_id
                WHERE u.buyer_id = \(buyer) GROUP BY l.category ORDER BY COUNT(*) DESC, l.category LIMIT 3
                """
            ) { try $0.column(String.self) }
        }
        guard let buyer, let categories, !categories.isEmpty else {
            return try self.search(ListingQuery(limit: limit, offset: 0)).listings
        }
        return try self.tx.rows(
            """
            SELECT \(raw: Listing.columns) FROM market_listing l JOIN identity ON identity.id = l.provider_id
            WHERE l.status = 'active' AND l.category IN (\(list: categories))
                AND l.id NOT IN (SELECT listing_id FROM market_usage WHERE buyer_id = \(buyer))
            ORDER BY l.created_at DESC, l.id DESC LIMIT \(limit)
            """
        )
    }
}

/// What to look for. Without anything said: active services, the newest first.
struct ListingQuery: Sendable {
    var text: String?
    var category: String?
    var status = Listing.Status.active
    var tags: [String] = []
    var minimumPrice: Int64?
    var maximumPrice: Int64?
    var paymentMethod: PaymentMethod?
    var hasFreeTier: Bool?
    var sort = Sort.createdAt
    var limit: Int
    var offset: Int

    enum Sort: Sendable {
        case relevance, createdAt, price, name
    }

    init(limit: Int, offset: Int) {
        self.limit = limit
        self.offset = offset
    }
}

extension Transaction {
    var listings: ListingStore { ListingStore(tx: self) }
}
