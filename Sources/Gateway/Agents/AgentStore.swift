import Kernel
import Storage

struct AgentStore {
    let tx: Transaction

    private static let columns = Agent.columns

    /// Throws `agentExists` for a key that is taken.
    func insert(_ agent: Agent) throws {
        try mapping("gateway_agent_tenant_id_agent_key", to: GatewayProblems.agentExists) {
            try self.tx.execute(
                """
                INSERT INTO gateway_agent (id, tenant_id, agent_key, owner_id, display_name, provider, model, status,
                    is_default, details, created_at, updated_at)
                VALUES (\(agent.id), \(agent.tenant), \(agent.key), \(agent.owner), \(agent.displayName),
                    \(agent.provider), \(agent.model), \(agent.status), \(agent.isDefault),
                    \(JSON.text(of: agent.details.stored)), \(agent.createdAt), \(agent.updatedAt))
                """
            )
        }
        try self.tx.invalidate(AgentDirectory.topic, agent.tenant.text)
    }

    /// Throws `agentExists` for a key that is taken.
    func update(_ agent: Agent) throws {
        try mapping("gateway_agent_tenant_id_agent_key", to: GatewayProblems.agentExists) {
            try self.tx.execute(
                """
                UPDATE gateway_agent SET agent_key = \(agent.key), owner_id = \(agent.owner),
                    display_name = \(agent.displayName), provider = \(agent.provider), model = \(agent.model),
                    status = \(agent.status), is_default = \(agent.isDefault),
                    details = \(JSON.text(of: agent.details.stored)), updated_at = \(self.tx.now)
                WHERE id = \(agent.id) AND tenant_id = \(agent.tenant) AND deleted_at IS NULL
                """
            )
        }
        try self.tx.invalidate(AgentDirectory.topic, agent.tenant.text)
    }

    /// What is shown of it has changed elsewhere: an earlier `ETag` holds no more.
    func touch(_ id: ID<Agent>, of tenant: ID<Tenant>) throws {
        try self.tx.execute(
            "UPDATE gateway_agent SET updated_at = \(self.tx.now) WHERE id = \(id) AND tenant_id = \(tenant)"
        )
        try self.tx.invalidate(AgentDirectory.topic, tenant.text)
    }

    /// Another agent of the tenant is the default one from now on.
    func clearDefault(of tenant: ID<Tenant>) throws {
        try self.tx.execute("UPDATE gateway_agent SET is_default = 0 WHERE tenant_id = \(tenant) AND is_default = 1")
    }

    /// Hides it; what it has is erased later.
    func delete(_ agent: Agent) throws {
        try self.tx.execute(
            """
            UPDATE gateway_agent SET deleted_at = \(self.tx.now), updated_at = \(self.tx.now)
            WHERE id = \(agent.id) AND tenant_id = \(agent.tenant)
            """
        )
        try self.tx.execute("DELETE FROM gateway_share WHERE agent_id = \(agent.id) AND tenant_id = \(agent.tenant)")
        try self.tx.execute("DELETE FROM gateway_agent_link WHERE agent_id = \(agent.id)")
        try self.tx.execute("DELETE FROM gateway_agent_alias WHERE agent_id = \(agent.id)")
        try self.tx.invalidate(AgentDirectory.topic, agent.tenant.text)
    }

    /// Deleted ones whose context is still there.
    func listErasable(limit: Int) throws -> [Agent] {
        try self.tx.rows(
            """
            SELECT \(raw: Self.columns) FROM gateway_agent a WHERE deleted_at IS NOT NULL AND EXISTS (
                SELECT 1 FROM gateway_context_file f WHERE f.agent_id = a.id) LIMIT \(limit)
            """
        )
    }

    /// By id, key, or a key that it had.
    func find(_ name: String, of tenant: ID<Tenant>) throws -> Agent? {
        let whose: SQL = Slug.isUUID(name) ? "id = \(name.lowercased())" : "agent_key = \(name)"
        return try self.tx.row(
            """
            SELECT \(raw: Self.columns) FROM gateway_agent
            WHERE tenant_id = \(tenant) AND \(whose) AND deleted_at IS NULL
            """
        )
    }

    /// Also one that was deleted.
    func find(any id: ID<Agent>, of tenant: ID<Tenant>) throws -> Agent? {
        try self.tx.row("SELECT \(raw: Self.columns) FROM gateway_agent WHERE tenant_id = \(tenant) AND id = \(id)")
    }

    func findDefault(of tenant: ID<Tenant>) throws -> Agent? {
        try self.tx.row(
            """
            SELECT \(raw: Self.columns) FROM gateway_agent
            WHERE tenant_id = \(tenant) AND is_default = 1 AND deleted_at IS NULL
            """
        )
    }

