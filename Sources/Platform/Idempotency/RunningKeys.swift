package import Storage
import Synchronization

/// The keys of requests that are under way and stand in no row: for the one process that has the database to itself (decision 22).
/// Only what was answered is stored.
package final class RunningKeys: Sendable {
    private struct Name: Hashable {
        let scope: String
        let key: String
    }

    private let running = Mutex<[Name: [UInt8]]>([:])
    private let database: any Database

    package init(_ database: any Database) { self.database = database }

    package enum Begin: Sendable {
        case started(RunningKey)
        case replay(IdempotencyStore.Answer)
        /// The first request is still running.
        case running
        /// The key was used with another request.
        case mismatch
    }

    package func isRunning(_ key: IdempotencyKey) -> Bool {
        self.running.withLock { $0[Name(scope: key.scope, key: key.key)] != nil }
    }

    /// - Parameter fingerprint: of the request, from ``IdempotencyStore/fingerprint(_:)``.
    package func begin(_ key: IdempotencyKey, fingerprint: [UInt8]) async throws -> Begin {
        let name = Name(scope: key.scope, key: key.key)
        let present = self.running.withLock { running in
            let present = running[name]
            if present == nil { running[name] = fingerprint }
            return present
        }
        if let present { return present == fingerprint ? .running : .mismatch }
        let begun = RunningKey(key, fingerprint) { self.running.withLock { $0[name] = nil } }
        // Asked after it counts as running: whoever has answered it meanwhile has stored the answer before.
        switch try await self.database.read({ try $0.idempotency.find(key, fingerprint: fingerprint) }) {
        case .started: return .started(begun)
        case .replay(let answer): return .replay(answer)
        case .running: return .running
        case .mismatch: return .mismatch
        }
    }
}

/// The hold of one request on its key, until it is answered, or until nobody has it any more.
package final class RunningKey: Sendable {
    private let key: IdempotencyKey
    private let fingerprint: [UInt8]
    private let end: @Sendable () -> Void
    private let isOpen = Atomic(true)

    fileprivate init(_ key: IdempotencyKey, _ fingerprint: [UInt8], end: @escaping @Sendable () -> Void) {
        (self.key, self.fingerprint, self.end) = (key, fingerprint, end)
    }

    /// Keeps the answer for repetitions, in the commit of what it tells.
    package func finish(_ answer: IdempotencyStore.Answer, in tx: Transaction) throws {
        try tx.idempotency.keep(self.key, fingerprint: self.fingerprint, answer)
        tx.afterCommit { self.release() }
    }

    /// It came to nothing: the key may be used again.
    package func release() { if self.isOpen.exchange(false, ordering: .relaxed) { self.end() } }

    deinit { self.release() }
}
