import Kernel
import Platform
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
        try self.tx.execute("INSERT INTO market_usage_pending (usage_id) VALUES (\(usage))")
    }

    func hasPending() throws -> Bool {
        try self.tx.value("SELECT COUNT(*) FROM (SELECT 1 FROM market_usage_pending LIMIT 1) p", as: Int.self) != 0
    }

    /// Adds what waits, oldest first. Returns the providers whose figures have changed, and whether more waits.
    func apply() throws -> (providers: Set<ID<Identity>>, isDone: Bool) {
        let ids = try self.tx.rows(
            "SELECT usage_id FROM market_usage_pending ORDER BY usage_id LIMIT \(Self.batch)"
        ) { try $0.column(ID<Usage>.self) }
        guard !ids.isEmpty else { return ([], true) }
        let records = try self.tx.usage.list(ids)
        try self.add(records.map { ($0, Figures($0)) })
        try self.tx.execute("DELETE FROM market_usage_pending WHERE usage_id IN (\(list: ids))")
        return (Set(records.map(\.provider)), ids.count < Self.batch)
    }

    /// To be called before a record changes: takes it out of the figures, so that it can be enqueued again.
    func takeBack(_ usage: Usage) throws {
        let waited = try self.tx.count("DELETE FROM market_usage_pending WHERE usage_id = \(usage.id)") == 1
        if !waited { try self.add([(usage, Figures(usage).negated)]) }
    }

    private func add(_ records: [(usage: Usage, figures: Figures)]) throws {
        var services: [ServiceKey: Figures] = [:]
        var spenders: [SpenderKey: Figures] = [:]
        var buyers: [BuyerKey: Int64] = [:]
        for (usage, figures) in records {
            for period in FigurePeriod.containing(usage.calledAt) {
                let service = ServiceKey(
                    period: period,
                    listing: usage.listing,
                    provider: usage.provider,
                    method: usage.paymentMethod
                )
                services[service, default: Figures()] = services[service, default: Figures()] + figures
                let spender = SpenderKey(period: period, buyer: usage.buyer)
                spenders[spender, default: Figures()] = spenders[spender, default: Figures()] + figures
                let buyer = BuyerKey(period: period, listing: usage.listing, buyer: usage.buyer)
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

    /// What the figures of all time say against the records themselves. A true server gives an empty list.
    func verify() throws -> [RollUpDifference] {
        try self.tx.rows(
            """
            SELECT l.id, COALESCE(r.calls, 0), COALESCE(r.revenue, 0), COALESCE(u.calls, 0), COALESCE(u.revenue, 0)
            FROM market_listing l
            LEFT JOIN market_rollup r ON r.listing_id = l.id AND r.period = 'all'
            LEFT JOIN (
                SELECT listing_id, COUNT(*) AS calls, CAST(SUM(amount) AS BIGINT) AS revenue FROM market_usage
                WHERE id NOT IN (SELECT usage_id FROM market_usage_pending) GROUP BY listing_id
            ) u ON u.listing_id = l.id
            WHERE COALESCE(r.calls, 0) <> COALESCE(u.calls, 0) OR COALESCE(r.revenue, 0) <> COALESCE(u.revenue, 0)
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
