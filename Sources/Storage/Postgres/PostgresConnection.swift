import CLibpq
import Foundation
import Kernel

/// One connection with its prepared statements. Used by one thread at a time.
final class PostgresConnection: SQLConnection {
    let engine = Engine.postgres
    let memory: WriterMemory? = nil
    let lastInsertedNumber: Int64 = 0
    private let url: String
    private let node: String
    private(set) var raw: OpaquePointer?
    private var statements: [StatementKey: String] = [:]
    /// Whether the last transaction had got as far as its commit: its outcome may then be unknown.
    private(set) var commitWasSent = false

    /// More prepared statements than the code has; reached only when text is built from data.
    private static let statementLimit = 2000

    init(url: String, node: String) {
        self.url = url
        self.node = node
    }

    deinit { self.close() }

    /// Connects unless connected. Throws `connectionLost` when the server cannot be reached.
    func ensureOpen() throws {
        if let raw, PQstatus(raw) == CONNECTION_OK { return }
        self.close()
        guard let raw = PQconnectdb(self.url) else { throw StorageError.connectionLost(message: "out of memory") }
        guard PQstatus(raw) == CONNECTION_OK else {
            defer { PQfinish(raw) }
            throw StorageError.connectionLost(message: String(cString: PQerrorMessage(raw)))
        }
        PQsetNoticeProcessor(raw, { _, _ in }, nil)
        self.raw = raw
    }

    func close() {
        self.commitWasSent = false
        if let raw { PQfinish(raw) }
        self.raw = nil
        self.statements = [:]
    }

    var isInTransaction: Bool {
        guard let raw else { return false }
        return PQtransactionStatus(raw) == PQTRANS_INTRANS || PQtransactionStatus(raw) == PQTRANS_INERROR
    }

    func run(_ sql: SQL, _ each: (inout Row) throws -> Void) throws -> Int {
        self.commitWasSent = sql.isCommit
        let name = try self.prepare(sql)
        let result = self.withTexts(sql.values) { texts in
            PQexecPrepared(self.raw, name, Int32(texts.count), texts, nil, nil, 0)
        }
        defer { PQclear(result) }
        try self.check(result)
        for index in 0..<PQntuples(result) {
            var row = Row(source: PostgresRow(result: result, row: index))
            try each(&row)
        }
        return Int(String(cString: PQcmdTuples(result))) ?? 0
    }

    func runSchema(_ text: String) throws {
        let result = PQexec(self.raw, PostgresDialect.schema(text))
        defer { PQclear(result) }
        try self.check(result)
    }

    func notify(_ invalidation: Invalidation) throws {
        let payload = "\(self.node) \(invalidation.topic) \(invalidation.key)"
        _ = try self.run("SELECT pg_notify(\(PostgresListener.channel), \(payload))")
    }

    private func prepare(_ sql: SQL) throws -> String {
        let key = StatementKey(sql)
        if let name = self.statements[key] { return name }
        guard self.raw != nil else { throw StorageError.connectionLost(message: "not connected") }
        if self.statements.count >= Self.statementLimit {
            PQclear(PQexec(self.raw, "DEALLOCATE ALL"))
            self.statements = [:]
        }
        let name = "s\(self.statements.count)"
        let result = PQprepare(self.raw, name, sql.text, 0, nil)
        defer { PQclear(result) }
        try self.check(result)
        self.statements[key] = name
        return name
    }

    private func withTexts<T>(_ values: [SQLValue], _ body: ([UnsafePointer<CChar>?]) -> T) -> T {
        let owned = values.map { value in value.postgresText.map { strdup($0)! } }
        defer { for text in owned { free(text) } }
        return body(owned.map { text in text.map { UnsafePointer($0) } })
    }

    private func check(_ result: OpaquePointer?) throws {
        let status = PQresultStatus(result)
        if status == PGRES_TUPLES_OK || status == PGRES_COMMAND_OK { return }
        guard let result, PQstatus(self.raw) == CONNECTION_OK else {
            throw StorageError.connectionLost(message: String(cString: PQerrorMessage(self.raw)))
        }
        let field = { (code: Character) in
            PQresultErrorField(result, Int32(code.asciiValue!)).map { String(cString: $0) } ?? ""
        }
        switch field("C") {
        case "23505": throw StorageError.constraint(.unique, name: field("n"))
        case "23514": throw StorageError.constraint(.check, name: field("n"))
        case "23503": throw StorageError.constraint(.foreignKey, name: "")
        case "23502": throw StorageError.constraint(.notNull, name: "\(field("t"))_\(field("c"))")
        case "40001", "40P01": throw StorageError.serialization
        case "57P01", "57P02", "57P03": throw StorageError.connectionLost(message: field("M"))
        // Out of disk, memory or connections.
        case let code where code.bytewise.starts(with: "53"): throw StorageError.unavailable(message: field("M"))
        case "25006", "58030": throw StorageError.unavailable(message: field("M"))
        case let code: throw StorageError.failed(code: code, message: field("M"))
        }
    }
}

private struct PostgresRow: RowSource {
    let result: OpaquePointer?
    let row: Int32

    func value(at column: Int32) -> SQLValue {
        guard PQgetisnull(self.result, self.row, column) == 0, let bytes = PQgetvalue(self.result, self.row, column)
        else { return .null }
        let text = String(cString: bytes)
        // The object identifiers of PostgreSQL's built-in types never change.
        switch PQftype(self.result, column) {
        case 20, 21, 23: return Int64(text).map { .integer($0) } ?? .text(text)
        case 16: return .integer(text == "t" ? 1 : 0)
        case 17: return .blob(PostgresDialect.bytes(hex: text))
        case 700, 701, 1700: return Int64(text).map { .integer($0) } ?? Double(text).map { .real($0) } ?? .text(text)
        default: return .text(text)
        }
    }
}

extension SQLValue {
    fileprivate var postgresText: String? {
        switch self {
        case .null: nil
        case .integer(let value): String(value)
        case .real(let value): String(value)
        case .text(let value): value
        case .blob(let bytes): "\\x" + bytes.hex
        }
    }
}
