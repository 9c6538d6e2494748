import Kernel
package import Platform
import Storage
import Web

/// Makes keys (`aa_` and 48 hexadecimal digits; docs/affiliate.md, Actions), and revokes them.
package struct AffiliateKeyService: Sendable {
    package static let perAccountLimit = 10
    /// Reads a minute. The limit of writes goes with it.
    package static let readsPerMinute = 200

    let database: any Database
    let ids: IDGenerator
    private var credentials: CredentialService {
        CredentialService(surface: AffiliateContract.name, database: self.database)
    }

    /// A key as it is shown once.
    package struct NewKey: Sendable {
        package let credential: String
        package let key: String
        package let role: Role
        package let rateLimit: Int
    }

    /// Throws `keyLimit`.
    func create(name: String, by caller: Caller, trace: Trace) async throws -> NewKey {
        try await self.create(
            name: name,
            role: caller.role,
            rateLimit: Self.readsPerMinute,
            actor: caller.credential,
            trace
        ) { tx in
            guard try tx.affiliateKeys.countWorking(of: caller.identity) < Self.perAccountLimit,
                let identity = try tx.identities.find(caller.identity)
            else { throw AffiliateProblems.keyLimit }
            return identity
        }
    }

    /// Makes a key at the operator's console, and the account where there is none.
    ///
    /// Throws `keyLimit`, then `roleDiffers` for an account that has another role.
    package func createAtConsole(owner: String, role: AffiliateRole, rateLimit: Int) async throws -> NewKey {
        let newOwner: ID<Identity> = self.ids.next()
        return try await self.create(
            name: "console",
            role: role.role,
            rateLimit: rateLimit,
            actor: "console",
            .none
        ) { tx in
            let known = try tx.identities.find(name: owner)
            if let known, try tx.affiliateKeys.countWorking(of: known.id) >= Self.perAccountLimit {
                throw AffiliateProblems.keyLimit
            }
            let identity = known ?? Identity(id: newOwner, name: owner, createdAt: tx.now)
            if known == nil { try tx.identities.insert(identity) }
            if let account = try tx.affiliateAccounts.find(identity.id) {
                guard account.role == role else { throw AffiliateProblems.roleDiffers }
            } else {
                try tx.affiliateAccounts.insert(identity.id, role: role, .init(displayName: owner, language: nil))
            }
            return identity
        }
    }

    private func create(
        name: String,
        role: Role,
        rateLimit: Int,
        actor: String,
        _ trace: Trace,
        owner: @escaping @Sendable (Transaction) throws -> Identity
    ) async throws -> NewKey {
        let key = "aa_" + self.ids.bytes(24).hex
        let presented = AffiliateContract.presented(key)
        let credential = try await self.credentials.create(
            CredentialService.Order(id: presented.id, secret: key, role: role, rateLimit: rateLimit),
            by: actor,
            trace: trace,
            owner: owner
        ) { tx, credential in
            try tx.affiliateKeys.insert(credential.id, of: credential.owner, name: name, hint: String(key.prefix(9)))
        }
        return NewKey(credential: credential.id, key: key, role: role, rateLimit: rateLimit)
    }

    /// Effective with the answer. Throws `keyNotFound`, also for somebody else's.
    func revoke(_ credential: String, by caller: Caller, deleting: Bool, trace: Trace) async throws {
        let action = deleting ? "key.deleted" : "key.revoked"
        try await self.credentials.revoke(credential, by: caller, as: action, trace: trace) { tx in
            guard let key = try tx.affiliateKeys.find(credential, of: caller.identity) else {
                throw AffiliateProblems.keyNotFound
            }
            if deleting {
                try tx.affiliateKeys.delete(key.credential)
            } else {
                try tx.affiliateKeys.revoke(key.credential)
            }
            return key.name
        }
    }
}
