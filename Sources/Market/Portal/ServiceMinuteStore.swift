import Kernel
import Platform
import Storage

extension UsageStore {
    /// A service's calls of the last hour, minute by minute, oldest first.
    func list(minutesOf listing: Listing) throws -> [ServiceHealth.Minute] {
        let start = self.tx.now.adding(seconds: -ServiceHealth.minutes * 60)
        return try self.tx.rows(
            """
            SELECT called_at / 60000000, CAST(SUM(CASE WHEN status_code < 400 THEN 1 ELSE 0 END) AS BIGINT),
                CAST(SUM(CASE WHEN status_code BETWEEN 400 AND 499 THEN 1 ELSE 0 END) AS BIGINT),
                CAST(SUM(CASE WHEN status_code >= 500 THEN 1 ELSE 0 END) AS BIGINT)
            FROM market_usage WHERE provider_id = \(listing.provider) AND called_at > \(start) AND listing_id = \(listing.id)
            GROUP BY 1 ORDER BY 1
            """
        ) { row in
            ServiceHealth.Minute(
                start: Timestamp(seconds: try row.column(Int64.self) * 60),
                answered: try row.column(),
                refused: try row.column(),
                failed: try row.column()
            )
        }
    }
}
