import Kernel
import Platform
import Storage

struct RequestLogStore {
    let tx: Transaction

    /// Of keys that have a row; each key is known to be used now.
    func insert(_ entries: [RequestLog.Entry]) throws {
        var keys: [String: APIKey?] = [:]
        var used: [ID<APIKey>: Timestamp] = [:]
        for entry in entries {
            let credential = entry.caller.credential
            let key = try keys[credential] ?? self.tx.apiKeys.find(credential: credential)
            keys[credential] = .some(key)
            guard let key else { continue }
            used[key.id] = max(used[key.id] ?? entry.at, entry.at)
            try self.tx.execute(
                """
                INSERT INTO commerce_request (request_id, identity_id, key_id, channel, method, path, status, duration_ms,
                    match_tier, at)
                VALUES (\(entry.requestID), \(entry.caller.identity), \(key.id), \(entry.channel), \(entry.method),
                    \(entry.path), \(entry.status), \(entry.milliseconds), \(entry.tier), \(entry.at))
                """
            )
        }
        for (key, moment) in used.sorted(by: { $0.key < $1.key }) { try self.tx.apiKeys.touch(key, at: moment) }
    }

    /// What of the log is wanted.
    struct Filter: Sendable {
        var key: ID<APIKey>?
        var status: Int?
        var path: String?
    }

    /// Newest first.
    func list(of owner: ID<Identity>, _ filter: Filter, before cursor: Cursor?, limit: Int) throws -> Page<
        LoggedRequest
    > {
        var conditions: [SQL] = ["r.identity_id = \(owner)"]
        if let key = filter.key { conditions.append("r.key_id = \(key)") }
        if let status = filter.status {
            conditions.append(status < 10 ? "r.status / 100 = \(status)" : "r.status = \(status)")
        }
        if let path = filter.path { conditions.append("r.path = \(path)") }
        if let cursor { conditions.append("r.number < \(cursor.key)") }
        let fetched = try self.tx.rows(
            """
            SELECT \(raw: LoggedRequest.columns) FROM commerce_request r WHERE \(SQL.all(conditions))
            ORDER BY r.number DESC LIMIT \(limit + 1)
            """,
            as: LoggedRequest.self
        )
        return Page(fetched: fetched, limit: limit) { Cursor(key: $0.number, id: "\($0.number)") }
    }

    func has(before moment: Timestamp) throws -> Bool {
        try self.tx.value("SELECT 1 FROM commerce_request WHERE at < \(moment) LIMIT 1", as: Int.self) != nil
    }

    func prune(before moment: Timestamp, limit: Int) throws -> Int {
        try self.tx.count(
            """
            DELETE FROM commerce_request WHERE number IN
                (SELECT number FROM commerce_request WHERE at < \(moment) ORDER BY at LIMIT \(limit))
            """
        )
    }
}

extension Transaction {
    var requestLog: RequestLogStore { RequestLogStore(tx: self) }
}