    /// Newest first.
    ///
    /// - Parameter user: who may use or owns them; nil for all.
    func list(
        of tenant: ID<Tenant>,
        usableBy user: String?,
        among keys: [String] = [],
        search: String? = nil,
        status: Agent.Status? = nil,
        _ page: ListPage
    ) throws -> Listed<Agent> {
        var conditions: [SQL] = [tenant.isOwn, "deleted_at IS NULL"]
        if let user {
            conditions.append(
                """
                (owner_id = \(user) OR is_default = 1 OR EXISTS (
                    SELECT 1 FROM gateway_share s WHERE s.agent_id = gateway_agent.id AND s.user_id = \(user)))
                """
            )
        }
        if let search {
            let pattern = LikePattern.containing(search.lowercased())
            conditions.append(
                """
                (LOWER(agent_key) LIKE \(pattern) ESCAPE '!' OR LOWER(display_name) LIKE \(pattern) ESCAPE '!')
                """
            )
        }
        if let status { conditions.append("status = \(status)") }
        if !keys.isEmpty { conditions.append(.isOf(agents: keys)) }
        let chosen: SQL = "FROM gateway_agent WHERE \(SQL.all(conditions))"
        let items = try self.tx.rows(
            """
            SELECT \(raw: Self.columns) \(chosen) ORDER BY created_at DESC, id DESC
            LIMIT \(page.limit) OFFSET \(page.offset)
            """,
            as: Agent.self
        )
        return Listed(items: items, total: try self.tx.value("SELECT COUNT(*) \(chosen)", as: Int.self) ?? 0)
    }

    /// Agents that ask a provider, first or when others fail, follow it to its new name.
    func follow(_ provider: String, to name: String, of tenant: ID<Tenant>) throws {
        let all = try self.tx.rows(
            "SELECT \(raw: Self.columns) FROM gateway_agent WHERE tenant_id = \(tenant) AND deleted_at IS NULL",
            as: Agent.self
        )
        for var agent in all
        where agent.provider == provider || agent.details.fallback.contains(where: { $0.provider == provider }) {
            if agent.provider == provider { agent.provider = name }
            agent.details.fallback = agent.details.fallback.map { choice in
                choice.provider == provider ? ModelChoice(provider: name, model: choice.model) : choice
            }
            try self.update(agent)
        }
    }

    /// The agent's earlier key still finds its sessions.
    func insert(alias key: String, of agent: Agent) throws {
        try self.tx.execute(
            """
            INSERT INTO gateway_agent_alias (tenant_id, agent_key, agent_id)
            VALUES (\(agent.tenant), \(key), \(agent.id))
            ON CONFLICT (tenant_id, agent_key) DO UPDATE SET agent_id = excluded.agent_id
            """
        )
    }

    /// Keys that it had.
    func listAliases(of agent: Agent) throws -> [String] {
        try self.tx.rows(
            """
            SELECT agent_key FROM gateway_agent_alias WHERE tenant_id = \(agent.tenant) AND agent_id = \(agent.id)
            ORDER BY agent_key
            """
        ) { try $0.column() }
    }

    func find(alias key: String, of tenant: ID<Tenant>) throws -> ID<Agent>? {
        try self.tx.value(
            "SELECT agent_id FROM gateway_agent_alias WHERE tenant_id = \(tenant) AND agent_key = \(key)"
        )
    }

    /// Whether somebody shares it with the user, and as what.
    func findShare(of agent: ID<Agent>, with user: String) throws -> String? {
        try self.tx.value("SELECT role FROM gateway_share WHERE agent_id = \(agent) AND user_id = \(user)")
    }

    // MARK: What is linked

    func setLink(of agent: Agent, to link: Neighbours.NetworkLink?) throws {
        try self.tx.execute(
            "DELETE FROM gateway_agent_link WHERE agent_id = \(agent.id) AND tenant_id = \(agent.tenant)"
        )
        try self.tx.invalidate(AgentDirectory.topic, agent.tenant.text)
        guard let link else { return }
        try self.tx.execute(
            """
            INSERT INTO gateway_agent_link (agent_id, tenant_id, affiliate_account, affiliate_key, created_at)
            VALUES (\(agent.id), \(agent.tenant), \(link.account), \(link.key), \(self.tx.now))
            """
        )
    }

    func findLink(of agent: ID<Agent>) throws -> Neighbours.NetworkLink? {
        try self.tx.row("SELECT affiliate_account, affiliate_key FROM gateway_agent_link WHERE agent_id = \(agent)") {
            Neighbours.NetworkLink(account: try $0.column(), key: try $0.column())
        }
    }
}

extension Transaction {
    var agents: AgentStore { AgentStore(tx: self) }
}
