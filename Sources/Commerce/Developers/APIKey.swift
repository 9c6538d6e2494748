import Kernel
import Platform
import Storage

/// An API key as its owner sees it. Its text is sealed, so that it can be shown again.
struct APIKey: Sendable, Identified, RowDecodable {
    static let idPrefix = "key"

    let id: ID<APIKey>
    let owner: ID<Identity>
    let credential: String
    let prefix: String
    let label: String?
    let scopes: [String]
    let status: Status
    let sealed: [UInt8]?
    let lastUsedAt: Timestamp?
    let createdAt: Timestamp
    let revokedAt: Timestamp?

    enum Status: String, Sendable, SQLConvertible, CaseIterable {
        case active, revoked, deleted
    }

    static let columns: StaticString = """
        k.id, k.identity_id, k.credential_id, k.key_prefix, k.label, k.scopes, k.status, k.sealed, k.last_used_at,
        k.created_at, k.revoked_at
        """

    init(row: inout Row) throws {
        self.id = try row.column()
        self.owner = try row.column()
        self.credential = try row.column()
        self.prefix = try row.column()
        self.label = try row.optional()
        self.scopes = try row.column(String.self).bytewise.list(" ")
        self.status = try row.column()
        self.sealed = try row.optional()
        self.lastUsedAt = try row.optional()
        self.createdAt = try row.column()
        self.revokedAt = try row.optional()
    }
}
