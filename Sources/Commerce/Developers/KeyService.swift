import Kernel
import Platform
import Storage
import Web

/// Makes keys: `MA2A.` for developers and `sup_` for the operator, with 32 random bytes each.
package struct CommerceKeyService: Sendable {
    static let apiKeyPrefix = "MA2A."
    static let supplyPrefix = "sup_"

    let database: any Database
    let ids: IDGenerator
    private var credentials: CredentialService {
        CredentialService(surface: CommerceContract.name, database: self.database)
    }

    /// Makes a key at the operator's console, and the account where there is none. Only its hash is kept.
    package func createAtConsole(owner: String, role: CommerceRole, rateLimit: Int) async throws -> String {
        let prefix = role == .supply ? Self.supplyPrefix : Self.apiKeyPrefix
        let key = prefix + self.ids.bytes(32).base64URL
        let newOwner: ID<Identity> = self.ids.next()
        _ = try await self.credentials.create(
            CredentialService.Order(
                id: CommerceContract.presented(key).id,
                secret: key,
                role: role.role,
                rateLimit: rateLimit
            ),
            by: "console",
            trace: .none
        ) { tx in
            if let known = try tx.identities.find(name: owner) { return known }
            let identity = Identity(id: newOwner, name: owner, createdAt: tx.now)
            try tx.identities.insert(identity)
            return identity
        }
        return key
    }
}
