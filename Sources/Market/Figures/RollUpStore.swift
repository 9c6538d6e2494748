import Kernel
import Platform
import Search
import Storage

/// Figures by service and by buyer, for all time, for months and for days: made from the usage records, each of which is added once.
///
/// A record waits in `market_usage_pending` from its own commit on, and leaves it in the commit that adds it: nothing is lost or
/// counted twice, whatever dies in between.
struct RollUpStore {
    let tx: Transaction

    /// Records that one transaction adds.
    static let batch = 500

    func enqueue(_ usage: ID<Usage>) throws {
        try self.tx.later("INSERT INTO market_usage_pending (usage_id) VALUES (\(usage))")
    }

    func hasPending() throws -> Bool {
        try self.tx.value("SELECT COUNT(*) FROM (SELECT 1 FROM market_usage_pending LIMIT 1) p", as: Int.self) != 0
    }

    /// Adds what waits, oldest first. Returns the providers whose figures have changed, and whether more waits.
    func apply() throws -> (providers: Set<ID<Identity>>, isDone: Bool) {
        let batch = try self.tx.row(
            """
            SELECT COUNT(*), MAX(usage_id) FROM
                (SELECT usage_id FROM market_usage_pending ORDER BY usage_id LIMIT \(Self.batch)) p
            """
        ) { (count: try $0.column(Int.self), last: try $0.optional(ID<Usage>.self)) }
        guard let batch, let last = batch.last else { return ([], true) }
        // With a plain join, SQLite goes through all records up to the last one and looks each of them up among those that wait.
        let groups = try self.tx.rows(
            """
            SELECT u.listing_id, u.provider_id, u.payment_method, u.buyer_id, u.called_at / 86400000000, u.amount,
                u.commission_basis_points, COUNT(*), CAST(SUM(CASE WHEN u.status_code < 400 THEN 1 ELSE 0 END) AS BIGINT),
                CAST(SUM(CASE WHEN u.status_code >= 500 THEN 1 ELSE 0 END) AS BIGINT),
                CAST(SUM(u.latency_ms) AS BIGINT), MIN(u.called_at), MAX(u.called_at)
            FROM market_usage_pending p CROSS JOIN market_usage u
            WHERE p.usage_id <= \(last) AND u.id = p.usage_id GROUP BY 1, 2, 3, 4, 5, 6, 7
            """
        ) { (try Group(row: &$0), try Figures(alike: &$0)) }
        try self.add(groups)
        try self.addLatencies(through: last)
        try self.raise(groups)
        try self.tx.execute("DELETE FROM market_usage_pending WHERE usage_id <= \(last)")
        return (Set(groups.map { group, _ in group.provider }), batch.count < Self.batch)
    }

    /// To be called before a record changes: takes it out of the figures, so that it can be enqueued again.
    func takeBack(_ usage: Usage) throws {
        let waited = try self.tx.count("DELETE FROM market_usage_pending WHERE usage_id = \(usage.id)") == 1
        guard !waited else { return }
        let taken = [(Group(usage), Figures(usage).negated)]
        try self.add(taken)
        if usage.statusCode < 500 {
            try self.tx.latencies.add(
                -1,
                of: usage.listing,
                day: usage.calledAt.startOfDay.seconds / 86_400,
                bucket: LatencyStore.bucket(usage.latencyMilliseconds)
            )
        }
        try self.raise(taken)
    }

    private struct LatencyKey: Hashable {
        let listing: ID<Listing>
        let day: Int64
        let bucket: Int64
    }

