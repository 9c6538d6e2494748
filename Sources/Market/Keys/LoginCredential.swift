import Kernel
import Platform
import Storage

/// What the sessions of a password hang on; nobody knows its secret, so that it is no key.
enum LoginCredential {
    private static let prefix = "market password:"

    static func id(of identity: ID<Identity>) -> String { self.prefix + identity.text }

    static func isOne(_ credential: String) -> Bool { credential.bytewise.starts(with: self.prefix) }

    static func find(of identity: ID<Identity>, in tx: Transaction) throws -> Credential? {
        try tx.identities.find(credential: self.id(of: identity), surface: MarketContract.name)
    }

    /// Throws `accountSuspended` where the operator has revoked it, too.
    static func caller(of identity: ID<Identity>, in tx: Transaction) throws -> Caller {
        guard let credential = try self.find(of: identity, in: tx), !credential.isSuspended else {
            throw MarketProblems.accountSuspended
        }
        return Caller(credential)
    }

    static func make(of identity: Identity, _ role: Role, secret: [UInt8], at now: Timestamp) -> Credential {
        Credential(
            id: self.id(of: identity.id),
            surface: MarketContract.name,
            owner: identity,
            role: role,
            secretHash: CredentialCache.hash(secret.hex),
            rateLimit: 0,
            walletAddress: nil,
            createdAt: now,
            expiresAt: nil
        )
    }

    /// Its id where the operator has revoked it.
    static func revoked(of identity: ID<Identity>, in tx: Transaction) throws -> String? {
        try tx.accountAdmin.findKey(self.id(of: identity)).flatMap { $0.revokedAt == nil ? nil : $0.id }
    }

    /// It is there from now on; sessions that began with an earlier password end, but for one.
    ///
    /// Throws `accountSuspended` where the operator has revoked it.
    static func open(_ identity: Identity, _ role: Role, secret: [UInt8], keeping session: String?, in tx: Transaction)
        throws
    {
        try tx.sessions.delete(ofCredential: self.id(of: identity.id), except: session)
        guard try self.find(of: identity.id, in: tx) == nil else { return }
        guard try self.revoked(of: identity.id, in: tx) == nil else { throw MarketProblems.accountSuspended }
        try tx.identities.insert(self.make(of: identity, role, secret: secret, at: tx.now))
    }
}
