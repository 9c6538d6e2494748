import Crypto
package import Kernel
import Platform
package import Storage

/// A key of a tenant: what stands beside its credential.
package struct APIKey: Sendable, Equatable, Identified, RowDecodable {
    package static let idPrefix = ""
    static let prefix = "goclaw_"

    package let id: ID<APIKey>
    let tenant: ID<Tenant>
    /// The credential's id, made of the key's hash.
    let credential: String
    let name: String
    /// What is shown of it: `goclaw_` and eight digits.
    let shown: String
    let scopes: Scopes
    /// The user that it is bound to.
    let owner: String?
    /// Keys of the agents that it may run; empty for all.
    let agents: [String]
    /// Requests a minute of its own; 0 for none.
    let rateLimit: Int
    let createdBy: String
    /// The key that has made it; nil for the gateway token and the console.
    let maker: ID<APIKey>?
    let createdAt: Timestamp
    let updatedAt: Timestamp
    let expiresAt: Timestamp?
    let revokedAt: Timestamp?
    let lastUsedAt: Timestamp?

    package static let columns: StaticString = """
        id, tenant_id, credential_id, name, shown, scopes, owner_id, agents, rate_limit, created_by, maker_id,
        created_at, updated_at, expires_at, revoked_at, last_used_at
        """

    package init(row: inout Row) throws {
        self.id = try row.column()
        self.tenant = try row.column()
        self.credential = try row.column()
        self.name = try row.column()
        self.shown = try row.column()
        self.scopes = Scopes(Role(name: try row.column()))
        self.owner = try row.optional()
        self.agents = try row.column(String.self).bytewise.list(",")
        self.rateLimit = try row.column()
        self.createdBy = try row.column()
        self.maker = try row.optional()
        self.createdAt = try row.column()
        self.updatedAt = try row.column()
        self.expiresAt = try row.optional()
        self.revokedAt = try row.optional()
        self.lastUsedAt = try row.optional()
    }

    init(
        id: ID<APIKey>,
        tenant: ID<Tenant>,
        credential: String,
        shown: String,
        order: Order,
        createdBy: String,
        maker: ID<APIKey>?,
        at now: Timestamp
    ) {
        (self.id, self.tenant, self.credential, self.shown) = (id, tenant, credential, shown)
        (self.name, self.scopes, self.owner, self.agents) = (order.name, order.scopes, order.owner, order.agents)
        (self.rateLimit, self.createdBy, self.maker) = (order.rateLimit, createdBy, maker)
        (self.createdAt, self.updatedAt) = (now, now)
        self.expiresAt = order.expiresIn.map { now.adding(seconds: Int64($0)) }
        (self.revokedAt, self.lastUsedAt) = (nil, nil)
    }

    /// What a key is to be.
    struct Order: Sendable {
        var name: String
        var scopes: Scopes
        var owner: String?
        var agents: [String] = []
        var rateLimit = 0
        var expiresIn: Int?
        var monthlyBudget: Dollars?
    }

    // MARK: Keys as clients show them

    /// Lower-case hexadecimal, 39 characters in all.
    static func isKey(_ text: String) -> Bool {
        guard let digits = text.bytewise.dropping(prefix: self.prefix), digits.utf8.count == 32 else { return false }
        return digits.utf8.allSatisfy { byte in
            (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
                || (UInt8(ascii: "a")...UInt8(ascii: "f")).contains(byte)
        }
    }

    /// The id of the key's credential.
    static func credentialID(of key: String) -> String { "gw:\(SHA256.hash(data: Array(key.utf8)).hex)" }

    /// The gateway token's credential.
    static let tokenCredential = "gw:token"
}
