import Kernel
import Storage

struct APIKeyStore {
    let tx: Transaction

    func insert(_ key: APIKey) throws {
        try self.tx.execute(
            """
            INSERT INTO gateway_key (id, tenant_id, credential_id, name, shown, scopes, owner_id, agents, rate_limit,
                created_by, maker_id, created_at, updated_at, expires_at)
            VALUES (\(key.id), \(key.tenant), \(key.credential), \(key.name), \(key.shown), \(key.scopes.role),
                \(key.owner), \(key.agents.joined(separator: ",")), \(key.rateLimit), \(key.createdBy), \(key.maker),
                \(key.createdAt), \(key.updatedAt), \(key.expiresAt))
            """
        )
        try self.tx.invalidate(KeyDirectory.topic, key.credential)
    }

    func find(credential: String) throws -> APIKey? {
        try self.tx.row("SELECT \(raw: APIKey.columns) FROM gateway_key WHERE credential_id = \(credential)")
    }

    func find(_ id: ID<APIKey>, of tenant: ID<Tenant>) throws -> APIKey? {
        try self.tx.row("SELECT \(raw: APIKey.columns) FROM gateway_key WHERE id = \(id) AND tenant_id = \(tenant)")
    }

    /// Newest first, revoked ones last.
    ///
    /// - Parameter maker: of the keys; nil for all.
    func list(of tenant: ID<Tenant>, madeBy maker: ID<APIKey>?, _ page: ListPage) throws -> Listed<APIKey> {
        let conditions: [SQL] = [tenant.isOwn] + (maker.map { ["maker_id = \($0)"] } ?? [])
        let chosen: SQL = "FROM gateway_key WHERE \(SQL.all(conditions))"
        let items = try self.tx.rows(
            """
            SELECT \(raw: APIKey.columns) \(chosen)
            ORDER BY CASE WHEN revoked_at IS NULL THEN 0 ELSE 1 END, created_at DESC, id DESC
            LIMIT \(page.limit) OFFSET \(page.offset)
            """,
            as: APIKey.self
        )
        return Listed(items: items, total: try self.tx.value("SELECT COUNT(*) \(chosen)", as: Int.self) ?? 0)
    }

    /// An agent has another key: what was limited to it still is.
    func rename(agent old: String, to new: String, of tenant: ID<Tenant>) throws {
        let limited = try self.tx.rows(
            "SELECT \(raw: APIKey.columns) FROM gateway_key WHERE tenant_id = \(tenant) AND agents != ''",
            as: APIKey.self
        )
        for key in limited where key.agents.contains(old) {
            let agents = key.agents.map { $0.bytewise.equals(old) ? new : $0 }.joined(separator: ",")
            try self.tx.execute(
                "UPDATE gateway_key SET agents = \(agents) WHERE id = \(key.id) AND tenant_id = \(tenant)"
            )
            try self.tx.invalidate(KeyDirectory.topic, key.credential)
        }
    }

    /// Whether it worked until now.
    func revoke(_ key: APIKey) throws -> Bool {
        let count = try self.tx.count(
            """
            UPDATE gateway_key SET revoked_at = \(self.tx.now), updated_at = \(self.tx.now)
            WHERE id = \(key.id) AND tenant_id = \(key.tenant) AND revoked_at IS NULL
            """
        )
        try self.tx.invalidate(KeyDirectory.topic, key.credential)
        try self.tx.invalidate(KeyDirectory.revocations, key.credential)
        return count == 1
    }

    /// Moments of use that a server has collected.
    func note(_ uses: [ID<APIKey>: Timestamp]) throws {
        for (id, moment) in uses.sorted(by: { $0.key < $1.key }) {
            try self.tx.execute(
                """
                UPDATE gateway_key SET last_used_at = \(moment)
                WHERE id = \(id) AND (last_used_at IS NULL OR last_used_at < \(moment))
                """
            )
        }
    }
}

extension Transaction {
    var apiKeys: APIKeyStore { APIKeyStore(tx: self) }
}
