import CSQLiteSetup
import Foundation
import GRDB
import GRDBSQLite
package import Kernel
package import Logging
import Synchronization

/// An embedded database: one writer that folds waiting writes into one commit, and readers beside it.
package final class SQLiteDatabase: Database {
    package let engine = Engine.sqlite
    package let invalidations = Invalidations()
    package let health: CommitHealth
    private let pool: DatabasePool
    private let writer = Writer()
    private let runner: BatchRunner
    private let clock: WallClock
    private let statements = StatementLimit()
    /// SQLite's mark of what other connections have committed, as the writer saw it last; 0 before the first look.
    private let foreignCommits = Atomic<Int>(0)

    /// What a commit waits for.
    package enum Durability: Sendable {
        /// The disk: nothing acknowledged is lost when the machine stops.
        case full
        /// The operating system: nothing acknowledged is lost when the process stops. For tests, which stop no machine.
        case process

        fileprivate var pragma: String { self == .full ? "FULL" : "OFF" }
    }

    /// Once for the process, before its first connection.
    private static let setUp: Void = souk_sqlite_setup()

    /// Opens or makes the file. Throws when the folder cannot be written or the file is not a database.
    ///
    /// - Parameter trace: is shown every statement with its values, so that tests can ask how it is answered.
    package init(
        path: String,
        durability: Durability = .full,
        clock: WallClock = .system,
        logger: Logger? = nil,
        trace: (@Sendable (String) -> Void)? = nil
    ) throws {
        _ = Self.setUp
        var configuration = Configuration()
        configuration.busyMode = .timeout(10)
        configuration.maximumReaderCount = 4
        configuration.prepareDatabase { db in
            if let trace { db.trace { event in trace(event.expandedDescription) } }
            // The writer's own checkpoints, small and often: one beside the writer competes for the disk and never empties the log.
            try db.execute(
                sql: "PRAGMA wal_autocheckpoint = 1000; PRAGMA temp_store = MEMORY; PRAGMA cache_size = -6000"
            )
        }
        self.pool = try DatabasePool(path: path, configuration: configuration)
        // Opening the pool sets NORMAL, whatever the configuration said: raise it afterwards.
        try self.pool.writeWithoutTransaction { db in
            // What is written to stays in memory longer than what four readers have each read.
            try db.execute(sql: "PRAGMA synchronous = \(durability.pragma); PRAGMA cache_size = -16000")
        }
        self.runner = BatchRunner(begin: ["BEGIN IMMEDIATE"], invalidations: self.invalidations)
        self.clock = clock
        self.health = CommitHealth(logger: logger)
        self.startWriter()
    }

    deinit { self.writer.close() }

    /// The thread holds the pool's writing connection for as long as it runs.
    private func startWriter() {
        let (pool, writer, runner, clock) = (self.pool, self.writer, self.runner, self.clock)
        let (health, statements) = (self.health, self.statements)
        writer.start {
            pool.writeWithoutTransaction { db in
                let connection = SQLiteConnection(db, memory: WriterMemory())
                var previous = 0
                while let batch = writer.nextBatch(after: previous) {
                    previous = batch.count
                    do {
                        let attempts = try writer.load.measuringCommit {
                            try runner.commit(batch, on: connection, now: clock.now())
                        }
                        writer.noteCommit()
                        health.note(nil, hasWritten: attempts.contains { $0.hasWritten && $0.error == nil })
                        runner.answer(attempts)
                    } catch {
                        // The transaction failed as a whole, so no job in it happened, whatever its own result was.
                        health.note(error)
                        for job in batch { job.fail(error) }
                    }
                    if statements.note(db) { connection.forgetStatements() }
                }
            }
        }
    }

    package func read<T: Sendable>(_ body: @escaping @Sendable (Transaction) throws -> T) async throws -> T {
        do {
            return try await self.pool.read { db in
                defer { _ = self.statements.note(db) }
                return try body(Transaction(connection: SQLiteConnection(db), now: self.clock.now()))
            }
        } catch let error as DatabaseError where SQLiteConnection.isOutage(error.resultCode.rawValue) {
            throw StorageError.unavailable(message: error.message ?? "")
        }
    }

    package func write<T: Sendable>(_ body: @escaping @Sendable (Transaction) throws -> T) async throws -> T {
        try await withCheckedThrowingContinuation { continuation in
            let job = WriteJob(body, continuation)
            do { try self.writer.append(job) } catch { job.fail(error) }
        }
    }

    package var load: WriterLoad { self.writer.load }

    package func close() async {
        self.writer.close()
        await self.writer.ended()
        try? self.pool.close()
    }

    /// Looks whether another process has committed something, such as a command beside the server; if so, everything in memory may be
    /// stale.
    package func noteOtherProcesses() async throws {
        let isStale = try await self.write { tx in
            let mark = try tx.value("PRAGMA data_version") ?? 0
            let last = self.foreignCommits.exchange(mark, ordering: .relaxed)
            guard last != 0, last != mark else { return false }
            tx.connection.memory?.forgetAll()
            return true
        }
        if isStale { self.invalidations.publishAll() }
    }

    /// Copies one state of the database into a new file, which is complete by itself. Readers and writers go on meanwhile.
    package func copy(to path: String) throws {
        do {
            let copy = try DatabaseQueue(path: path)
            try self.pool.backup(to: copy)
            // The original's journal is a file beside it.
            try copy.writeWithoutTransaction { try $0.execute(sql: "PRAGMA journal_mode = DELETE") }
            try copy.close()
        } catch let error as DatabaseError {
            throw StorageError.unavailable(message: "\(error.resultCode)")
        }
    }

    /// How many commits have been made, to see that writes share them.
    package var commitCount: Int { self.writer.commitCount }

    /// Memory of one reader's prepared statements, in bytes.
    package func statementBytes() async throws -> Int {
        try await self.pool.read { SQLiteConnection.statementBytes($0) }
    }

    /// The writer's `PRAGMA synchronous`: 2 is FULL.
    package func synchronous() async throws -> Int {
        try await self.write { try $0.value("PRAGMA synchronous") ?? -1 }
    }

    /// Limits the file's size in pages, so that a full disk can be tried.
    package func limitPages(to pages: Int) async throws {
        try await self.write { try $0.executeSchema("PRAGMA max_page_count = \(pages)") }
    }
}

/// Statements are kept prepared. Some are put together from what is asked, so that there can be any number of them: what they take is
/// looked at once in so many uses of connections, and all of a connection's are let go beyond the limit.
package final class StatementLimit: Sendable {
    /// In bytes, of one connection.
    package static let bytes = 8 << 20
    private static let usesBetweenLooks = 256

    private let uses = Atomic<Int>(0)

    /// Whether the connection's statements were let go.
    ///
    /// - Parameter db: between two transactions.
    func note(_ db: GRDB.Database) -> Bool {
        guard self.uses.wrappingAdd(1, ordering: .relaxed).newValue.isMultiple(of: Self.usesBetweenLooks),
            SQLiteConnection.statementBytes(db) > Self.bytes
        else { return false }
        db.clearSchemaCache()
        return true
    }
}
