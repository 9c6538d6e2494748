import Kernel
import Platform
import Storage

struct SettlementStore {
    let tx: Transaction

    func find(_ id: ID<Settlement>) throws -> Settlement? {
        try self.tx.row("SELECT \(raw: Settlement.columns) \(Self.from) WHERE s.id = \(id)")
    }

    func insert(_ settlement: Settlement) throws {
        try self.tx.execute(
            """
            INSERT INTO market_settlement (id, provider_id, period_start, period_end, covered_until, total_amount,
                platform_fee, net_amount, call_count, status, created_at)
            VALUES (\(settlement.id), \(settlement.provider), \(settlement.start), \(settlement.end),
                \(settlement.coveredUntil), \(settlement.total), \(settlement.fee), \(settlement.net),
                \(settlement.callCount), \(settlement.status), \(settlement.createdAt))
            """
        )
    }

    /// Ends an open settlement; false when it was not open.
    func close(_ id: ID<Settlement>, as status: Settlement.Status, payment: String? = nil, failure: String? = nil)
        throws
        -> Bool
    {
        try self.tx.count(
            """
            UPDATE market_settlement
            SET status = \(status), payment_tx = \(payment), failure = \(failure), closed_at = \(self.tx.now)
            WHERE id = \(id) AND status IN ('pending', 'processing')
            """
        ) == 1
    }

    /// Up to when settlements of the provider that did not fail cover a part of the time; nil when none does.
    func coverage(of provider: ID<Identity>, from start: Timestamp, until end: Timestamp) throws -> Timestamp? {
        try self.tx.row(
            """
            SELECT MAX(covered_until) FROM market_settlement WHERE provider_id = \(provider) AND status <> 'failed'
                AND period_start < \(end) AND covered_until > \(start)
            """
        ) { try $0.optional(Timestamp.self) } ?? nil
    }

    /// Newest first.
    func list(of provider: ID<Identity>?, status: Settlement.Status?, limit: Int) throws -> [Settlement] {
        var conditions: [SQL] = []
        if let provider { conditions.append("s.provider_id = \(provider)") }
        if let status { conditions.append("s.status = \(status)") }
        return try self.tx.rows(
            """
            SELECT \(raw: Settlement.columns) \(Self.from) WHERE \(SQL.all(conditions))
            ORDER BY s.created_at DESC, s.id DESC LIMIT \(limit)
            """
        )
    }

    /// What was paid out, before the market's share.
    func sumCompleted(of provider: ID<Identity>) throws -> Amount<USDC> {
        try self.tx.value(
            """
            SELECT CAST(COALESCE(SUM(total_amount), 0) AS BIGINT) FROM market_settlement
            WHERE provider_id = \(provider) AND status = 'completed'
            """
        ) ?? 0
    }

    func count() throws -> Int { try self.tx.value("SELECT COUNT(*) FROM market_settlement") ?? 0 }

    // MARK: Providers

    /// Providers that were ever called.
    func countProviders() throws -> Int {
        try self.tx.value("SELECT COUNT(DISTINCT provider_id) FROM market_rollup WHERE period = 'all'") ?? 0
    }

    /// The next of them by id.
    func findProvider(after id: String) throws -> Identity? {
        try self.tx.row(
            """
            SELECT \(raw: Identity.columns) FROM identity WHERE id = (
                SELECT MIN(provider_id) FROM market_rollup WHERE provider_id > \(id) AND period = 'all')
            """
        )
    }

    private static let from: SQL = "FROM market_settlement s JOIN identity ON identity.id = s.provider_id"

    // MARK: Records

    /// The figures of a provider's records in a stretch of time: whole days from the roll-ups, which must be up to date, and the
    /// rest from the records.
    func figures(of provider: ID<Identity>, from start: Timestamp, until end: Timestamp) throws -> Figures {
        let firstDay = start == start.startOfDay ? start : start.startOfDay.adding(seconds: 86_400)
        let afterDays = end.startOfDay
        guard firstDay < afterDays else { return try self.recorded(of: provider, from: start, until: end) }
        let periods = FigurePeriod.covering(from: firstDay, through: afterDays.adding(seconds: -1))
        let days = try self.tx.figures.find(provider: provider, in: periods)
        let before = try self.recorded(of: provider, from: start, until: firstDay)
        return try before + days + self.recorded(of: provider, from: afterDays, until: end)
    }

    private func recorded(of provider: ID<Identity>, from start: Timestamp, until end: Timestamp) throws -> Figures {
        guard start < end else { return Figures() }
        try self.tx.requireUsage(start..<end)
        return try self.tx.row(
            """
            SELECT COUNT(*), CAST(COALESCE(SUM(amount), 0) AS BIGINT),
                CAST(COALESCE(SUM(amount * commission_basis_points / 10000), 0) AS BIGINT)
            FROM market_usage WHERE provider_id = \(provider) AND called_at >= \(start) AND called_at < \(end)
            """
        ) { Figures(calls: try $0.column(), revenue: try $0.column(), fee: try $0.column()) }!
    }

    /// Throws `usageArchived` when records that the settlement covers have left the database.
    func requireRecords(of settlement: Settlement) throws {
        guard settlement.start < settlement.coveredUntil else { return }
        try self.tx.requireUsage(settlement.start..<settlement.coveredUntil)
    }

    /// The records that a settlement covers, in order.
    func list(recordsOf settlement: Settlement, after cursor: Cursor?, limit: Int) throws -> Page<Usage> {
        // What was taken over from another settlement may be older than its own time.
        let earliest =
            try self.tx.row(
                """
                SELECT MIN(u.called_at) FROM market_settlement_deferral d JOIN market_usage u ON u.id = d.usage_id
                WHERE d.taken_by = \(settlement.id)
                """
            ) { try $0.optional(Timestamp.self) } ?? nil
        let first = min(settlement.start, earliest ?? settlement.start)
        let (time, id) = cursor.map { (Timestamp(microseconds: $0.key), $0.id) } ?? (first, "")
        let fetched: [Usage] = try self.tx.rows(
            """
            SELECT \(raw: Usage.columns) FROM market_usage
            WHERE provider_id = \(settlement.provider) AND called_at >= \(time) AND (called_at > \(time) OR id > \(id))
                AND (called_at >= \(settlement.start) AND called_at < \(settlement.coveredUntil)
                    AND id NOT IN (SELECT usage_id FROM market_settlement_deferral
                        WHERE provider_id = \(settlement.provider) AND (taken_by IS NULL OR taken_by <> \(settlement.id)))
                    OR id IN (SELECT usage_id FROM market_settlement_deferral WHERE taken_by = \(settlement.id)))
            ORDER BY called_at, id LIMIT \(limit + 1)
            """
        )
        return Page(fetched: fetched, limit: limit) { Cursor(key: $0.calledAt.microseconds, id: $0.id.text) }
    }
}

extension Transaction {
    var settlements: SettlementStore { SettlementStore(tx: self) }
}
