import Kernel
import Storage

/// How many requests of each partner each node has counted in an hour. The hour is its first second.
struct RequestCountStore {
    let tx: Transaction

    func set(_ count: Int, of partner: ID<Partner>, by node: String, hour: Int64) throws {
        try self.tx.execute(
            """
            INSERT INTO forum_request_count (hour, node, partner_id, requests)
            VALUES (\(hour), \(node), \(partner), \(Int64(count)))
            ON CONFLICT (hour, node, partner_id) DO UPDATE SET requests = excluded.requests
            """
        )
    }

    func deleteBefore(hour: Int64) throws {
        try self.tx.execute("DELETE FROM forum_request_count WHERE hour < \(hour)")
    }

    func sums(besides node: String, hour: Int64) throws -> [ID<Partner>: Int] {
        let sums = try self.tx.rows(
            """
            SELECT partner_id, CAST(SUM(requests) AS BIGINT) FROM forum_request_count
            WHERE hour = \(hour) AND node <> \(node) GROUP BY partner_id
            """
        ) { row in (try row.column(ID<Partner>.self), try row.column(Int64.self)) }
        return Dictionary(uniqueKeysWithValues: sums.map { ($0, Int($1)) })
    }
}

extension Transaction {
    var requestCounts: RequestCountStore { RequestCountStore(tx: self) }
}
