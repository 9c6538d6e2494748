import Crypto
import Kernel
package import Storage
import Synchronization

/// Answers who holds a key, mostly from memory. A revocation is effective with the answer to the revoking request.
package final class CredentialCache: Sendable {
    static let topic = "credential"
    /// More keys than this in use at once are looked up in the database.
    static let limit = 100_000

    private struct State {
        var credentials: [String: Credential] = [:]
        /// Grows with every invalidation, so that a row that was read before one is not kept after it.
        var generation: UInt64 = 0
    }

    private let state = Mutex(State())
    private let database: any Database

    package init(database: any Database) {
        self.database = database
        database.invalidations.on(Self.topic) { [weak self] key in self?.forget(key) }
    }

    /// The credential when the id exists and the secret is its own.
    ///
    /// Expiry is left to the caller, who may want to say so. Takes the same time for a wrong secret at any place.
    package func find(_ id: String, surface: String, secret: String) async throws -> Credential? {
        let hash = Self.hash(secret)
        guard let credential = try await self.find(id, surface: surface) else { return nil }
        return Self.equal(credential.secretHash, hash) ? credential : nil
    }

    package static func hash(_ secret: String) -> [UInt8] { Array(SHA256.hash(data: Array(secret.utf8))) }

    /// The credential when the id exists; for those who have proved before that they hold it.
    package func find(_ id: String, surface: String) async throws -> Credential? {
        let (known, generation) = self.state.withLock { ($0.credentials[id], $0.generation) }
        if let known { return known.surface == surface ? known : nil }
        guard let found = try await self.database.read({ try $0.identities.find(credential: id, surface: surface) })
        else { return nil }
        self.state.withLock { state in
            guard state.generation == generation else { return }
            if state.credentials.count >= Self.limit { state.credentials.removeAll(keepingCapacity: true) }
            state.credentials[id] = found
        }
        return found
    }

    private func forget(_ id: String?) {
        self.state.withLock { state in
            state.generation += 1
            if let id { state.credentials[id] = nil } else { state.credentials = [:] }
        }
    }

    private static func equal(_ left: [UInt8], _ right: [UInt8]) -> Bool {
        guard left.count == right.count else { return false }
        return zip(left, right).reduce(0) { $0 | ($1.0 ^ $1.1) } == 0
    }
}
