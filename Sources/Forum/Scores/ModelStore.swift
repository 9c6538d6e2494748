import Kernel
import Storage

/// One training of the filter of words, and how well it did on posts that it had not seen.
struct WordModel: Sendable {
    let version: Int64
    let counts: WordCounts
    let figures: JSONValue
    let isActive: Bool
    let trainedAt: Timestamp
}

extension WordModel: RowDecodable {
    static let columns: StaticString = "version, counts, figures, is_active, trained_at"

    init(row: inout Row) throws {
        self.version = try row.column()
        self.counts = WordCounts(.parsed(try row.column()))
        self.figures = .parsed(try row.column())
        self.isActive = try row.column()
        self.trainedAt = try row.column()
    }
}

struct ModelStore {
    let tx: Transaction

    func active() throws -> WordModel? {
        try self.tx.row("SELECT \(raw: WordModel.columns) FROM forum_model WHERE is_active = 1")
    }

    func newest() throws -> WordModel? {
        try self.tx.row("SELECT \(raw: WordModel.columns) FROM forum_model ORDER BY version DESC LIMIT 1")
    }

    func find(_ version: Int64) throws -> WordModel? {
        try self.tx.row("SELECT \(raw: WordModel.columns) FROM forum_model WHERE version = \(version)")
    }

    func insert(_ counts: WordCounts, figures: JSONValue) throws -> Int64 {
        let version = (try self.newest()?.version ?? 0) + 1
        try self.tx.execute(
            """
            INSERT INTO forum_model (version, counts, figures, is_active, trained_at)
            VALUES (\(version), \(JSON.text(of: counts.json)), \(JSON.text(of: figures)), \(false), \(self.tx.now))
            """
        )
        return version
    }

    func activate(_ version: Int64) throws {
        try self.tx.execute(
            "UPDATE forum_model SET is_active = CASE WHEN version = \(version) THEN 1 ELSE 0 END"
        )
        try self.tx.invalidate(WordFilter.topic, "")
    }
}

extension Transaction {
    var models: ModelStore { ModelStore(tx: self) }
}
