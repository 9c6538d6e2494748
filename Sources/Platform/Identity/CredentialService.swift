import Kernel
package import Storage

/// Makes and revokes the keys of a surface. Each is written together with its entry in the audit log.
package struct CredentialService: Sendable {
    let surface: String
    let database: any Database

    package init(surface: String, database: any Database) {
        self.surface = surface
        self.database = database
    }

    /// A key to be made. Of the secret only the hash is kept.
    package struct Order: Sendable {
        package let id: String
        package let secret: String
        package let role: Role
        package let rateLimit: Int
        package let walletAddress: String?
        package let lifetimeDays: Int64?

        /// - Parameters:
        ///   - rateLimit: requests a minute; 0 lifts the limit.
        ///   - lifetimeDays: nil for a key that does not end.
        package init(
            id: String,
            secret: String,
            role: Role,
            rateLimit: Int,
            walletAddress: String? = nil,
            lifetimeDays: Int64? = nil
        ) {
            self.id = id
            self.secret = secret
            self.role = role
            self.rateLimit = rateLimit
            self.walletAddress = walletAddress
            self.lifetimeDays = lifetimeDays
        }
    }

    /// - Parameters:
    ///   - owner: finds the owner, or makes them; throws when they may not have the key.
    ///   - beside: writes what the surface keeps beside the key.
    package func create(
        _ order: Order,
        by actor: String,
        trace: Trace,
        owner: @escaping @Sendable (Transaction) throws -> Identity,
        beside: @escaping @Sendable (Transaction, Credential) throws -> Void = { _, _ in }
    ) async throws -> Credential {
        try await self.database.write { tx in
            let owner = try owner(tx)
            let credential = Credential(
                id: order.id,
                surface: self.surface,
                owner: owner,
                role: order.role,
                secretHash: CredentialCache.hash(order.secret),
                rateLimit: order.rateLimit,
                walletAddress: order.walletAddress,
                createdAt: tx.now,
                expiresAt: order.lifetimeDays.map { tx.now.adding(seconds: $0 * 86_400) }
            )
            try tx.identities.insert(credential)
            try beside(tx, credential)
            try tx.audit.record(
                actor: actor,
                action: "key.created",
                subject: credential.id,
                detail: "\(order.role) of \(owner.name)",
                trace: trace
            )
            return credential
        }
    }

    /// Effective with the answer, also for the key that asks.
    ///
    /// - Parameters:
    ///   - action: what the audit log calls it.
    ///   - permit: throws when the caller may not; writes what the surface keeps beside the key, and says what the audit log tells of it.
    package func revoke(
        _ id: String,
        by caller: Caller,
        as action: String = "key.revoked",
        trace: Trace,
        permit: @escaping @Sendable (Transaction) throws -> String
    ) async throws {
        try await self.database.write { tx in
            let detail = try permit(tx)
            _ = try tx.identities.revoke(credential: id, of: caller.identity)
            try tx.audit.record(actor: caller.credential, action: action, subject: id, detail: detail, trace: trace)
        }
    }
}