    /// How long the answers of what waits took to begin.
    private func addLatencies(through last: ID<Usage>) throws {
        var calls: [LatencyKey: Int64] = [:]
        let rows = try self.tx.rows(
            """
            SELECT u.listing_id, u.called_at / 86400000000, u.latency_ms, COUNT(*)
            FROM market_usage_pending p CROSS JOIN market_usage u
            WHERE p.usage_id <= \(last) AND u.id = p.usage_id AND u.status_code < 500 GROUP BY 1, 2, 3
            """
        ) { row in
            let listing = try row.column(ID<Listing>.self)
            let (day, latency) = (try row.column(Int64.self), try row.column(Int64.self))
            return (
                LatencyKey(listing: listing, day: day, bucket: LatencyStore.bucket(latency)), try row.column(Int64.self)
            )
        }
        for (key, count) in rows { calls[key, default: 0] += count }
        for (key, count) in calls {
            try self.tx.latencies.add(count, of: key.listing, day: key.day, bucket: key.bucket)
        }
    }

    /// Records that belong to the same figures.
    private struct Group {
        let listing: ID<Listing>
        let provider: ID<Identity>
        let method: PaymentMethod
        let buyer: ID<Identity>
        /// Midnight in UTC.
        let day: Timestamp

        init(_ usage: Usage) {
            self.listing = usage.listing
            self.provider = usage.provider
            self.method = usage.paymentMethod
            self.buyer = usage.buyer
            self.day = usage.calledAt.startOfDay
        }

        init(row: inout Row) throws {
            self.listing = try row.column()
            self.provider = try row.column()
            self.method = try row.column()
            self.buyer = try row.column()
            self.day = Timestamp(seconds: try row.column(Int64.self) * 86_400)
        }
    }

    private func add(_ groups: [(Group, Figures)]) throws {
        var services: [ServiceKey: Figures] = [:]
        var spenders: [SpenderKey: Figures] = [:]
        var buyers: [BuyerKey: Int64] = [:]
        for (group, figures) in groups {
            for period in FigurePeriod.containing(group.day) {
                let service = ServiceKey(
                    period: period,
                    listing: group.listing,
                    provider: group.provider,
                    method: group.method
                )
                services[service, default: Figures()] = services[service, default: Figures()] + figures
                let spender = SpenderKey(period: period, buyer: group.buyer)
                spenders[spender, default: Figures()] = spenders[spender, default: Figures()] + figures
                let buyer = BuyerKey(period: period, listing: group.listing, buyer: group.buyer)
                buyers[buyer, default: 0] += figures.calls
            }
        }
        for (key, figures) in services { try self.add(figures, to: key) }
        for (key, figures) in spenders { try self.add(figures, to: key) }
        for (key, calls) in buyers {
            try self.tx.execute(
                """
                INSERT INTO market_rollup_buyer (period, listing_id, buyer_id, calls)
                VALUES (\(key.period), \(key.listing), \(key.buyer), \(calls))
                ON CONFLICT (period, listing_id, buyer_id) DO UPDATE SET calls = market_rollup_buyer.calls + excluded.calls
                """
            )
        }
    }

    /// Services whose calls have changed by so much that they are found earlier, or later.
    private func raise(_ groups: [(Group, Figures)]) throws {
        var added: [ID<Listing>: Int64] = [:]
        for (group, figures) in groups { added[group.listing, default: 0] += figures.calls }
        for (listing, calls) in try self.tx.listings.countCalls(of: added.keys.sorted()) {
            let before = calls - (added[listing] ?? 0)
            guard ListingSearch.boost(calls: calls) != ListingSearch.boost(calls: before) else { continue }
            try self.tx.touch(listing.text, in: ListingSearch.kind)
        }
    }

    private struct ServiceKey: Hashable {
        let period: FigurePeriod
        let listing: ID<Listing>
        let provider: ID<Identity>
        let method: PaymentMethod
    }

    private struct SpenderKey: Hashable {
        let period: FigurePeriod
        let buyer: ID<Identity>
    }

    private struct BuyerKey: Hashable {
        let period: FigurePeriod
        let listing: ID<Listing>
        let buyer: ID<Identity>
    }

