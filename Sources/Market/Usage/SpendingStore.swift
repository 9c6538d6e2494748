import Kernel
import Platform
import Storage

/// What a buyer has spent, by service and day, read from the records themselves.
struct SpendingStore {
    let tx: Transaction

    struct Line: Sendable {
        let listing: ID<Listing>
        /// Days since 1970, in UTC.
        let day: Int64
        let calls: Int64
        let spent: Amount<USDC>
    }

    func list(of buyer: ID<Identity>, since first: Timestamp) throws -> [Line] {
        try self.tx.rows(
            """
            SELECT listing_id, called_at / 86400000000, COUNT(*), CAST(SUM(amount) AS BIGINT) FROM market_usage
            WHERE buyer_id = \(buyer) AND called_at >= \(first) GROUP BY 1, 2 ORDER BY 2, 1
            """
        ) { row in
            Line(
                listing: try row.column(),
                day: try row.column(),
                calls: try row.column(),
                spent: try row.column()
            )
        }
    }
}

extension Transaction {
    var spending: SpendingStore { SpendingStore(tx: self) }
}
