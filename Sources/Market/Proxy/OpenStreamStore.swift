import Kernel
import Storage

/// The streams that have not ended yet, of every process.
struct OpenStreamStore {
    let tx: Transaction

    private var lostAt: Timestamp { self.tx.now.adding(seconds: OpenStreams.lostAfterSeconds) }

    /// - Parameter key: whose cap the charge counts against.
    func insert(_ usage: ID<Usage>, key: KeyDay?, node: String) throws {
        try self.tx.execute(
            """
            INSERT INTO market_open_stream (usage_id, node, lost_at, capped_credential_id, capped_day)
            VALUES (\(usage), \(node), \(self.lostAt), \(key?.credential), \(key?.day))
            """
        )
    }

    func count() throws -> Int { try self.tx.value("SELECT COUNT(*) FROM market_open_stream") ?? 0 }

    func has(_ usage: ID<Usage>) throws -> Bool {
        try self.tx.value("SELECT COUNT(*) FROM market_open_stream WHERE usage_id = \(usage)", as: Int.self) == 1
    }

    /// What stood there; nil where nothing did.
    func delete(_ usage: ID<Usage>) throws -> EndedStream? {
        try self.tx.row(
            "DELETE FROM market_open_stream WHERE usage_id = \(usage) RETURNING \(raw: EndedStream.columns)"
        )
    }

    /// As ``delete(_:)``; nil where somebody has renewed it meanwhile, too.
    func deleteLost(_ usage: ID<Usage>) throws -> EndedStream? {
        try self.tx.row(
            """
            DELETE FROM market_open_stream WHERE usage_id = \(usage) AND lost_at <= \(self.tx.now)
            RETURNING \(raw: EndedStream.columns)
            """
        )
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

/// A stream that was taken from the open ones.
struct EndedStream: RowDecodable {
    let usage: ID<Usage>
    /// Whose cap its charge counts against.
    let key: KeyDay?

    static let columns: StaticString = "usage_id, capped_credential_id, capped_day"

    init(row: inout Row) throws {
        self.usage = try row.column()
        let credential: String? = try row.optional()
        let day: Timestamp? = try row.optional()
        self.key = credential.flatMap { credential in day.map { KeyDay(credential, $0) } }
    }
}

extension Transaction {
    var openStreams: OpenStreamStore { OpenStreamStore(tx: self) }
}
