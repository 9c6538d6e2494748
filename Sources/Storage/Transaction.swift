package import Kernel

/// A running transaction. Not `Sendable`: it cannot leave the closure that it is lent to.
///
/// A body may run more than once (a neighbour in its commit has failed, or PostgreSQL asks for it), so it touches nothing but the transaction and values.
package final class Transaction {
    package let engine: Engine
    /// The time of this transaction: all its rows carry the same.
    package let now: Timestamp
    let connection: any SQLConnection
    private(set) var afterCommit: [@Sendable () -> Void] = []
    private(set) var invalidated: [Invalidation] = []
    private(set) var announced: [Announcement] = []
    /// Whether a statement has changed something, or has failed half-way.
    private(set) var hasWritten = false

    /// What is left for the end of the commit; nil where every statement runs at once.
    private let work: BatchWork?

    init(connection: any SQLConnection, now: Timestamp, work: BatchWork? = nil) {
        self.connection = connection
        self.engine = connection.engine
        self.now = now
        self.work = work
    }

    /// Whether the body may count on outcomes that it does not wait for.
    package var canWait: Bool { self.work != nil }

    /// Changes that are added up over all bodies of the commit. Only where the body can wait.
    package func together<Part: BatchPart>(_ part: Part.Type) -> Part {
        self.hasWritten = true
        return self.work?.part(part) ?? Part()
    }

    /// Runs by the commit at the latest. When it changes another number of rows than expected, the body runs again and cannot wait.
    package func later(_ sql: SQL, expecting rows: Int? = nil) throws {
        guard let work else { return try self.execute(sql) }
        self.hasWritten = true
        try work.noting { try self.connection.later(sql, expecting: rows) }
    }

    package func execute(_ sql: SQL) throws { _ = try self.run(sql) { _ in } }

    /// Runs schema statements, written in SQLite's types. For migrations and tests.
    package func executeSchema(_ text: String) throws {
        self.hasWritten = true
        try self.flush()
        try self.connection.runSchema(text)
    }

    /// The number of rows that the statement changed.
    package func count(_ sql: SQL) throws -> Int { try self.run(sql) { _ in } }

    /// Inserts one row; the number that it got in the column, which counts up.
    package func insert(_ sql: SQL, counting column: StaticString) throws -> Int64 {
        // SQLite collects what is returned in a table of its own, which costs more than the insert.
        guard self.engine == .sqlite else { return try self.value("\(sql) RETURNING \(raw: column)") ?? 0 }
        try self.execute(sql)
        return self.connection.lastInsertedNumber
    }

    package func rows<T: RowDecodable>(_ sql: SQL, as _: T.Type = T.self) throws -> [T] {
        try self.rows(sql) { try T(row: &$0) }
    }

    package func rows<T>(_ sql: SQL, _ decode: (inout Row) throws -> T) throws -> [T] {
        var rows: [T] = []
        _ = try self.run(sql) { row in rows.append(try decode(&row)) }
        return rows
    }

    package func row<T: RowDecodable>(_ sql: SQL, as _: T.Type = T.self) throws -> T? {
        try self.row(sql) { try T(row: &$0) }
    }

    /// The first row, decoded; a statement should not return more.
    package func row<T>(_ sql: SQL, _ decode: (inout Row) throws -> T) throws -> T? {
        var first: T?
        _ = try self.run(sql) { row in if first == nil { first = try decode(&row) } }
        return first
    }

    /// The first column of the first row.
    package func value<T: SQLConvertible>(_ sql: SQL, as _: T.Type = T.self) throws -> T? {
        try self.row(sql) { try $0.column(T.self) }
    }

    /// Visits rows one by one without keeping them.
    package func forEach<T: RowDecodable>(_ sql: SQL, as _: T.Type = T.self, _ visit: (T) throws -> Void) throws {
        _ = try self.run(sql) { row in try visit(try T(row: &row)) }
    }

    private func run(_ sql: SQL, _ each: (inout Row) throws -> Void) throws -> Int {
        let mayWrite = !sql.isSelect
        try self.flush(before: sql)
        do {
            let changed = try self.connection.run(sql, each)
            if mayWrite, changed > 0 { self.hasWritten = true }
            return changed
        } catch {
            if mayWrite { self.hasWritten = true }
            throw error
        }
    }

    /// Whatever the bodies have left. It may be another body's, so the batch takes note of its failure.
    ///
    /// - Parameter sql: what is asked next; nil for the end of the commit.
    func flush(before sql: SQL? = nil) throws {
        guard let work else { return }
        try work.flush(before: sql, in: self)
        try work.noting { try self.connection.flush() }
    }

    /// Runs once the commit is durable and before the caller is answered; not at all after a rollback.
    package func afterCommit(_ action: @escaping @Sendable () -> Void) { self.afterCommit.append(action) }

    /// Hands a value to who listens on this node, once this is committed and before the caller is answered; not at all after a rollback.
    package func announce(_ topic: String, _ value: any Sendable) {
        self.announced.append(Announcement(topic: topic, value: value))
    }

    /// Tells every holder of a copy, here and on other nodes, that it is stale once this is committed.
    package func invalidate(_ topic: String, _ key: String) throws {
        let invalidation = Invalidation(topic: topic, key: key)
        self.invalidated.append(invalidation)
        self.connection.memory?.forget(topic)
        try self.connection.notify(invalidation)
    }
}

/// Which database stands behind a transaction. Only what really differs between the two may ask.
package enum Engine: String, Sendable, CaseIterable {
    case sqlite, postgres
}

protocol SQLConnection: AnyObject {
    var engine: Engine { get }
    /// Runs one statement; the number of changed rows.
    func run(_ sql: SQL, _ each: (inout Row) throws -> Void) throws -> Int
    /// Runs the statement with those that follow, at the latest in ``flush()``; throws `UnexpectedCount` there, too.
    func later(_ sql: SQL, expecting rows: Int?) throws
    func flush() throws
    /// Forgets what waits for ``flush()``.
    func drop()
    /// Runs schema statements, written in SQLite's types.
    func runSchema(_ text: String) throws
    /// Whether a transaction is open; engines end it themselves after some failures.
    var isInTransaction: Bool { get }
    /// Of the last row that was inserted, on SQLite.
    var lastInsertedNumber: Int64 { get }
    /// Of the one writer; nil for readers, and where other processes write, too.
    var memory: WriterMemory? { get }
    /// Tells other nodes, at commit.
    func notify(_ invalidation: Invalidation) throws
}

extension SQLConnection {
    /// Runs one statement whose rows, if any, do not matter.
    func run(_ sql: SQL) throws -> Int { try self.run(sql) { _ in } }
}
