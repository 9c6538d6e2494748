import Kernel
import Storage

/// The streams that have not ended yet, of every process.
struct OpenStreamStore {
    let tx: Transaction

    private var until: Timestamp { self.tx.now.adding(seconds: OpenStreams.renewalSeconds) }

    func insert(_ usage: ID<Usage>) throws {
        try self.tx.execute("INSERT INTO market_open_stream (usage_id, alive_until) VALUES (\(usage), \(self.until))")
    }

    /// Whether it was there.
    func delete(_ usage: ID<Usage>) throws -> Bool {
        try self.tx.count("DELETE FROM market_open_stream WHERE usage_id = \(usage)") == 1
    }

    func renew(_ usages: [ID<Usage>]) throws {
        try self.tx.execute(
            "UPDATE market_open_stream SET alive_until = \(self.until) WHERE usage_id IN (\(list: usages))"
        )
    }

    /// Oldest first.
    func listLost(limit: Int) throws -> [ID<Usage>] {
        try self.tx.rows(
            """
            SELECT usage_id FROM market_open_stream WHERE alive_until <= \(self.tx.now)
            ORDER BY alive_until, usage_id LIMIT \(limit)
            """
        ) { try $0.column() }
    }
}

extension Transaction {
    var openStreams: OpenStreamStore { OpenStreamStore(tx: self) }
}
