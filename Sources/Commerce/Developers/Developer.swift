import Foundation
import Kernel
import Platform
import Storage

/// Somebody who builds on commerce: an account with e-mail and password.
struct Developer: Sendable, RowDecodable {
    let identity: ID<Identity>
    let displayName: String
    /// As it was given; it is compared trimmed, in one normal form and in lower case.
    let email: String
    let company: String
    let website: String
    let metadata: JSONValue
    let isActive: Bool
    let inviteVerifiedAt: Timestamp?
    let createdAt: Timestamp
    let updatedAt: Timestamp

    static let columns: StaticString = """
        d.identity_id, d.display_name, d.email, d.company, d.website, d.metadata, d.is_active, d.invite_verified_at,
        d.created_at, d.updated_at
        """

    init(row: inout Row) throws {
        self.identity = try row.column()
        self.displayName = try row.column()
        self.email = try row.column()
        self.company = try row.column()
        self.website = try row.column()
        self.metadata = JSONValue.parsed(try row.column())
        self.isActive = try row.column()
        self.inviteVerifiedAt = try row.optional()
        self.createdAt = try row.column()
        self.updatedAt = try row.column()
    }

    /// The contract's id of an account: the house's own with another beginning.
    static func id(of identity: ID<Identity>) -> String {
        "dvl\(identity.text.bytewise.dropping(prefix: Identity.idPrefix) ?? identity.text[...])"
    }

    /// An address as it is compared.
    static func key(of email: String) -> String { email.trimmed.precomposedStringWithCanonicalMapping.lowercased() }
}

/// A console session: its token is a credential of its own.
struct ConsoleSession: Sendable, Identified, RowDecodable {
    static let idPrefix = "dvs"
    static let lifetimeSeconds: Int64 = 7 * 86_400
    /// Of one account; the oldest ends when another begins.
    static let limit = 10

    let id: ID<ConsoleSession>
    let identity: ID<Identity>
    let credential: String
    let createdAt: Timestamp
    let expiresAt: Timestamp
    let lastUsedAt: Timestamp?
    let revokedAt: Timestamp?

    static let columns: StaticString =
        "s.id, s.identity_id, s.credential_id, s.created_at, s.expires_at, s.last_used_at, s.revoked_at"

    init(row: inout Row) throws {
        self.id = try row.column()
        self.identity = try row.column()
        self.credential = try row.column()
        self.createdAt = try row.column()
        self.expiresAt = try row.column()
        self.lastUsedAt = try row.optional()
        self.revokedAt = try row.optional()
    }

    init(id: ID<ConsoleSession>, identity: ID<Identity>, credential: String, createdAt: Timestamp) {
        (self.id, self.identity, self.credential, self.createdAt) = (id, identity, credential, createdAt)
        self.expiresAt = createdAt.adding(seconds: Self.lifetimeSeconds)
        (self.lastUsedAt, self.revokedAt) = (nil, nil)
    }
}
