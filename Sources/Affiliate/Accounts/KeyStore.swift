import Kernel
import Platform
import Storage

/// A key as its owner sees it; its text was shown once.
struct AffiliateKey: Sendable, RowDecodable {
    let credential: String
    let name: String
    /// The beginning of the key, to tell it from others.
    let hint: String
    let requestCount: Int64
    let lastUsedAt: Timestamp?
    let createdAt: Timestamp
    let revokedAt: Timestamp?

    static let columns: StaticString =
        "credential_id, name, hint, request_count, last_used_at, created_at, revoked_at"

    init(row: inout Row) throws {
        self.credential = try row.column()
        self.name = try row.column()
        self.hint = try row.column()
        self.requestCount = try row.column()
        self.lastUsedAt = try row.optional()
        self.createdAt = try row.column()
        self.revokedAt = try row.optional()
    }
}

struct AffiliateKeyStore {
    let tx: Transaction

    func insert(_ credential: String, of owner: ID<Identity>, name: String, hint: String) throws {
        try self.tx.execute(
            """
            INSERT INTO affiliate_key (credential_id, identity_id, name, hint, request_count, created_at)
            VALUES (\(credential), \(owner), \(name), \(hint), 0, \(self.tx.now))
            """
        )
    }

    func find(_ credential: String, of owner: ID<Identity>) throws -> AffiliateKey? {
        try self.tx.row(
            """
            SELECT \(raw: AffiliateKey.columns) FROM affiliate_key
            WHERE credential_id = \(credential) AND identity_id = \(owner)
            """
        )
    }

    /// Also the revoked ones, which stay until they are deleted.
    func list(of owner: ID<Identity>) throws -> [AffiliateKey] {
        try self.tx.rows(
            """
            SELECT \(raw: AffiliateKey.columns) FROM affiliate_key WHERE identity_id = \(owner)
            ORDER BY created_at, credential_id
            """
        )
    }

    func countWorking(of owner: ID<Identity>) throws -> Int {
        try self.tx.value(
            "SELECT COUNT(*) FROM affiliate_key WHERE identity_id = \(owner) AND revoked_at IS NULL"
        ) ?? 0
    }

    func revoke(_ credential: String) throws {
        try self.tx.execute(
            """
            UPDATE affiliate_key SET revoked_at = \(self.tx.now)
            WHERE credential_id = \(credential) AND revoked_at IS NULL
            """
        )
    }

    func delete(_ credential: String) throws {
        try self.tx.execute("DELETE FROM affiliate_key WHERE credential_id = \(credential)")
    }

    func add(requests: Int64, lastUsedAt: Timestamp, to credential: String) throws {
        try self.tx.execute(
            """
            UPDATE affiliate_key SET request_count = request_count + \(requests),
                last_used_at = CASE WHEN COALESCE(last_used_at, 0) > \(lastUsedAt) THEN last_used_at ELSE \(lastUsedAt) END
            WHERE credential_id = \(credential)
            """
        )
    }
}

extension Transaction {
    var affiliateKeys: AffiliateKeyStore { AffiliateKeyStore(tx: self) }
}
