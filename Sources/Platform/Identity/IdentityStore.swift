package import Kernel
package import Storage

package struct IdentityStore {
    let tx: Transaction

    package func find(name: String) throws -> Identity? {
        try self.tx.row("SELECT \(raw: Identity.columns) FROM identity WHERE name = \(name)")
    }

    package func find(_ id: ID<Identity>) throws -> Identity? {
        try self.tx.row("SELECT \(raw: Identity.columns) FROM identity WHERE id = \(id)")
    }

    /// Names that begin so are the gateway's own.
    package static let reservedPrefix = "gateway:"

    /// Throws `StorageError.constraint` named `identity_name` when the name is taken, or is nobody's to take.
    ///
    /// - Parameter isReserved: whether the name may begin as the gateway's own do.
    package func insert(_ identity: Identity, isReserved: Bool = false) throws {
        guard isReserved || !identity.name.lowercased().bytewise.starts(with: Self.reservedPrefix) else {
            throw StorageError.constraint(.unique, name: "identity_name")
        }
        try self.tx.execute(
            "INSERT INTO identity (id, name, created_at) VALUES (\(identity.id), \(identity.name), \(identity.createdAt))"
        )
    }

    package func insert(_ credential: Credential) throws {
        try self.tx.execute(
            """
            INSERT INTO credential (id, surface, identity_id, role, secret_hash, rate_limit, wallet_address,
                created_at, expires_at)
            VALUES (\(credential.id), \(credential.surface), \(credential.owner), \(credential.role),
                \(credential.secretHash), \(credential.rateLimit), \(credential.walletAddress), \(credential.createdAt),
                \(credential.expiresAt))
            """
        )
        // A server that was asked for this key before it existed must forget that.
        try self.tx.invalidate(CredentialCache.topic, credential.id)
    }

    /// The credential has another secret from now on, and works again if it was revoked.
    package func setSecret(_ credential: Credential) throws {
        try self.tx.execute(
            """
            UPDATE credential SET secret_hash = \(credential.secretHash), revoked_at = NULL
            WHERE id = \(credential.id) AND surface = \(credential.surface)
            """
        )
        try self.tx.invalidate(CredentialCache.topic, credential.id)
    }

    /// A credential that was revoked works again, with another secret.
    package func revive(_ credential: String, secretHash: [UInt8]) throws {
        try self.tx.execute(
            "UPDATE credential SET secret_hash = \(secretHash), revoked_at = NULL WHERE id = \(credential)"
        )
        try self.tx.invalidate(CredentialCache.topic, credential)
    }

    /// The credential unless it was revoked.
    package func find(credential id: String, surface: String) throws -> Credential? {
        try self.tx.row(
            """
            SELECT \(raw: Credential.columns) FROM credential JOIN identity ON identity.id = credential.identity_id
            WHERE credential.id = \(id) AND credential.surface = \(surface) AND credential.revoked_at IS NULL
            """
        )
    }

    package func list(of owner: ID<Identity>, surface: String) throws -> [Credential] {
        try self.tx.rows(
            """
            SELECT \(raw: Credential.columns) FROM credential JOIN identity ON identity.id = credential.identity_id
            WHERE credential.identity_id = \(owner) AND credential.surface = \(surface)
                AND credential.revoked_at IS NULL
            ORDER BY credential.created_at, credential.id
            """
        )
    }

    /// The oldest credential of a role that works.
    package func findFirst(role: Role, surface: String) throws -> Credential? {
        try self.tx.row(
            """
            SELECT \(raw: Credential.columns) FROM credential JOIN identity ON identity.id = credential.identity_id
            WHERE credential.surface = \(surface) AND credential.role = \(role) AND credential.revoked_at IS NULL
                AND (credential.expires_at IS NULL OR credential.expires_at > \(self.tx.now))
            ORDER BY credential.created_at, credential.id LIMIT 1
            """
        )
    }

    /// How many hold a key or an account with one of the roles.
    package func countOwners(of roles: [Role], surface: String) throws -> Int {
        try self.tx.value(
            """
            SELECT COUNT(DISTINCT identity_id) FROM credential
            WHERE surface = \(surface) AND role IN (\(list: roles)) AND revoked_at IS NULL
                AND (expires_at IS NULL OR expires_at > \(self.tx.now))
            """
        ) ?? 0
    }

    /// Ends every credential of an owner on a surface at a moment, or (nil) lets them work again. Effective everywhere once committed.
    package func expire(credentialsOf owner: ID<Identity>, surface: String, at moment: Timestamp?) throws {
        try self.tx.execute(
            """
            UPDATE credential SET expires_at = \(moment) WHERE identity_id = \(owner) AND surface = \(surface)
            """
        )
        for credential in try self.list(of: owner, surface: surface) {
            try self.tx.invalidate(CredentialCache.topic, credential.id)
        }
    }

    /// Ends one credential at a moment.
    package func expire(credential id: String, at moment: Timestamp) throws {
        try self.tx.execute("UPDATE credential SET expires_at = \(moment) WHERE id = \(id)")
        try self.tx.invalidate(CredentialCache.topic, id)
    }

    /// Every credential of an owner on a surface has another role from now on.
    package func update(roleOf owner: ID<Identity>, on surface: String, to role: Role) throws {
        try self.tx.execute(
            "UPDATE credential SET role = \(role) WHERE identity_id = \(owner) AND surface = \(surface)"
        )
        for credential in try self.list(of: owner, surface: surface) {
            try self.tx.invalidate(CredentialCache.topic, credential.id)
        }
    }

    /// Whether there is such a credential of the owner, which has the cap from now on.
    package func update(dailyCap: Int64?, ofCredential id: String, of owner: ID<Identity>) throws -> Bool {
        let count = try self.tx.count(
            """
            UPDATE credential SET daily_cap = \(dailyCap)
            WHERE id = \(id) AND identity_id = \(owner) AND revoked_at IS NULL
            """
        )
        try self.tx.invalidate(CredentialCache.topic, id)
        return count == 1
    }

    /// One credential has another role from now on.
    package func update(roleOf credential: String, to role: Role) throws {
        try self.tx.execute("UPDATE credential SET role = \(role) WHERE id = \(credential)")
        try self.tx.invalidate(CredentialCache.topic, credential)
    }

    /// Whether a credential of this owner was revoked by the call. Effective everywhere once committed.
    package func revoke(credential id: String, of owner: ID<Identity>) throws -> Bool {
        let count = try self.tx.count(
            """
            UPDATE credential SET revoked_at = \(self.tx.now)
            WHERE id = \(id) AND identity_id = \(owner) AND revoked_at IS NULL
            """
        )
        try self.tx.invalidate(CredentialCache.topic, id)
        return count == 1
    }

    /// At the operator's word; with its entry in the audit log. Effective everywhere once committed. Whether it worked until now.
    package func revoke(_ key: KeySummary, by actor: String, trace: Trace) throws -> Bool {
        guard try self.revoke(credential: key.id, of: key.owner) else { return false }
        try self.tx.audit.record(
            actor: actor,
            action: "key.revoked",
            subject: key.id,
            detail: "\(key.role) of \(key.ownerName)",
            trace: trace
        )
        return true
    }

    /// Forgets an owner's credentials that have ended by themselves.
    package func deleteExpired(of owner: ID<Identity>, surface: String) throws {
        try self.tx.execute(
            "DELETE FROM credential WHERE identity_id = \(owner) AND surface = \(surface) AND expires_at < \(self.tx.now)"
        )
    }
}

extension Transaction {
    package var identities: IdentityStore { IdentityStore(tx: self) }
}
