package import Kernel
package import Storage

/// The index of the archive: which days of which kinds are in files.
package struct ArchiveStore {
    let tx: Transaction

    package func list() throws -> [ArchiveFile] {
        try self.tx.rows("SELECT \(raw: ArchiveFile.columns) FROM archive_file ORDER BY kind, day")
    }

    package func listNewest(limit: Int) throws -> [ArchiveFile] {
        try self.tx.rows(
            "SELECT \(raw: ArchiveFile.columns) FROM archive_file ORDER BY day DESC, kind LIMIT \(limit)"
        )
    }

    package func find(_ kind: String, day: Timestamp) throws -> ArchiveFile? {
        try self.tx.row("SELECT \(raw: ArchiveFile.columns) FROM archive_file WHERE kind = \(kind) AND day = \(day)")
    }

    /// The files whose records are missing in the database, of days that the time touches.
    package func listMissing(_ kind: String, _ time: Range<Timestamp>) throws -> [ArchiveFile] {
        try self.tx.rows(
            """
            SELECT \(raw: ArchiveFile.columns) FROM archive_file WHERE kind = \(kind) AND state <> 'restored'
                AND day > \(time.lowerBound.adding(seconds: -86_400)) AND day < \(time.upperBound) ORDER BY day
            """
        )
    }

    /// False when another node has written the day down meanwhile.
    func insert(_ file: ArchiveFile) throws -> Bool {
        let count = try self.tx.count(
            """
            INSERT INTO archive_file (kind, day, path, records, bytes, checksum, state, changed_at)
            VALUES (\(file.kind), \(file.day), \(file.path), \(file.records), \(file.bytes), \(file.checksum),
                \(file.state), \(self.tx.now))
            ON CONFLICT (kind, day) DO UPDATE SET records = excluded.records, bytes = excluded.bytes,
                checksum = excluded.checksum, state = excluded.state, changed_at = excluded.changed_at
                WHERE archive_file.state = 'restored'
            """
        )
        return count == 1
    }

    func set(_ file: ArchiveFile, _ state: ArchiveFile.State) throws {
        try self.tx.execute(
            """
            UPDATE archive_file SET state = \(state), changed_at = \(self.tx.now)
            WHERE kind = \(file.kind) AND day = \(file.day)
            """
        )
    }
}

extension ArchiveFile: RowDecodable {
    package static let columns: StaticString = "kind, day, path, records, bytes, checksum, state, changed_at"

    package init(row: inout Row) throws {
        self.kind = try row.column()
        self.day = try row.column()
        self.path = try row.column()
        self.records = try row.column()
        self.bytes = try row.column()
        self.checksum = try row.column()
        self.state = try row.column()
        self.changedAt = try row.column()
    }
}

extension Transaction {
    package var archive: ArchiveStore { ArchiveStore(tx: self) }
}

/// A table whose rows can become lines and come back.
package struct ArchivedTable: Sendable {
    private let table: StaticString
    private let columns: StaticString

    /// - Parameter columns: all of them, separated by commas.
    package init(_ table: StaticString, columns: StaticString) {
        self.table = table
        self.columns = columns
    }

    private var names: [String] { "\(self.columns)".bytewise.list(",") }

    /// - Parameter condition: with the order and the limit.
    package func list(_ condition: SQL, in tx: Transaction) throws -> [JSONValue] {
        let names = self.names
        return try tx.rows("SELECT \(raw: self.columns) FROM \(raw: self.table) WHERE \(condition)") { row in
            var line: [String: JSONValue] = [:]
            for name in names { line[name] = JSONValue(try row.column(SQLValue.self)) }
            return .object(line)
        }
    }

    /// False when the row is there.
    @discardableResult
    package func insert(_ line: JSONValue, in tx: Transaction) throws -> Bool {
        let values = self.names.map { SQL("\(SQLValue(line[$0] ?? .null))") }
        return try tx.count(
            """
            INSERT INTO \(raw: self.table) (\(raw: self.columns)) VALUES (\(SQL.joined(values, separator: ", ")))
            ON CONFLICT DO NOTHING
            """
        ) == 1
    }

    /// False when the row is not there.
    @discardableResult
    package func delete(_ key: SQLValue, by column: StaticString, in tx: Transaction) throws -> Bool {
        try tx.count("DELETE FROM \(raw: self.table) WHERE \(raw: column) = \(key)") > 0
    }
}

extension JSONValue {
    /// Tables that leave hold whole numbers and texts only.
    fileprivate init(_ value: SQLValue) {
        switch value {
        case .null, .blob: self = .null
        case .integer(let value): self = .integer(value)
        case .real(let value): self = .number(value)
        case .text(let value): self = .string(value)
        }
    }
}

extension SQLValue {
    package init(_ value: JSONValue) {
        switch value {
        case .integer(let value): self = .integer(value)
        case .number(let value): self = .real(value)
        case .string(let value): self = .text(value)
        default: self = .null
        }
    }
}
