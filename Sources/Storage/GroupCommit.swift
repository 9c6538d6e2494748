import Dispatch
import Foundation
import Kernel
import Synchronization

/// A write that waits for its turn, whatever it returns.
struct WriteJob: Sendable {
    /// Runs the body; may be called again when the batch is retried.
    let attempt: @Sendable (any SQLConnection, Timestamp, BatchWork?) -> Attempt
    /// Answers a job that never ran.
    let fail: @Sendable (any Error) -> Void
    let queuedAt = ContinuousClock.now

    struct Attempt: Sendable {
        let error: (any Error)?
        let hasWritten: Bool
        let invalidated: [Invalidation]
        let announced: [Announcement]
        let afterCommit: [@Sendable () -> Void]
        /// Answers the caller; a non-nil error overrides what the body returned.
        let answer: @Sendable ((any Error)?) -> Void
    }

    init<T: Sendable>(
        _ body: @escaping @Sendable (Transaction) throws -> T,
        _ continuation: CheckedContinuation<T, any Error>
    ) {
        self.attempt = { connection, now, work in
            let transaction = Transaction(connection: connection, now: now, work: work)
            let result = Result { try body(transaction) }
            return Attempt(
                error: result.failure,
                hasWritten: transaction.hasWritten,
                invalidated: transaction.invalidated,
                announced: transaction.announced,
                afterCommit: transaction.afterCommit,
                answer: { error in continuation.resume(with: error.map { .failure($0) } ?? result) }
            )
        }
        self.fail = { continuation.resume(throwing: $0) }
    }
}

extension Result {
    fileprivate var failure: Failure? {
        if case .failure(let error) = self { error } else { nil }
    }
}

/// The one writer: a thread of its own, which folds everything that waits into the next commit.
final class Writer: Sendable {
    /// Larger batches gain nothing more and make the first writer wait.
    static let batchLimit = 256
    static let queueLimit = 10_000
    /// How often the thread lets others run before it commits fewer jobs than the last time.
    static let patience = 4

    private struct State {
        var jobs: [WriteJob] = []
        var isAsleep = false
        var isClosed = false
        var whenEnded: [CheckedContinuation<Void, Never>] = []
        var hasEnded = false
    }

    private let state = Mutex(State())
    private let commits = Atomic<Int>(0)
    let load = WriterLoad()
    private let alarm = DispatchSemaphore(value: 0)

    /// Starts the thread. It takes batches from ``nextBatch(after:)`` until that is nil; then `body` must return.
    func start(_ body: @escaping @Sendable () -> Void) {
        let thread = Thread {
            body()
            let continuations = self.state.withLock { state in
                state.hasEnded = true
                return state.whenEnded
            }
            for continuation in continuations { continuation.resume() }
        }
        thread.name = "souk.writer"
        thread.stackSize = 4 << 20
        thread.start()
    }

    /// Throws `Problem.overloaded` when the queue is full, or closed.
    func append(_ job: WriteJob) throws {
        let mustWake = try self.state.withLock { state in
            guard state.jobs.count < Self.queueLimit, !state.isClosed else { throw Problem.overloaded }
            state.jobs.append(job)
            self.load.noteWaiting(state.jobs.count)
            defer { state.isAsleep = false }
            return state.isAsleep
        }
        if mustWake { self.alarm.signal() }
    }

    /// The jobs of the next commit, for which it waits; nil when the queue is closed and empty.
    ///
    /// - Parameter previous: the size of the last batch: as many writers are likely to come again, and get a moment to.
    func nextBatch(after previous: Int) -> [WriteJob]? {
        while true {
            var waiting = self.countOrFallAsleep()
            if waiting.count == 0 {
                if waiting.isClosed { return nil }
                self.alarm.wait()
                continue
            }
            for _ in 0..<Self.patience where waiting.count < min(previous, Self.batchLimit) {
                sched_yield()
                waiting = self.countOrFallAsleep()
            }
            let batch = self.state.withLock { state in
                let batch = Array(state.jobs.prefix(Self.batchLimit))
                state.jobs.removeFirst(batch.count)
                self.load.noteWaiting(state.jobs.count)
                return batch
            }
            self.load.noteTaken(batch)
            return batch
        }
    }

    /// How many wait; when none does, the thread counts as asleep, and the next job wakes it.
    private func countOrFallAsleep() -> (count: Int, isClosed: Bool) {
        self.state.withLock { state in
            state.isAsleep = state.jobs.isEmpty && !state.isClosed
            return (state.jobs.count, state.isClosed)
        }
    }

    /// How many batches were committed.
    var commitCount: Int { self.commits.load(ordering: .relaxed) }

