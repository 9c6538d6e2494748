import Kernel
import Synchronization

/// A write that waits for its turn, whatever it returns.
struct WriteJob: Sendable {
    /// Runs the body; may be called again when the batch is retried.
    let attempt: @Sendable (any SQLConnection, Timestamp) -> Attempt
    /// Answers a job that never ran.
    let fail: @Sendable (any Error) -> Void

    struct Attempt: Sendable {
        let error: (any Error)?
        let invalidated: [Invalidation]
        let afterCommit: [@Sendable () -> Void]
        /// Answers the caller; a non-nil error overrides what the body returned.
        let answer: @Sendable ((any Error)?) -> Void
    }

    init<T: Sendable>(
        _ body: @escaping @Sendable (Transaction) throws -> T,
        _ continuation: CheckedContinuation<T, any Error>
    ) {
        self.attempt = { connection, now in
            let transaction = Transaction(connection: connection, now: now)
            let result = Result { try body(transaction) }
            return Attempt(
                error: result.failure,
                invalidated: transaction.invalidated,
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

/// The queue before the one writer: everything that waits is folded into the next commit.
final class WriteQueue: Sendable {
    /// Larger batches gain nothing more and make the first writer wait.
    static let batchLimit = 256
    static let queueLimit = 10_000

    private struct State {
        var jobs: [WriteJob] = []
        var isDraining = false
    }

    private let state = Mutex(State())

    /// Whether the caller must start a drain. Throws `Problem.overloaded` when the queue is full.
    func append(_ job: WriteJob) throws -> Bool {
        try self.state.withLock { state in
            guard state.jobs.count < Self.queueLimit else { throw Problem.overloaded }
            state.jobs.append(job)
            defer { state.isDraining = true }
            return !state.isDraining
        }
    }

    /// The jobs of the next commit; nil when there are none, and the drain is over.
    func nextBatch() -> [WriteJob]? {
        self.state.withLock { state in
            guard !state.jobs.isEmpty else {
                state.isDraining = false
                return nil
            }
            guard state.jobs.count > Self.batchLimit else {
                defer { state.jobs.removeAll(keepingCapacity: true) }
                return state.jobs
            }
            let batch = Array(state.jobs.prefix(Self.batchLimit))
            state.jobs.removeFirst(Self.batchLimit)
            return batch
        }
    }
}

/// Runs a batch of jobs as one transaction, each in its own savepoint.
struct BatchRunner {
    let begin: SQL
    let invalidations: Invalidations

    /// All jobs that succeeded are durable when this returns; the answers are to be given by the caller afterwards.
    ///
    /// Throws when the transaction as a whole failed: then nothing of any job remains.
    func commit(_ batch: [WriteJob], on connection: any SQLConnection, now: Timestamp) throws -> [WriteJob.Attempt] {
        _ = try connection.run(self.begin)
        do {
            let attempts =
                try batch.count == 1
                ? [self.runAlone(batch[0], connection, now)]
                : batch.map { job in
                    try self.runBesideOthers(job, connection, now)
                }
            if connection.isInTransaction { _ = try connection.run("COMMIT") }
            return attempts
        } catch {
            if connection.isInTransaction { _ = try? connection.run("ROLLBACK") }
            throw error
        }
    }

    /// Answers everybody, and tells the holders of copies first.
    func answer(_ attempts: [WriteJob.Attempt]) {
        for attempt in attempts where attempt.error == nil {
            for invalidation in attempt.invalidated { self.invalidations.publish(invalidation) }
            for action in attempt.afterCommit { action() }
        }
        for attempt in attempts { attempt.answer(nil) }
    }

    /// One job needs no savepoint: when it fails, the transaction goes with it.
    private func runAlone(_ job: WriteJob, _ connection: any SQLConnection, _ now: Timestamp) throws -> WriteJob.Attempt
    {
        let attempt = job.attempt(connection, now)
        if let error = attempt.error {
            try self.rethrowWhatEndsTheBatch(error, connection)
            _ = try connection.run("ROLLBACK")
        }
        return attempt
    }

    private func runBesideOthers(
        _ job: WriteJob,
        _ connection: any SQLConnection,
        _ now: Timestamp
    ) throws -> WriteJob.Attempt {
        _ = try connection.run("SAVEPOINT job")
        let attempt = job.attempt(connection, now)
        if let error = attempt.error {
            try self.rethrowWhatEndsTheBatch(error, connection)
            _ = try connection.run("ROLLBACK TO SAVEPOINT job")
        }
        _ = try connection.run("RELEASE SAVEPOINT job")
        return attempt
    }

    /// A full disk makes SQLite roll the whole transaction back: the jobs before this one are gone too.
    private func rethrowWhatEndsTheBatch(_ error: any Error, _ connection: any SQLConnection) throws {
        switch error {
        case StorageError.serialization, StorageError.connectionLost: throw error
        default: if !connection.isInTransaction { throw error }
        }
    }
}
