import GRDB
import GRDBSQLite
import Kernel

/// Runs statements through SQLite's C interface on a connection that GRDB owns: a third of the cost of GRDB's rows.
final class SQLiteConnection: SQLConnection {
    let engine = Engine.sqlite
    private let db: GRDB.Database
    private let raw: OpaquePointer
    let memory: WriterMemory?
    private var statements: [StatementKey: Statement] = [:]

    /// - Parameter memory: the writer's. The writer's connection lives as long as its database, and finds statements without their text.
    init(_ db: GRDB.Database, memory: WriterMemory? = nil) {
        self.db = db
        self.raw = db.sqliteConnection!
        self.memory = memory
    }

    var lastInsertedNumber: Int64 { sqlite3_last_insert_rowid(self.raw) }

    var isInTransaction: Bool { sqlite3_get_autocommit(self.raw) == 0 }

    func run(_ sql: SQL, _ each: (inout Row) throws -> Void) throws -> Int {
        let statement = try self.prepare(sql)
        defer {
            sqlite3_reset(statement)
            sqlite3_clear_bindings(statement)
        }
        for (index, value) in sql.values.enumerated() { self.bind(value, to: statement, at: Int32(index + 1)) }
        while true {
            switch sqlite3_step(statement) {
            case SQLITE_ROW:
                var row = Row(source: SQLiteRow(statement: statement))
                try each(&row)
            case SQLITE_DONE: return Int(sqlite3_changes(self.raw))
            default: throw self.lastError()
            }
        }
    }

    /// At once: nothing is gained by waiting.
    func later(_ sql: SQL, expecting rows: Int?) throws {
        let count = try self.run(sql)
        if let rows, rows != count { throw UnexpectedCount() }
    }

    func flush() {}
    func drop() {}

    func runSchema(_ text: String) throws {
        guard sqlite3_exec(self.raw, text, nil, nil, nil) == SQLITE_OK else { throw self.lastError() }
    }

    /// One process serves a SQLite file, so there is nobody else to tell.
    func notify(_ invalidation: Invalidation) {}

    /// To be called when the database lets its statements go.
    func forgetStatements() { self.statements = [:] }

    private func prepare(_ sql: SQL) throws -> OpaquePointer {
        guard self.memory != nil else { return try self.prepare(sql.text).sqliteStatement }
        let key = StatementKey(sql)
        if let known = self.statements[key] { return known.sqliteStatement }
        let statement = try self.prepare(sql.text)
        self.statements[key] = statement
        return statement.sqliteStatement
    }

    private func prepare(_ text: String) throws -> Statement {
        do { return try self.db.cachedStatement(sql: text) } catch let error as DatabaseError {
            if Self.isOutage(error.resultCode.rawValue) { throw StorageError.unavailable(message: error.message ?? "") }
            throw StorageError.failed(code: "\(error.extendedResultCode)", message: "\(error.message ?? "") in \(text)")
        }
    }

    /// Memory of the statements that the connection keeps prepared, in bytes.
    static func statementBytes(_ db: GRDB.Database) -> Int {
        var (current, highest): (Int32, Int32) = (0, 0)
        sqlite3_db_status(db.sqliteConnection, SQLITE_DBSTATUS_STMT_USED, &current, &highest, 0)
        return Int(current)
    }

    private func bind(_ value: SQLValue, to statement: OpaquePointer, at index: Int32) {
        switch value {
        case .null: sqlite3_bind_null(statement, index)
        case .integer(let value): sqlite3_bind_int64(statement, index, value)
        case .real(let value): sqlite3_bind_double(statement, index, value)
        case .text(var text):
            text.withUTF8 { bytes in
                bytes.withMemoryRebound(to: CChar.self) { characters in
                    // An empty string has no address, and SQLite reads a missing address as NULL.
                    _ = sqlite3_bind_text(
                        statement,
                        index,
                        characters.baseAddress ?? emptyText,
                        Int32(bytes.count),
                        copied
                    )
                }
            }
        case .blob(let bytes):
            bytes.withUnsafeBytes { buffer in
                _ =
                    buffer.isEmpty
                    ? sqlite3_bind_zeroblob(statement, index, 0)
                    : sqlite3_bind_blob(statement, index, buffer.baseAddress, Int32(buffer.count), copied)
            }
        }
    }

    private func lastError() -> StorageError {
        let code = sqlite3_extended_errcode(self.raw)
        let message = String(cString: sqlite3_errmsg(self.raw))
        let subject = String(message.bytewise.cut(at: ": ").after ?? message[...])
        switch code {
        case 1555, 2579: return .constraint(.unique, name: "\(subject.bytewise.cut(at: ".").before)_pkey")
        case 2067:
            if let index = subject.bytewise.dropping(prefix: "index '") {
                return .constraint(.unique, name: String(index.dropLast()))
            }
            let columns = subject.bytewise.list(",").map { $0.bytewise.split(".") }
            let table = columns.first?.first ?? ""
            return .constraint(.unique, name: ([table] + columns.compactMap(\.last)).joined(separator: "_"))
        case 275: return .constraint(.check, name: subject)
        case 787: return .constraint(.foreignKey, name: "")
        case 1299: return .constraint(.notNull, name: subject.bytewise.replacing(".", with: "_"))
        default:
            return Self.isOutage(code) ? .unavailable(message: message) : .failed(code: "\(code)", message: message)
        }
    }

    /// A full disk, a file or folder that cannot be read or written, or one that is locked for longer than is waited for.
    static func isOutage(_ code: Int32) -> Bool {
        [SQLITE_FULL, SQLITE_IOERR, SQLITE_READONLY, SQLITE_CANTOPEN, SQLITE_BUSY, SQLITE_LOCKED, SQLITE_NOMEM]
            .contains(
                code & 0xFF
            )
    }
}

/// Tells SQLite to take its own copy (`SQLITE_TRANSIENT`).
private let copied = unsafeBitCast(-1, to: sqlite3_destructor_type.self)
private nonisolated(unsafe) let emptyText: UnsafePointer<CChar> = {
    let text = UnsafeMutablePointer<CChar>.allocate(capacity: 1)
    text.pointee = 0
    return UnsafePointer(text)
}()

private struct SQLiteRow: RowSource {
    let statement: OpaquePointer

    func value(at column: Int32) -> SQLValue {
        switch sqlite3_column_type(self.statement, column) {
        case SQLITE_INTEGER: .integer(sqlite3_column_int64(self.statement, column))
        case SQLITE_FLOAT: .real(sqlite3_column_double(self.statement, column))
        case SQLITE_TEXT:
            .text(
                String(
                    decoding: UnsafeBufferPointer(
                        start: sqlite3_column_text(self.statement, column),
                        count: Int(sqlite3_column_bytes(self.statement, column))
                    ),
                    as: UTF8.self
                )
            )
        case SQLITE_BLOB:
            .blob(
                [UInt8](
                    UnsafeRawBufferPointer(
                        start: sqlite3_column_blob(self.statement, column),
                        count: Int(sqlite3_column_bytes(self.statement, column))
                    )
                )
            )
        default: .null
        }
    }
}