    private func add(_ figures: Figures, to key: ServiceKey) throws {
        try self.tx.execute(
            """
            INSERT INTO market_rollup (period, listing_id, provider_id, payment_method, calls, successes, errors, latency_ms,
                revenue, fee, first_at, last_at)
            VALUES (\(key.period), \(key.listing), \(key.provider), \(key.method), \(figures.calls),
                \(figures.successes), \(figures.errors), \(figures.latencyMilliseconds), \(figures.revenue),
                \(figures.fee), \(figures.firstAt), \(figures.lastAt))
            ON CONFLICT (period, listing_id) DO UPDATE SET calls = market_rollup.calls + excluded.calls,
                successes = market_rollup.successes + excluded.successes,
                errors = market_rollup.errors + excluded.errors,
                latency_ms = market_rollup.latency_ms + excluded.latency_ms,
                revenue = market_rollup.revenue + excluded.revenue, fee = market_rollup.fee + excluded.fee,
                first_at = CASE WHEN excluded.first_at < market_rollup.first_at THEN excluded.first_at
                    ELSE market_rollup.first_at END,
                last_at = CASE WHEN excluded.last_at > market_rollup.last_at THEN excluded.last_at
                    ELSE market_rollup.last_at END
            """
        )
    }

    private func add(_ figures: Figures, to key: SpenderKey) throws {
        try self.tx.execute(
            """
            INSERT INTO market_rollup_spender (period, buyer_id, calls, latency_ms, spent)
            VALUES (\(key.period), \(key.buyer), \(figures.calls), \(figures.latencyMilliseconds), \(figures.revenue))
            ON CONFLICT (period, buyer_id) DO UPDATE SET calls = market_rollup_spender.calls + excluded.calls,
                latency_ms = market_rollup_spender.latency_ms + excluded.latency_ms,
                spent = market_rollup_spender.spent + excluded.spent
            """
        )
    }

    /// What the figures of all time say against the records, those in the archive included. A true server gives an empty list.
    func verify() throws -> [RollUpDifference] {
        try self.tx.rows(
            """
            SELECT l.id, COALESCE(r.calls, 0), COALESCE(r.revenue, 0), COALESCE(u.calls, 0) + COALESCE(a.calls, 0),
                COALESCE(u.revenue, 0) + COALESCE(a.revenue, 0)
            FROM market_listing l
            LEFT JOIN market_rollup r ON r.listing_id = l.id AND r.period = 'all'
            LEFT JOIN (
                SELECT listing_id, COUNT(*) AS calls, CAST(SUM(amount) AS BIGINT) AS revenue FROM market_usage
                WHERE id NOT IN (SELECT usage_id FROM market_usage_pending) GROUP BY listing_id
            ) u ON u.listing_id = l.id
            LEFT JOIN market_usage_archived a ON a.listing_id = l.id
            WHERE COALESCE(r.calls, 0) <> COALESCE(u.calls, 0) + COALESCE(a.calls, 0)
                OR COALESCE(r.revenue, 0) <> COALESCE(u.revenue, 0) + COALESCE(a.revenue, 0)
            ORDER BY l.id
            """
        ) { row in
            RollUpDifference(
                listing: try row.column(),
                calls: try row.column(),
                revenue: try row.column(),
                recordedCalls: try row.column(),
                recordedRevenue: try row.column()
            )
        }
    }
}

/// A service whose figures are not what its records add up to.
struct RollUpDifference: Sendable, Equatable, CustomStringConvertible {
    let listing: String
    let calls: Int64
    let revenue: Amount<USDC>
    let recordedCalls: Int64
    let recordedRevenue: Amount<USDC>

    var description: String {
        """
        service \(self.listing): the figures say \(self.calls) calls and \(self.revenue.text), the records \
        \(self.recordedCalls) and \(self.recordedRevenue.text)
        """
    }
}

extension Transaction {
    var rollUps: RollUpStore { RollUpStore(tx: self) }
}
