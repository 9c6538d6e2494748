import Kernel
import Platform
import Storage

struct ListingStore {
    let tx: Transaction

    func find(_ id: ID<Listing>) throws -> Listing? { try self.list([id]).first }

    /// In no order; unknown ones are left out.
    func list(_ ids: [ID<Listing>]) throws -> [Listing] {
        try self.tx.rows(
            """
            SELECT \(raw: Listing.columns) FROM market_listing l JOIN identity ON identity.id = l.provider_id
            WHERE l.id IN (\(list: ids))
            """
        )
    }

    /// All of a provider's, also the removed ones; newest first.
    func list(of provider: ID<Identity>) throws -> [Listing] {
        try self.tx.rows(
            """
            SELECT \(raw: Listing.columns) FROM market_listing l JOIN identity ON identity.id = l.provider_id
            WHERE l.provider_id = \(provider) ORDER BY l.created_at DESC, l.id DESC
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
                \(listing.price.text), \(listing.price.amount), \(listing.paymentMethod), \(listing.freeTierCalls),
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
                price_text = \(listing.price.text), price_micros = \(listing.price.amount),
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
        for index in [MarketSchema.search, MarketSchema.shelvedSearch] {
            try index.remove(listing.id.text, in: self.tx)
        }
        try listing.status.searchIndex.put(
            listing.id.text,
            [listing.name, listing.tags.joined(separator: " "), listing.description],
            in: self.tx
        )
        try self.tx.invalidate(ListingCache.topic, listing.id.text)
    }

    /// The page of what the query asks for.
    ///
    /// - Parameter total: what ``count(_:)`` has said, if it was asked.
    func search(_ query: ListingQuery, total: Int = .max) throws -> [ID<Listing>] {
        let conditions = self.conditions(query)
        guard let text = query.text else { return try self.page(of: "market_listing l", where: conditions, query) }
        guard let matches = query.status.searchIndex.matches(text, on: self.tx.engine) else { return [] }
        guard query.sort != .relevance else {
            return try matches.page(
                conditions.isEmpty ? .none : Self.filter(conditions),
                limit: query.limit,
                offset: query.offset,
                total: total,
                in: self.tx
            ).map { ID($0) }
        }
        return try self.page(
            of: "\(matches.all.from) \(Self.join)",
            where: [matches.all.condition, Self.meets] + conditions,
            query
        )
    }

    /// How many match in all.
    func count(_ query: ListingQuery) throws -> Int {
        let conditions = self.conditions(query)
        guard let text = query.text else {
            return try self.tx.value("SELECT COUNT(*) FROM market_listing l WHERE \(SQL.all(conditions))") ?? 0
        }
        guard let matches = query.status.searchIndex.matches(text, on: self.tx.engine) else { return 0 }
        return try matches.count(conditions.isEmpty ? nil : Self.filter(conditions), in: self.tx)
    }

    private static func filter(_ conditions: [SQL]) -> SearchMatches.Filter {
        SearchMatches.Filter(joins: self.join, conditions: [self.meets] + conditions)
    }

    private static let join: SQL = "CROSS JOIN market_listing l"
    private static let meets: SQL = "l.id = hit.id"

    private func page(of rows: SQL, where conditions: [SQL], _ query: ListingQuery) throws -> [ID<Listing>] {
        let order: SQL =
            switch query.sort {
            case .createdAt, .relevance: "l.created_at DESC, l.id DESC"
            case .price: "l.price_micros, l.id"
            case .name: "l.name, l.id"
            }
        return try self.tx.rows(
            """
            SELECT l.id FROM \(rows) WHERE \(SQL.all(conditions))
            ORDER BY \(order) LIMIT \(query.limit) OFFSET \(query.offset)
            """
        ) { try $0.column() }
    }

    /// What is asked beside the text. The index of the active ones needs no word about the status.
    private func conditions(_ query: ListingQuery) -> [SQL] {
        var conditions: [SQL] = []
        if query.text == nil || query.status != .active { conditions.append("l.status = \(query.status)") }
        switch query.category {
        // As the list of categories calls those without one.
        case "uncategorized"?: conditions.append("l.category IN ('', 'uncategorized')")
        case let category?: conditions.append("l.category = \(category)")
        case nil: break
        }
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
        return conditions
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
}

/// What to look for. Without anything said: active services, the newest first.
struct ListingQuery: Sendable {
    var text: String?
    var category: String?
    var status = Listing.Status.active
    var tags: [String] = []
    var minimumPrice: Amount<USDC>?
    var maximumPrice: Amount<USDC>?
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

extension Listing.Status {
    /// Where services of this status are found.
    fileprivate var searchIndex: SearchIndex { self == .active ? MarketSchema.search : MarketSchema.shelvedSearch }
}

extension Transaction {
    var listings: ListingStore { ListingStore(tx: self) }
}
