package import Kernel
package import Logging
import Synchronization

/// Storage with transactions. A body is synchronous and touches only its transaction and values.
package protocol Database: Sendable {
    var engine: Engine { get }
    /// What copies in memory listen to.
    var invalidations: Invalidations { get }

    /// Sees every write that was acknowledged before the call.
    func read<T: Sendable>(_ body: @escaping @Sendable (Transaction) throws -> T) async throws -> T

    /// Returns after the commit is durable. When the body throws, nothing it did remains.
    ///
    /// Cancelling the task does not stop a write that has been queued: it happens whole or not at all.
    /// Throws what the body throws, `Problem.overloaded` when too many writes wait, or a `StorageError`.
    func write<T: Sendable>(_ body: @escaping @Sendable (Transaction) throws -> T) async throws -> T

    /// How the last commit went.
    var health: CommitHealth { get }

    /// How busy the writer is.
    var load: WriterLoad { get }

    /// Ends after the writes that were accepted.
    func close() async
}

/// Whether commits succeed, for whoever asks if this server can take requests.
package final class CommitHealth: Sendable {
    private let failing = Atomic(false)
    private let logger: Logger?

    package init(logger: Logger? = nil) { self.logger = logger }

    package var isFailing: Bool { self.failing.load(ordering: .relaxed) }

    /// Told of every commit; says when commits begin to fail, and when they succeed again.
    ///
    /// - Parameter hasWritten: whether the commit proves that something can be written.
    func note(_ error: (any Error)?, hasWritten: Bool = false) {
        let isFailing = error.map(Self.isOutage) ?? false
        guard isFailing || error == nil && hasWritten else { return }
        guard self.failing.exchange(isFailing, ordering: .relaxed) != isFailing else { return }
        if let error, isFailing {
            self.logger?.critical("nothing can be written to the database", metadata: ["error": "\(error)"])
        } else {
            self.logger?.notice("the database can be written again")
        }
    }

    private static func isOutage(_ error: any Error) -> Bool {
        switch error {
        case StorageError.unavailable, StorageError.connectionLost: true
        default: false
        }
    }
}

extension Problem {
    /// More writes wait than the queue may hold.
    package static let overloaded = Problem(
        .unavailable,
        "overloaded",
        headers: [.init("Retry-After", "1")]
    )
}

extension Problem {
    /// The database cannot be written or reached. What was asked is not done, or not known to be done.
    package static let storageUnavailable = Problem(
        .unavailable,
        "storage_unavailable",
        headers: [.init("Retry-After", "30")]
    )
}

/// What a database may answer beside rows.
package enum StorageError: Error, Equatable {
    /// A row breaks a rule of the schema. Named alike on both engines: a unique index `<table>_<columns>`, a primary key
    /// `<table>_pkey`, a check by its own name. SQLite does not name foreign keys: theirs is empty.
    case constraint(Constraint, name: String)
    /// The statement cannot run as it is written, or the engine failed.
    case failed(code: String, message: String)
    /// Concurrent transactions cannot be put in an order; retried by the database before a caller sees it.
    case serialization
    /// The server is gone; whether the commit happened is not known.
    case connectionLost(message: String)
    /// Nothing can be written or read for now: a full disk, a file that cannot be read.
    case unavailable(message: String)

    package enum Constraint: Sendable {
        case unique, check, foreignKey, notNull
    }
}

/// Runs `body`; when it breaks the named constraint, throws the problem instead.
///
/// The problem must leave the transaction's body: on PostgreSQL a failed statement ends the transaction.
package func mapping<T>(_ constraint: String, to problem: @autoclosure () -> Problem, _ body: () throws -> T) throws
    -> T
{
    do { return try body() } catch StorageError.constraint(_, name: constraint) { throw problem() }
}
