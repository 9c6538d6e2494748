import Kernel
import Storage

/// The streams that have not ended yet, of every process.
struct OpenStreamStore {
    let tx: Transaction

    private var lostAt: Timestamp { self.tx.now.adding(seconds: OpenStreams.lostAfterSeconds) }

    func insert(_ usage: ID<Usage>, node: String) throws {
        try self.tx.execute(
            "INSERT INTO market_open_stream (usage_id, node, lost_at) VALUES (\(usage), \(node), \(self.lostAt))"
        )
    }

    func count() throws -> Int { try self.tx.value("SELECT COUNT(*) FROM market_open_stream") ?? 0 }

    func has(_ usage: ID<Usage>) throws -> Bool {
        try self.tx.value("SELECT COUNT(*) FROM market_open_stream WHERE usage_id = \(usage)", as: Int.self) == 1
    }

    /// Whether it was there.
    func delete(_ usage: ID<Usage>) throws -> Bool {
        try self.tx.count("DELETE FROM market_open_stream WHERE usage_id = \(usage)") == 1
    }

    /// Whether it was there, and nobody has renewed it meanwhile.
    func deleteLost(_ usage: ID<Usage>) throws -> Bool {
        try self.tx.count(
            "DELETE FROM market_open_stream WHERE usage_id = \(usage) AND lost_at <= \(self.tx.now)"
        ) == 1
    }

    func renew(_ node: String) throws {
        try self.tx.execute("UPDATE market_open_stream SET lost_at = \(self.lostAt) WHERE node = \(node)")
    }

    /// Oldest first.
    func listLost(limit: Int) throws -> [ID<Usage>] {
        try self.tx.rows(
            """
            SELECT usage_id FROM market_open_stream WHERE lost_at <= \(self.tx.now)
            ORDER BY lost_at, usage_id LIMIT \(limit)
            """
        ) { try $0.column() }
    }
}

extension Transaction {
    var openStreams: OpenStreamStore { OpenStreamStore(tx: self) }
}
