import Kernel
import Platform
import Storage

/// Makes and revokes keys.
struct APIKeyService: Sendable {
    let database: any Database
    let ids: IDGenerator
    let tenants: TenantDirectory
    let owners: Set<String>
    /// Limits what a key's models may cost a month; with a maker that has a limit, never above it. Throws `keyBeyondOwn`.
    let limit: @Sendable (APIKey, Dollars?, _ maker: APIKey?, Transaction) throws -> Void

    struct Made: Sendable {
        let key: APIKey
        let secret: String
    }

    /// - Parameters:
    ///   - maker: nil for the gateway token and the console.
    ///   - first: begins the commit.
    ///   - last: ends it.
    func create(
        _ order: APIKey.Order,
        for tenant: Tenant,
        by actor: ActivityActor,
        maker: APIKey?,
        first: @escaping @Sendable (Transaction) throws -> Void = { _ in },
        last: @escaping @Sendable (Made, Transaction) throws -> Void = { _, _ in }
    ) async throws -> Made {
        let ids = self.ids
        return try await self.database.write { tx in
            try first(tx)
            let secret = APIKey.prefix + ids.bytes(16).hex
            let key = APIKey(
                id: ids.next(),
                tenant: tenant.id,
                credential: APIKey.credentialID(of: secret),
                shown: String(Substring(secret.utf8.prefix(APIKey.prefix.utf8.count + 8))),
                order: order,
                createdBy: actor.id,
                maker: maker?.id,
                at: tx.now
            )
            let identity = try tx.tenants.identity(of: tenant, ids)
            try tx.identities.insert(
                Credential(
                    id: key.credential,
                    surface: GatewayContract.name,
                    owner: identity,
                    role: key.scopes.role,
                    secretHash: CredentialCache.hash(secret),
                    rateLimit: key.rateLimit,
                    walletAddress: nil,
                    createdAt: tx.now,
                    expiresAt: key.expiresAt
                )
            )
            try tx.apiKeys.insert(key)
            try self.limit(key, order.monthlyBudget, maker, tx)
            try tx.activity.record(actor, "created", of: "api_key", key.id.text, details: ["name": .string(key.name)])
            let made = Made(key: key, secret: secret)
            try last(made, tx)
            return made
        }
    }

    /// Effective with the answer. Throws `keyNotFound`, also for a key that was revoked before.
    ///
    /// - Parameter maker: the key that must have made it; nil for any.
    func revoke(_ id: ID<APIKey>, of tenant: Tenant, madeBy maker: ID<APIKey>?, by actor: ActivityActor) async throws {
        try await self.database.write { tx in
            guard let key = try tx.apiKeys.find(id, of: tenant.id),
                maker == nil || key.maker == maker || key.id == maker,
                try tx.apiKeys.revoke(key)
            else { throw GatewayProblems.keyNotFound }
            if let identity = try tx.identities.find(name: tenant.identityName) {
                _ = try tx.identities.revoke(credential: key.credential, of: identity.id)
            }
            try tx.activity.record(actor, "revoked", of: "api_key", key.id.text)
        }
    }

    func createAtConsole(_ scope: Scope, owner: String, rateLimit: Int) async throws -> Made {
        let tenant = try await self.tenants.require(Tenant.master.text)
        let actor = ActivityActor(
            tenant: tenant.id,
            type: .system,
            id: "console",
            user: "system",
            address: "",
            requestID: "",
            ids: self.ids
        )
        // A name that is nobody's own makes a key that is not bound.
        let bound = UserName.isValid(owner) && !self.owners.contains(owner) ? owner : nil
        let order = APIKey.Order(name: owner, scopes: Scopes([scope]), owner: bound, rateLimit: rateLimit)
        return try await self.create(order, for: tenant, by: actor, maker: nil)
    }
}
