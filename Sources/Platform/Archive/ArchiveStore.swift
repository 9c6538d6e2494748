package import Kernel
package import Storage

/// The index of the archive: which days of which kinds are in files.
package struct ArchiveStore {
    let tx: Transaction

    /// Those that can be read.
    package func list() throws -> [ArchiveFile] { try self.list("state <> 'writing' ORDER BY kind, day, path") }

    package func listNewest(limit: Int) throws -> [ArchiveFile] {
        try self.list("state <> 'writing' ORDER BY day DESC, kind, path LIMIT \(limit)")
    }

    package func list(_ kind: String, day: Timestamp) throws -> [ArchiveFile] {
        try self.list("kind = \(kind) AND day = \(day) ORDER BY path")
    }

    /// The files whose records are missing in the database, of days that the time touches.
    package func listMissing(_ kind: String, _ time: Range<Timestamp>) throws -> [ArchiveFile] {
        try self.list(
            """
            kind = \(kind) AND state IN ('written', 'archived') AND day > \(time.lowerBound.adding(seconds: -86_400))
                AND day < \(time.upperBound) ORDER BY day, path
            """
        )
    }

    private func list(_ condition: SQL) throws -> [ArchiveFile] {
        try self.tx.rows("SELECT \(raw: ArchiveFile.columns) FROM archive_file WHERE \(condition)")
    }

    /// Claims the day for one server's file. False while another server writes one, or records of the day have come back.
    func claim(_ file: ArchiveFile, ifLostBefore moment: Timestamp) throws -> Bool {
        try self.tx.execute(
            """
            DELETE FROM archive_file
            WHERE kind = \(file.kind) AND day = \(file.day) AND state = 'writing' AND changed_at < \(moment)
            """
        )
        let others = try self.list(file.kind, day: file.day)
        guard !others.contains(where: { $0.state != .archived }) else { return false }
        try self.tx.execute(
            """
            INSERT INTO archive_file (kind, day, path, records, bytes, checksum, state, changed_at)
            VALUES (\(file.kind), \(file.day), \(file.path), 0, 0, '', \(ArchiveFile.State.writing), \(self.tx.now))
            """
        )
        return true
    }

    /// Shows that the server still writes. False when it has lost its claim.
    func renew(_ file: ArchiveFile) throws -> Bool {
        try self.tx.count(
            "UPDATE archive_file SET changed_at = \(self.tx.now) WHERE path = \(file.path) AND state = 'writing'"
        ) == 1
    }

    func forget(_ file: ArchiveFile) throws {
        try self.tx.execute("DELETE FROM archive_file WHERE path = \(file.path) AND state = 'writing'")
    }

    /// The file is complete on the disk. False when another server has claimed the day meanwhile.
    func complete(_ file: ArchiveFile) throws -> Bool {
        try self.tx.count(
            """
            UPDATE archive_file SET records = \(file.records), bytes = \(file.bytes), checksum = \(file.checksum),
                state = \(ArchiveFile.State.written), changed_at = \(self.tx.now)
            WHERE path = \(file.path) AND state = 'writing'
            """
        ) == 1
    }

    /// False when it is in another state than it was.
    @discardableResult
    func change(_ file: ArchiveFile, from before: ArchiveFile.State, to state: ArchiveFile.State) throws -> Bool {
        try self.tx.count(
            """
            UPDATE archive_file SET state = \(state), changed_at = \(self.tx.now)
            WHERE path = \(file.path) AND state = \(before)
            """
        ) == 1
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

    /// False when there is no such row.
    @discardableResult
    package func delete(_ condition: SQL, in tx: Transaction) throws -> Bool {
        try tx.count("DELETE FROM \(raw: self.table) WHERE \(condition)") > 0
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
