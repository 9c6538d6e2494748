import Kernel
import Platform
import Storage

/// Reads the figures that ``RollUpStore`` keeps. Each is one query over an index.
struct FigureStore {
    let tx: Transaction

    static let sums: StaticString = """
        CAST(COALESCE(SUM(r.calls), 0) AS BIGINT), CAST(COALESCE(SUM(r.successes), 0) AS BIGINT),
        CAST(COALESCE(SUM(r.errors), 0) AS BIGINT), CAST(COALESCE(SUM(r.latency_ms), 0) AS BIGINT),
        CAST(COALESCE(SUM(r.revenue), 0) AS BIGINT), CAST(COALESCE(SUM(r.fee), 0) AS BIGINT),
        MIN(r.first_at), MAX(r.last_at)
        """

    /// Of all services of a provider.
    func find(provider: ID<Identity>, in period: FigurePeriod) throws -> Figures {
        try self.tx.row(
            "SELECT \(raw: Self.sums) FROM market_rollup r WHERE r.provider_id = \(provider) AND r.period = \(period)"
        ) { try Figures(row: &$0) }!
    }

    func find(provider: ID<Identity>, in periods: [FigurePeriod]) throws -> Figures {
        try self.tx.row(
            """
            SELECT \(raw: Self.sums) FROM market_rollup r
            WHERE r.provider_id = \(provider) AND r.period IN (\(list: periods))
            """
        ) { try Figures(row: &$0) }!
    }

    func find(listing: ID<Listing>, in period: FigurePeriod) throws -> Figures {
        try self.tx.row(
            "SELECT \(raw: Self.sums) FROM market_rollup r WHERE r.period = \(period) AND r.listing_id = \(listing)"
        ) { try Figures(row: &$0) }!
    }

    /// Of each service of a provider.
    func list(servicesOf provider: ID<Identity>) throws -> [ID<Listing>: Figures] {
        let rows = try self.tx.rows(
            """
            SELECT r.listing_id, \(raw: Self.sums) FROM market_rollup r
            WHERE r.provider_id = \(provider) AND r.period = 'all' GROUP BY r.listing_id
            """
        ) { (try $0.column(ID<Listing>.self), try Figures(row: &$0)) }
        return Dictionary(uniqueKeysWithValues: rows)
    }

    /// A service's days with calls, oldest first.
    func list(daysOf listing: ID<Listing>, from first: Timestamp) throws -> [(day: String, figures: Figures)] {
        try self.tx.rows(
            """
            SELECT r.period, \(raw: Self.sums) FROM market_rollup r
            WHERE r.listing_id = \(listing) AND r.period >= \(FigurePeriod.day(first)) AND r.period < 'E'
            GROUP BY r.period ORDER BY r.period
            """
        ) { (String(try $0.column(String.self).dropFirst()), try Figures(row: &$0)) }
    }

    func countBuyers(of listing: ID<Listing>) throws -> Int {
        try self.tx.value(
            "SELECT COUNT(*) FROM market_rollup_buyer WHERE period = 'all' AND listing_id = \(listing)"
        ) ?? 0
    }

    /// What a buyer has called, over all services.
    func find(buyer: ID<Identity>) throws -> (calls: Int64, spent: Amount<USDC>, latencyMilliseconds: Int64) {
        try self.tx.row(
            """
            SELECT CAST(COALESCE(SUM(calls), 0) AS BIGINT), CAST(COALESCE(SUM(spent), 0) AS BIGINT),
                CAST(COALESCE(SUM(latency_ms), 0) AS BIGINT)
            FROM market_rollup_spender WHERE period = 'all' AND buyer_id = \(buyer)
            """
        ) { (try $0.column(), try $0.column(), try $0.column()) }!
    }
}

extension Figures {
    /// Reads ``FigureStore/sums``.
    init(row: inout Row) throws {
        self.init(
            calls: try row.column(),
            successes: try row.column(),
            errors: try row.column(),
            latencyMilliseconds: try row.column(),
            revenue: try row.column(),
            fee: try row.column(),
            firstAt: try row.optional(),
            lastAt: try row.optional()
        )
    }
}

extension Transaction {
    var figures: FigureStore { FigureStore(tx: self) }
}
