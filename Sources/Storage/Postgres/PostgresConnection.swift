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
    /// Statements that wait to be sent together.
    private var waiting: [(sql: SQL, rows: Int?)] = []
    /// Whether the last transaction had got as far as its commit: its outcome may then be unknown.
    private(set) var commitWasSent = false

    /// More prepared statements than the code has; reached only when text is built from data.
    private static let statementLimit = 2000

    /// Run on each new connection.
    private let setUp: [String]

    init(url: String, node: String, setUp: [String] = []) {
        self.url = url
        self.node = node
        self.setUp = setUp
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
        for text in self.setUp { try self.runSchema(text) }
    }

    func close() {
        self.commitWasSent = false
        self.waiting = []
        if let raw { PQfinish(raw) }
        self.raw = nil
        self.statements = [:]
    }

    /// Also when its beginning has not been sent yet.
    var isInTransaction: Bool {
        guard let raw else { return false }
        if !self.waiting.isEmpty { return true }
        return PQtransactionStatus(raw) == PQTRANS_INTRANS || PQtransactionStatus(raw) == PQTRANS_INERROR
    }

    func run(_ sql: SQL, _ each: (inout Row) throws -> Void) throws -> Int {
        try self.flush()
        // PostgreSQL would answer it like any other commit, and roll back.
        guard !sql.isCommit || PQtransactionStatus(self.raw) != PQTRANS_INERROR else {
            throw StorageError.failed(code: "25P02", message: "a statement of the transaction has failed")
        }
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
        try self.flush()
        let result = PQexec(self.raw, PostgresDialect.schema(text))
        defer { PQclear(result) }
        try self.check(result)
    }

    /// So few that their answers fit into a socket's buffer: libpq reads none while it writes.
    private static let pipelineLimit = 256

    func later(_ sql: SQL, expecting rows: Int?) throws {
        self.waiting.append((sql, rows))
        if self.waiting.count >= Self.pipelineLimit { try self.flush() }
    }

    func drop() { self.waiting = [] }

    /// Sends all that waits in one go, so that it takes one round trip instead of one for each statement.
    func flush() throws {
        guard !self.waiting.isEmpty else { return }
        let statements = self.waiting
        self.waiting = []
        self.commitWasSent = false
        self.forgetStatements(beforePreparing: statements.count)
        let names: [String]
        do { names = try statements.map { try self.prepare($0.sql) } } catch {
            // Nothing was sent: the transaction is still to be begun, and to be given up.
            self.waiting = statements
            throw error
        }
        guard PQenterPipelineMode(self.raw) == 1 else {
            throw StorageError.connectionLost(message: String(cString: PQerrorMessage(self.raw)))
        }
        var sent = 0
        for (statement, name) in zip(statements, names) {
            let isSent = self.withTexts(statement.sql.values) { texts in
                PQsendQueryPrepared(self.raw, name, Int32(texts.count), texts, nil, nil, 0) == 1
            }
            guard isSent else { break }
            sent += 1
        }
        let isSynced = PQpipelineSync(self.raw) == 1
        var failure: (any Error)?
        for statement in statements.prefix(isSynced ? sent : 0) {
            do { try self.readResult(expecting: statement.rows) } catch StorageError.connectionLost(let message) {
                failure = StorageError.connectionLost(message: message)
            } catch { failure = failure ?? error }
        }
        // The end of the pipeline.
        if isSynced { PQclear(PQgetResult(self.raw)) }
        let hasLeft = PQexitPipelineMode(self.raw) == 1
        guard isSynced, sent == statements.count, hasLeft || failure != nil else {
            self.close()
            throw StorageError.connectionLost(message: "the pipeline broke")
        }
        if let failure { throw failure }
    }

    private func readResult(expecting rows: Int?) throws {
        let result = PQgetResult(self.raw)
        // Nothing stands between this statement and the next.
        defer {
            PQclear(result)
            PQclear(PQgetResult(self.raw))
        }
        // After a failure: the failure itself has been told.
        if PQresultStatus(result) == PGRES_PIPELINE_ABORTED { throw UnexpectedCount() }
        try self.check(result)
        if let rows, rows != Int(String(cString: PQcmdTuples(result))) ?? 0 { throw UnexpectedCount() }
    }

    func notify(_ invalidation: Invalidation) throws {
        let payload = "\(self.node) \(invalidation.topic) \(invalidation.key)"
        _ = try self.run("SELECT pg_notify(\(Invalidation.channel), \(payload))")
    }

    private func prepare(_ sql: SQL) throws -> String {
        let key = StatementKey(sql)
        if let name = self.statements[key] { return name }
        guard self.raw != nil else { throw StorageError.connectionLost(message: "not connected") }
        self.forgetStatements(beforePreparing: 1)
        let name = "s\(self.statements.count)"
        let result = PQprepare(self.raw, name, sql.text, 0, nil)
        defer { PQclear(result) }
        try self.check(result)
        self.statements[key] = name
        return name
    }

    /// If there would be too many. Those that are sent together must all stay.
    private func forgetStatements(beforePreparing count: Int) {
        guard self.statements.count + count > Self.statementLimit else { return }
        PQclear(PQexec(self.raw, "DEALLOCATE ALL"))
        self.statements = [:]
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
        // Its last one: the transaction was idle for too long.
        case "57P01", "57P02", "57P03", "25P03": throw StorageError.connectionLost(message: field("M"))
        // Out of disk, memory or connections.
        case let code where code.bytewise.starts(with: "53"): throw StorageError.unavailable(message: field("M"))
        // Its turn to write did not come.
        case "55P03": throw StorageError.unavailable(message: field("M"))
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
