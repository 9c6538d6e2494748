import CSQLiteSetup
import Foundation
import GRDB
import GRDBSQLite
package import Kernel
import Synchronization

/// An embedded database: one writer that folds waiting writes into one commit, and readers beside it.
package final class SQLiteDatabase: Database {
    package let engine = Engine.sqlite
    package let invalidations = Invalidations()
    private let pool: DatabasePool
    private let queue = WriteQueue()
    private let runner: BatchRunner
    private let clock: WallClock
    private let commits = Atomic<Int>(0)

    /// Once for the process, before its first connection.
    private static let setUp: Void = souk_sqlite_setup()

    /// Opens or makes the file. Throws when the folder cannot be written or the file is not a database.
    package init(path: String, clock: WallClock = .system) throws {
        _ = Self.setUp
        var configuration = Configuration()
        configuration.busyMode = .timeout(10)
        configuration.maximumReaderCount = 4
        configuration.prepareDatabase { db in
            // The writer's own checkpoints, small and often: one beside the writer competes for the disk and never empties the log.
            try db.execute(
                sql: "PRAGMA wal_autocheckpoint = 1000; PRAGMA temp_store = MEMORY; PRAGMA cache_size = -16000"
            )
        }
        self.pool = try DatabasePool(path: path, configuration: configuration)
        // Opening the pool sets NORMAL, whatever the configuration said: raise it afterwards.
        try self.pool.writeWithoutTransaction { db in try db.execute(sql: "PRAGMA synchronous = FULL") }
        self.runner = BatchRunner(begin: "BEGIN IMMEDIATE", invalidations: self.invalidations)
        self.clock = clock
    }

    package func read<T: Sendable>(_ body: @escaping @Sendable (Transaction) throws -> T) async throws -> T {
        try await self.pool.read { db in
            try body(Transaction(connection: SQLiteConnection(db), now: self.clock.now()))
        }
    }

    package func write<T: Sendable>(_ body: @escaping @Sendable (Transaction) throws -> T) async throws -> T {
        try await withCheckedThrowingContinuation { continuation in
            let job = WriteJob(body, continuation)
            do {
                if try self.queue.append(job) { self.pool.asyncWriteWithoutTransaction { self.drain($0) } }
            } catch { job.fail(error) }
        }
    }

    package func close() async {
        try? await self.pool.writeWithoutTransaction { _ in }
        try? self.pool.close()
    }

    /// How many commits have been made, to see that writes share them.
    package var commitCount: Int { self.commits.load(ordering: .relaxed) }

    /// The writer's `PRAGMA synchronous`: 2 is FULL.
    package func synchronous() async throws -> Int {
        try await self.pool.writeWithoutTransaction { try Int.fetchOne($0, sql: "PRAGMA synchronous") ?? -1 }
    }

    /// Limits the file's size in pages, so that a full disk can be tried.
    package func limitPages(to pages: Int) async throws {
        _ = try await self.pool.writeWithoutTransaction {
            try Int.fetchOne($0, sql: "PRAGMA max_page_count = \(pages)")
        }
    }

    private func drain(_ db: GRDB.Database) {
        let connection = SQLiteConnection(db)
        while let batch = self.queue.nextBatch() {
            do {
                let attempts = try self.runner.commit(batch, on: connection, now: self.clock.now())
                self.commits.add(1, ordering: .relaxed)
                self.runner.answer(attempts)
            } catch {
                // The transaction failed as a whole, so no job in it happened, whatever its own result was.
                for job in batch { job.fail(error) }
            }
        }
    }
}
