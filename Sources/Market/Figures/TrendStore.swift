import Kernel
import Platform
import Storage

/// Services by what is called of them.
struct TrendStore {
    let tx: Transaction

    /// Active services by answered calls since the beginning of that day.
    func listTrending(since first: Timestamp, limit: Int) throws -> [(
        listing: ID<Listing>, calls: Int, latency: Double
    )] {
        let periods = FigurePeriod.covering(from: first, through: self.tx.now)
        return try self.tx.rows(
            """
            SELECT l.id, u.answered, u.latency_ms, u.calls
            FROM (
                SELECT listing_id, CAST(SUM(calls - errors) AS BIGINT) AS answered,
                    CAST(SUM(calls) AS BIGINT) AS calls, CAST(SUM(latency_ms) AS BIGINT) AS latency_ms
                FROM market_rollup WHERE period IN (\(list: periods)) GROUP BY listing_id
            ) u JOIN market_listing l ON l.id = u.listing_id
            WHERE l.status = 'active' AND u.answered > 0 ORDER BY u.answered DESC, l.id LIMIT \(limit)
            """
        ) { row in
            (
                try row.column(), try row.column(Int.self),
                Figures.ratio(try row.column(), try row.column(), scale: 1)
            )
        }
    }

    /// Services of the buyer's three most used categories that it has not used; nil without history.
    func listRecommendations(for buyer: ID<Identity>?, limit: Int) throws -> [ID<Listing>]? {
        let categories = try buyer.map { buyer in
            try self.tx.rows(
                """
                SELECT l.category FROM market_rollup_buyer r JOIN market_listing l ON l.id = r.listing_id
                WHERE r.buyer_id = \(buyer) AND r.period = 'all'
                GROUP BY l.category ORDER BY SUM(r.calls) DESC, l.category LIMIT 3
                """
            ) { try $0.column(String.self) }
        }
        guard let buyer, let categories, !categories.isEmpty else { return nil }
        return try self.tx.rows(
            """
            SELECT l.id FROM market_listing l WHERE l.status = 'active' AND l.category IN (\(list: categories))
                AND l.id NOT IN (SELECT listing_id FROM market_rollup_buyer WHERE buyer_id = \(buyer) AND period = 'all')
            ORDER BY l.created_at DESC, l.id DESC LIMIT \(limit)
            """
        ) { try $0.column() }
    }
}

extension Transaction {
    var trends: TrendStore { TrendStore(tx: self) }
}
