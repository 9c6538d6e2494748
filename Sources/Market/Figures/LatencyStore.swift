import Foundation
import Kernel
import Platform
import Storage

/// How long answers took to begin, by service and day: so many calls in each of a row of ranges, eight to a doubling.
struct LatencyStore {
    /// The days that figures of latency look at.
    static let days: Int64 = 30

    let tx: Transaction

    /// The range that a time belongs to.
    static func bucket(_ milliseconds: Int64) -> Int64 {
        milliseconds < 1 ? 0 : Int64((log2(Double(milliseconds)) * 8).rounded(.up)) + 1
    }

    /// The longest time of a range, in milliseconds.
    static func limit(of bucket: Int64) -> Int64 {
        bucket < 1 ? 0 : Int64(Foundation.exp2(Double(bucket - 1) / 8).rounded(.down))
    }

    /// - Parameter day: since 1970, in UTC.
    func add(_ calls: Int64, of listing: ID<Listing>, day: Int64, bucket: Int64) throws {
        try self.tx.execute(
            """
            INSERT INTO market_latency (listing_id, day, bucket, calls) VALUES (\(listing), \(day), \(bucket), \(calls))
            ON CONFLICT (listing_id, day, bucket) DO UPDATE SET calls = market_latency.calls + excluded.calls
            """
        )
    }

    /// The times within which half and 95 % of the answers began, by service; none for one without answers.
    func quantiles(of listings: [ID<Listing>]) throws -> [ID<Listing>: (half: Int64, most: Int64)] {
        let first = self.tx.now.seconds / 86_400 - (Self.days - 1)
        let rows = try self.tx.rows(
            """
            SELECT listing_id, bucket, CAST(SUM(calls) AS BIGINT) FROM market_latency
            WHERE listing_id IN (\(list: listings)) AND day >= \(first)
            GROUP BY listing_id, bucket ORDER BY listing_id, bucket
            """
        ) { (try $0.column(ID<Listing>.self), try $0.column(Int64.self), try $0.column(Int64.self)) }
        var buckets: [ID<Listing>: [(bucket: Int64, calls: Int64)]] = [:]
        for (listing, bucket, calls) in rows { buckets[listing, default: []].append((bucket, calls)) }
        return buckets.compactMapValues { buckets in
            let all = buckets.reduce(0) { $0 + $1.calls }
            guard all > 0 else { return nil }
            return (Self.quantile(buckets, all, percent: 50), Self.quantile(buckets, all, percent: 95))
        }
    }

    private static func quantile(_ buckets: [(bucket: Int64, calls: Int64)], _ all: Int64, percent: Int64) -> Int64 {
        var left = (all * percent + 99) / 100
        for (bucket, calls) in buckets {
            left -= calls
            if left <= 0 { return self.limit(of: bucket) }
        }
        return buckets.last.map { self.limit(of: $0.bucket) } ?? 0
    }

    /// What nobody looks at any more.
    func deleteOld() throws {
        try self.tx.execute("DELETE FROM market_latency WHERE day < \(self.tx.now.seconds / 86_400 - Self.days)")
    }
}

extension Transaction {
    var latencies: LatencyStore { LatencyStore(tx: self) }
}
