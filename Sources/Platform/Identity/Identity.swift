package import Kernel
package import Storage

/// Somebody: a person, a company or an agent. Owns credentials on every surface.
package struct Identity: Sendable, Equatable, RowDecodable, Identified {
    package static let idPrefix = "acc"

    package let id: ID<Identity>
    /// What the surfaces call it (the market's `owner_id`); unique.
    package let name: String
    package let createdAt: Timestamp

    package static let columns: StaticString = "id, name, created_at"

    package init(id: ID<Identity>, name: String, createdAt: Timestamp) {
        self.id = id
        self.name = name
        self.createdAt = createdAt
    }

    package init(row: inout Row) throws {
        self.id = try row.column()
        self.name = try row.column()
        self.createdAt = try row.column()
    }
}

/// What a key may do on its surface, by the surface's own name for it.
package struct Role: Hashable, Sendable, SQLConvertible, CustomStringConvertible {
    package let name: String

    package init(name: String) { self.name = name }
    package init(sqlValue: SQLValue) throws { self.name = try String(sqlValue: sqlValue) }
    package var sqlValue: SQLValue { .text(self.name) }
    package var description: String { self.name }
}

/// The roles of one surface.
package protocol SurfaceRole: RawRepresentable, CaseIterable, Hashable, Sendable where RawValue == String {
    /// The surface's name.
    static var surface: String { get }
}

extension SurfaceRole {
    /// Nil for a role that the surface does not have.
    package init?(_ role: Role) { self.init(rawValue: role.name) }

    package var role: Role { Role(name: self.rawValue) }
}

/// A key of one surface. The secret is kept only as its SHA-256.
package struct Credential: Sendable, Equatable, RowDecodable {
    /// What a client names: the contract's public key id, or the hash of a token that has no public part.
    package let id: String
    package let surface: String
    package let owner: ID<Identity>
    package let ownerName: String
    package let role: Role
    package let secretHash: [UInt8]
    /// Requests a minute; 0 lifts the limit.
    package let rateLimit: Int
    /// Where the owner wants to be paid, if told.
    package let walletAddress: String?
    package let createdAt: Timestamp
    package let expiresAt: Timestamp?
    /// Whether the operator has suspended the owner: nothing of theirs works.
    package let isSuspended: Bool
    /// What it may spend of its owner's balance in a UTC day, in micro-units; nil for no cap.
    package let dailyCap: Int64?

    package static let columns: StaticString = """
        credential.id, credential.surface, credential.identity_id, identity.name, credential.role,
        credential.secret_hash, credential.rate_limit, credential.wallet_address, credential.created_at,
        credential.expires_at, identity.suspended_at, credential.daily_cap
        """

    package init(
        id: String,
        surface: String,
        owner: Identity,
        role: Role,
        secretHash: [UInt8],
        rateLimit: Int,
        walletAddress: String?,
        createdAt: Timestamp,
        expiresAt: Timestamp?
    ) {
        self.id = id
        self.surface = surface
        self.owner = owner.id
        self.ownerName = owner.name
        self.role = role
        self.secretHash = secretHash
        self.rateLimit = rateLimit
        self.walletAddress = walletAddress
        self.createdAt = createdAt
        self.expiresAt = expiresAt
        self.isSuspended = false
        self.dailyCap = nil
    }

    package init(row: inout Row) throws {
        self.id = try row.column()
        self.surface = try row.column()
        self.owner = try row.column()
        self.ownerName = try row.column()
        self.role = try row.column()
        self.secretHash = try row.column()
        self.rateLimit = try row.column()
        self.walletAddress = try row.optional()
        self.createdAt = try row.column()
        self.expiresAt = try row.optional()
        self.isSuspended = try row.optional(Timestamp.self) != nil
        self.dailyCap = try row.optional()
    }
}

/// Who is asking, once the credential has been checked.
package struct Caller: Sendable, Equatable {
    package let identity: ID<Identity>
    package let name: String
    package let credential: String
    package let role: Role
    /// Requests a minute; 0 lifts the limit.
    package let rateLimit: Int
    /// What the key may spend of the balance in a UTC day, in micro-units; nil for no cap.
    package let dailyCap: Int64?

    package init(_ credential: Credential) {
        self.identity = credential.owner
        self.name = credential.ownerName
        self.credential = credential.id
        self.role = credential.role
        self.rateLimit = credential.rateLimit
        self.dailyCap = credential.dailyCap
    }

    package func has(_ role: some SurfaceRole) -> Bool { self.role == role.role }
}
