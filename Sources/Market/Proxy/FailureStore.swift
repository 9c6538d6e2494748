import Kernel
import Platform
import Storage

/// A call that went wrong, as its service's provider may see it.
struct FailedCall: Sendable {
    let usage: ID<Usage>
    let listing: ID<Listing>
    var calledAt: Timestamp
    let method: String
    /// Below the service, without its query, which may hold what is the buyer's alone.
    let path: String
    /// 502 and 504 are the market's own where nothing was answered.
    let status: Int
    let latencyMilliseconds: Int64
    /// Why there was no answer; empty where there was one.
    let reason: Reason?
    /// How the answer begins, with secrets taken out; empty for one that was streamed.
    let head: String

    enum Reason: String, Sendable, CaseIterable {
        case timeout, unreachable
    }

    /// Characters of an answer that are kept.
    static let headLimit = 500
}

/// The last failed calls of each service, kept for a week.
struct FailureStore {
    static let limit = 100
    static let days: Int64 = 7

    let tx: Transaction

    func insert(_ call: FailedCall) throws {
        try self.tx.later(
            """
            INSERT INTO market_failure (usage_id, listing_id, called_at, method, path, status_code, latency_ms, reason, head)
            VALUES (\(call.usage), \(call.listing), \(self.tx.now), \(call.method), \(call.path), \(Int64(call.status)),
                \(call.latencyMilliseconds), \(call.reason?.rawValue ?? ""), \(call.head))
            """
        )
    }

    /// Newest first.
    func list(of listing: ID<Listing>) throws -> [FailedCall] {
        try self.tx.rows(
            """
            SELECT usage_id, listing_id, called_at, method, path, status_code, latency_ms, reason, head FROM market_failure
            WHERE listing_id = \(listing) AND called_at > \(self.tx.now.adding(seconds: -Self.days * 86_400))
            ORDER BY called_at DESC, usage_id DESC LIMIT \(Self.limit)
            """
        ) { row in
            FailedCall(
                usage: try row.column(),
                listing: try row.column(),
                calledAt: try row.column(),
                method: try row.column(),
                path: try row.column(),
                status: Int(try row.column(Int64.self)),
                latencyMilliseconds: try row.column(),
                reason: FailedCall.Reason(rawValue: try row.column()),
                head: try row.column()
            )
        }
    }

    /// What is too old, or has a hundred newer ones.
    func deleteOld() throws {
        try self.tx.execute(
            "DELETE FROM market_failure WHERE called_at < \(self.tx.now.adding(seconds: -Self.days * 86_400))"
        )
        try self.tx.execute(
            """
            DELETE FROM market_failure WHERE usage_id IN (
                SELECT usage_id FROM (
                    SELECT usage_id, ROW_NUMBER() OVER (PARTITION BY listing_id ORDER BY called_at DESC, usage_id DESC) AS place
                    FROM market_failure
                ) ranked WHERE place > \(Self.limit)
            )
            """
        )
    }
}

extension Transaction {
    var failures: FailureStore { FailureStore(tx: self) }
}
