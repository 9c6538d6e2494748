import CLibpq
import Dispatch
import Foundation
package import Kernel
package import Logging
import Synchronization

/// PostgreSQL through libpq: one writing connection that folds waiting writes into one transaction, a few for reading,
/// and one that listens to what other nodes changed.
package final class PostgresDatabase: Database {
    package let engine = Engine.postgres
    package let invalidations = Invalidations()
    package let health: CommitHealth
    private let clock: WallClock
    private let writer = Writer()
    private let runner: BatchRunner
    private let readers: [PostgresLane]
    private let turn = Atomic<Int>(0)
    private let listener: PostgresListener

    /// Transactions that conflict are run again this often before the caller gets *unavailable*.
    static let attemptLimit = 10

    /// - Parameters:
    ///   - url: `postgres://…` or libpq's keywords.
    ///   - turnSeconds: a node that has its turn and asks nothing for so long loses its connection, and the others go on.
    package init(
        url: String,
        readers: Int = 4,
        turnSeconds: Int = 10,
        clock: WallClock = .system,
        logger: Logger
    ) throws {
        self.clock = clock
        self.health = CommitHealth(logger: logger)
        self.runner = BatchRunner(
            // Writers take turns, whichever node they are on, so that no transaction has to be given up for another one (decision 23). What
            // a transaction sees begins after its turn has come.
            begin: [
                "BEGIN ISOLATION LEVEL REPEATABLE READ",
                "LOCK TABLE \(raw: PostgresDialect.writersTurn) IN EXCLUSIVE MODE",
            ],
            invalidations: self.invalidations
        )
        let node = UUID().uuidString
        let writing = PostgresWriting(
            connection: PostgresConnection(
                url: url,
                node: node,
                setUp: [
                    "SET idle_in_transaction_session_timeout = '\(turnSeconds)s'",
                    // One that is cut off while it sends is found by the network.
                    "SET tcp_keepalives_idle = 10", "SET tcp_keepalives_interval = 5", "SET tcp_keepalives_count = 3",
                    "SET lock_timeout = '60s'",
                ]
            ),
            runner: self.runner,
            clock: clock,
            health: self.health
        )
        try writing.connection.ensureOpen()
        try Self.makeTurn(writing.connection)
        self.readers = try (0..<readers).map { try PostgresLane(label: "postgres.read.\($0)", url: url, node: node) }
        self.listener = PostgresListener(url: url, node: node, invalidations: self.invalidations, logger: logger)
        self.listener.start()
        let writer = self.writer
        writer.start { writing.run(writer) }
    }

    deinit { self.writer.close() }

    /// The table that writers lock. Two nodes that start at once may both make it, so the second one looks again.
    private static func makeTurn(_ connection: PostgresConnection) throws {
        let statement = "CREATE TABLE IF NOT EXISTS \(PostgresDialect.writersTurn) ()"
        do { try connection.runSchema(statement) } catch is StorageError {
            try connection.runSchema(statement)
        }
    }

    package func read<T: Sendable>(_ body: @escaping @Sendable (Transaction) throws -> T) async throws -> T {
        let lane = self.readers[self.turn.wrappingAdd(1, ordering: .relaxed).newValue % self.readers.count]
        let clock = self.clock
        return try await withCheckedThrowingContinuation { continuation in
            lane.queue.async {
                continuation.resume(with: Result { try lane.read(now: clock.now(), body) })
            }
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
        self.listener.stop()
        self.writer.close()
        await self.writer.ended()
        for lane in self.readers {
            await withCheckedContinuation { continuation in
                lane.queue.async {
                    lane.connection.close()
                    continuation.resume()
                }
            }
        }
    }
}

/// The writing connection, on the writer's thread. `@unchecked`: only that thread touches it once it runs.
private final class PostgresWriting: @unchecked Sendable {
    let connection: PostgresConnection
    private let runner: BatchRunner
    private let clock: WallClock
    private let health: CommitHealth

    init(connection: PostgresConnection, runner: BatchRunner, clock: WallClock, health: CommitHealth) {
        self.connection = connection
        self.runner = runner
        self.clock = clock
        self.health = health
    }

    func run(_ writer: Writer) {
        var previous = 0
        while let batch = writer.nextBatch(after: previous) {
            previous = batch.count
            do {
                let attempts = try writer.load.measuringCommit { try self.commit(batch) }
                self.health.note(nil, hasWritten: attempts.contains { $0.hasWritten && $0.error == nil })
                self.runner.answer(attempts)
            } catch {
                self.health.note(error)
                // What happened to a commit that was under way is not known: copies in memory may be stale.
                if self.connection.commitWasSent { self.runner.invalidations.publishAll() }
                let answer = StorageError.serialization == error as? StorageError ? Problem.overloaded : error
                for job in batch { job.fail(answer) }
            }
        }
        self.connection.close()
    }

    /// Tries again what conflicted with another node, and once what a restarted server lost before its commit was sent.
    private func commit(_ batch: [WriteJob]) throws -> [WriteJob.Attempt] {
        var attempt = 1
        while true {
            do {
                try self.connection.ensureOpen()
                return try self.runner.commit(batch, on: self.connection, now: self.clock.now())
            } catch StorageError.serialization where attempt < PostgresDatabase.attemptLimit {
                usleep(UInt32.random(in: 0...(500 << attempt)))
            } catch StorageError.connectionLost where attempt == 1 && !self.connection.commitWasSent {
                self.connection.close()
            }
            attempt += 1
        }
    }
}

/// A connection with its own thread, since libpq's calls block. `@unchecked`: `connection` is only touched on `queue`.
final class PostgresLane: @unchecked Sendable {
    let connection: PostgresConnection
    let queue: DispatchQueue

    init(label: String, url: String, node: String) throws {
        self.queue = DispatchQueue(label: label)
        self.connection = PostgresConnection(url: url, node: node)
        try self.connection.ensureOpen()
    }

    /// A snapshot; run again on a new connection when the server went away.
    func read<T>(now: Timestamp, _ body: (Transaction) throws -> T) throws -> T {
        do { return try self.readOnce(now: now, body) } catch StorageError.connectionLost {
            self.connection.close()
            return try self.readOnce(now: now, body)
        }
    }

    private func readOnce<T>(now: Timestamp, _ body: (Transaction) throws -> T) throws -> T {
        try self.connection.ensureOpen()
        _ = try self.connection.run("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY")
        do {
            let value = try body(Transaction(connection: self.connection, now: now))
            _ = try self.connection.run("COMMIT")
            return value
        } catch {
            if self.connection.isInTransaction { _ = try? self.connection.run("ROLLBACK") }
            throw error
        }
    }
}
