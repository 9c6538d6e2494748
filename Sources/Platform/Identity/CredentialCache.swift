import Crypto
import Kernel
package import Storage

/// Answers who holds a key, mostly from memory. A revocation is effective with the answer to the revoking request.
package final class CredentialCache: Sendable {
    static let topic = "credential"
    /// More keys than this in use at once are looked up in the database.
    static let limit = 100_000

    private let credentials: ReadCache<String, Credential>

    package init(database: any Database) {
        self.credentials = ReadCache(keyed: Self.topic, of: database, limit: Self.limit)
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
        let found = try await self.credentials.find(id) { try $0.identities.find(credential: id, surface: surface) }
        return found?.surface == surface ? found : nil
    }

    private static func equal(_ left: [UInt8], _ right: [UInt8]) -> Bool {
        guard left.count == right.count else { return false }
        return zip(left, right).reduce(0) { $0 | ($1.0 ^ $1.1) } == 0
    }
}
