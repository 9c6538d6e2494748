import Kernel
import Platform
import Storage

struct APIKeyStore {
    let tx: Transaction

    func insert(
        _ id: ID<APIKey>,
        of credential: Credential,
        prefix: String,
        label: String?,
        scopes: [String],
        sealed: [UInt8]?
    ) throws {
        try self.tx.execute(
            """
            INSERT INTO commerce_key (id, identity_id, credential_id, key_prefix, label, scopes, status, sealed, created_at)
            VALUES (\(id), \(credential.owner), \(credential.id), \(prefix), \(label), \(scopes.joined(separator: " ")),
                'active', \(sealed), \(self.tx.now))
            """
        )
    }

    func find(_ id: ID<APIKey>, of owner: ID<Identity>) throws -> APIKey? {
        try self.tx.row(
            "SELECT \(raw: APIKey.columns) FROM commerce_key k WHERE k.id = \(id) AND k.identity_id = \(owner)"
        )
    }

    func find(credential: String) throws -> APIKey? {
        try self.tx.row("SELECT \(raw: APIKey.columns) FROM commerce_key k WHERE k.credential_id = \(credential)")
    }

    /// Newest first.
    func list(of owner: ID<Identity>, withDeleted: Bool) throws -> [APIKey] {
        let which: SQL = withDeleted ? "" : "AND k.status <> 'deleted'"
        return try self.tx.rows(
            """
            SELECT \(raw: APIKey.columns) FROM commerce_key k WHERE k.identity_id = \(owner) \(which)
            ORDER BY k.created_at DESC, k.id DESC
            """
        )
    }

    func countActive(of owner: ID<Identity>) throws -> Int {
        try self.tx.value(
            "SELECT COUNT(*) FROM commerce_key WHERE identity_id = \(owner) AND status = 'active'"
        ) ?? 0
    }

    func update(_ id: ID<APIKey>, label: String?) throws {
        try self.tx.execute("UPDATE commerce_key SET label = \(label) WHERE id = \(id)")
    }

    /// Its sealed text goes with it.
    func end(_ id: ID<APIKey>, as status: APIKey.Status) throws {
        try self.tx.execute(
            """
            UPDATE commerce_key SET status = \(status), sealed = NULL, revoked_at = COALESCE(revoked_at, \(self.tx.now))
            WHERE id = \(id)
            """
        )
    }

    func touch(_ id: ID<APIKey>, at moment: Timestamp) throws {
        try self.tx.execute(
            """
            UPDATE commerce_key SET last_used_at = \(moment)
            WHERE id = \(id) AND COALESCE(last_used_at, 0) < \(moment)
            """
        )
    }
}

extension Transaction {
    var apiKeys: APIKeyStore { APIKeyStore(tx: self) }
}