    func noteCommit() { self.commits.add(1, ordering: .relaxed) }

    /// Lets the thread end after the jobs that were accepted.
    func close() {
        let mustWake = self.state.withLock { state in
            defer { state.isAsleep = false }
            state.isClosed = true
            return state.isAsleep
        }
        if mustWake { self.alarm.signal() }
    }

    /// Returns when the thread has ended.
    func ended() async {
        await withCheckedContinuation { continuation in
            let hasEnded = self.state.withLock { state in
                if !state.hasEnded { state.whenEnded.append(continuation) }
                return state.hasEnded
            }
            if hasEnded { continuation.resume() }
        }
    }
}

/// Runs a batch of jobs as one transaction.
///
/// Savepoints cost more than most jobs, so a batch is tried without them first, and with what its jobs leave for the end. When a job fails
/// after it has written, or something has gone otherwise than expected, the batch is rolled back and run again with a savepoint for each job.
struct BatchRunner {
    let begin: [SQL]
    let invalidations: Invalidations

    /// All jobs that succeeded are durable when this returns; the answers are to be given by the caller afterwards.
    ///
    /// Throws when the transaction as a whole failed: then nothing of any job remains.
    func commit(_ batch: [WriteJob], on connection: any SQLConnection, now: Timestamp) throws -> [WriteJob.Attempt] {
        do {
            for statement in self.begin { try connection.later(statement, expecting: nil) }
            if let attempts = try self.runTogether(batch, connection, now) {
                if connection.isInTransaction { _ = try connection.run("COMMIT") }
                return attempts
            }
            try self.rollBack(connection)
            for statement in self.begin { try connection.later(statement, expecting: nil) }
            let attempts = try batch.map { try self.runApart($0, connection, now) }
            _ = try connection.run("COMMIT")
            return attempts
        } catch {
            connection.memory?.forgetAll()
            connection.drop()
            if connection.isInTransaction { _ = try? connection.run("ROLLBACK") }
            throw error
        }
    }

    /// Answers everybody, and tells the holders of copies first.
    func answer(_ attempts: [WriteJob.Attempt]) {
        self.invalidations.publish(attempts.flatMap { $0.error == nil ? $0.announced : [] })
        for attempt in attempts where attempt.error == nil {
            for invalidation in attempt.invalidated { self.invalidations.publish(invalidation) }
            for action in attempt.afterCommit { action() }
        }
        for attempt in attempts { attempt.answer(nil) }
    }

    /// Nil when a job has failed and has left something that must go, while others must stay.
    private func runTogether(_ batch: [WriteJob], _ connection: any SQLConnection, _ now: Timestamp) throws
        -> [WriteJob.Attempt]?
    {
        let work = BatchWork()
        var attempts: [WriteJob.Attempt] = []
        attempts.reserveCapacity(batch.count)
        for job in batch {
            let attempt = job.attempt(connection, now, work)
            if let error = attempt.error {
                try self.rethrowWhatEndsTheBatch(error, connection)
                if batch.count == 1, !attempt.hasWritten {
                    try self.rollBack(connection)
                } else if attempt.hasWritten || error is StorageError {
                    return nil
                }
            }
            if work.hasFailed { return nil }
            attempts.append(attempt)
        }
        do { try Transaction(connection: connection, now: now, work: work).flush() } catch {
            try self.rethrowWhatEndsTheBatch(error, connection)
            return nil
        }
        return attempts
    }

    private func rollBack(_ connection: any SQLConnection) throws {
        connection.memory?.forgetAll()
        connection.drop()
        guard connection.isInTransaction else { return }
        _ = try connection.run("ROLLBACK")
    }

    private func runApart(_ job: WriteJob, _ connection: any SQLConnection, _ now: Timestamp) throws -> WriteJob.Attempt
    {
        _ = try connection.run("SAVEPOINT job")
        let attempt = job.attempt(connection, now, nil)
        if let error = attempt.error {
            try self.rethrowWhatEndsTheBatch(error, connection)
            connection.memory?.forgetAll()
            _ = try connection.run("ROLLBACK TO SAVEPOINT job")
        }
        _ = try connection.run("RELEASE SAVEPOINT job")
        return attempt
    }

    /// A full disk makes SQLite roll the whole transaction back: the jobs before this one are gone too.
    private func rethrowWhatEndsTheBatch(_ error: any Error, _ connection: any SQLConnection) throws {
        switch error {
        case StorageError.serialization, StorageError.connectionLost, StorageError.unavailable: throw error
        default: if !connection.isInTransaction { throw error }
        }
    }
}
