import Kernel
import Platform
import Search
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

    /// Of all providers, the newest first.
    ///
    /// - Parameter text: a part of its name or of its provider's; empty for all.
    func list(_ text: String, _ status: Listing.Status?, after cursor: Cursor?, limit: Int) throws -> Page<Listing> {
        let (time, id) = cursor.map { ($0.key, $0.id) } ?? (.max, "")
        var conditions: [SQL] = ["l.created_at <= \(time) AND (l.created_at < \(time) OR l.id < \(id))"]
        if let status { conditions.append("l.status = \(status)") }
        if !text.isEmpty {
            let part = LikePattern.containing(text)
            conditions.append(
                "(LOWER(l.name) LIKE LOWER(\(part)) ESCAPE '!' OR LOWER(identity.name) LIKE LOWER(\(part)) ESCAPE '!')"
            )
        }
        let fetched: [Listing] = try self.tx.rows(
            """
            SELECT \(raw: Listing.columns) FROM market_listing l JOIN identity ON identity.id = l.provider_id
            WHERE \(SQL.all(conditions)) ORDER BY l.created_at DESC, l.id DESC LIMIT \(limit + 1)
            """
        )
        return Page(fetched: fetched, limit: limit) { Cursor(key: $0.createdAt.microseconds, id: $0.id.text) }
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
                payment_method, free_tier_calls, timeout_seconds, status, category, tags, charged_for, interface, created_at,
                updated_at)
            VALUES (\(listing.id), \(listing.provider), \(listing.name), \(listing.description), \(listing.endpoint),
                \(listing.price.text), \(listing.price.amount), \(listing.paymentMethod), \(listing.freeTierCalls),
                \(listing.timeoutSeconds), \(listing.status), \(listing.category), \(try JSON.text(listing.tags)),
                \(listing.chargeRule), \(listing.interface.stored), \(listing.createdAt), \(listing.updatedAt))
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
                tags = \(try JSON.text(listing.tags)), charged_for = \(listing.chargeRule),
                interface = \(listing.interface.stored), paused_reason = \(listing.pausedReason),
                paused_by_provider = \(listing.isPausedByProvider), updated_at = \(listing.updatedAt)
            WHERE id = \(listing.id)
            """
        )
        try self.index(listing)
    }

    /// Services that are asked about in one statement.
    private static let countLimit = 100

    /// Of all time, by service; none for a service that was never called.
    func countCalls(of listings: [ID<Listing>]) throws -> [ID<Listing>: Int64] {
        var calls: [ID<Listing>: Int64] = [:]
        for start in stride(from: 0, to: listings.count, by: Self.countLimit) {
            let some = Array(listings[start..<min(start + Self.countLimit, listings.count)])
            let rows = try self.tx.rows(
                "SELECT listing_id, calls FROM market_rollup WHERE period = 'all' AND listing_id IN (\(list: some))"
            ) { (try $0.column(ID<Listing>.self), try $0.column(Int64.self)) }
            for (listing, count) in rows { calls[listing] = count }
        }
        return calls
    }

    /// It can be found as it is now; whoever keeps it in memory is told.
    private func index(_ listing: Listing) throws {
        let calls = try self.countCalls(of: [listing.id])
        try self.tx.put(listing.searchDocument(calls: calls[listing.id] ?? 0), in: ListingSearch.kind)
        try self.tx.invalidate(ListingCache.topic, listing.id.text)
    }

    /// All of them by identifier, after one.
    func list(after id: ID<Listing>?, limit: Int) throws -> [Listing] {
        try self.tx.rows(
            """
            SELECT \(raw: Listing.columns) FROM market_listing l JOIN identity ON identity.id = l.provider_id
            WHERE l.id > \(id?.text ?? "") ORDER BY l.id LIMIT \(limit)
            """
        )
    }

    func isEmpty() throws -> Bool { try self.tx.value("SELECT 1 FROM market_listing LIMIT 1", as: Int.self) == nil }
}

extension Transaction {
    var listings: ListingStore { ListingStore(tx: self) }
}
