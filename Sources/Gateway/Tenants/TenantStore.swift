import Kernel
import Platform
import Storage

struct TenantStore {
    let tx: Transaction

    /// Throws `tenantExists` for a slug that is taken.
    func insert(_ tenant: Tenant) throws {
        try mapping("gateway_tenant_slug", to: GatewayProblems.tenantExists) {
            try self.tx.execute(
                """
                INSERT INTO gateway_tenant (id, slug, name, created_at)
                VALUES (\(tenant.id), \(tenant.slug), \(tenant.name), \(tenant.createdAt))
                """
            )
        }
        try self.tx.invalidate(TenantDirectory.topic, tenant.slug)
    }

    func find(_ id: ID<Tenant>) throws -> Tenant? {
        try self.tx.row("SELECT \(raw: Tenant.columns) FROM gateway_tenant WHERE id = \(id)")
    }

    func find(slug: String) throws -> Tenant? {
        try self.tx.row("SELECT \(raw: Tenant.columns) FROM gateway_tenant WHERE slug = \(slug)")
    }

    func list() throws -> [Tenant] {
        try self.tx.rows("SELECT \(raw: Tenant.columns) FROM gateway_tenant ORDER BY created_at, id")
    }

    /// An agent's identity on the market, made with its first payment. Nobody else can have its name.
    func identity(ofAgent agent: String, of tenant: ID<Tenant>, _ ids: IDGenerator) throws -> Identity {
        let name = "gateway:\(tenant):\(agent)"
        if let known = try self.tx.identities.find(name: name) { return known }
        let identity = Identity(id: ids.next(), name: name, createdAt: self.tx.now)
        try self.tx.identities.insert(identity, isReserved: true)
        return identity
    }

    /// The tenant's identity, made with its first key.
    func identity(of tenant: Tenant, _ ids: IDGenerator) throws -> Identity {
        if let known = try self.tx.identities.find(name: tenant.identityName) { return known }
        let identity = Identity(id: ids.next(), name: tenant.identityName, createdAt: self.tx.now)
        try self.tx.identities.insert(identity, isReserved: true)
        return identity
    }
}

extension ID<Tenant> {
    /// The condition that a row is the tenant's own.
    var isOwn: SQL { "tenant_id = \(self)" }
}

extension SQL {
    /// The condition that a row is of an agent: by its id, its key, or a key that it had when the row was written.
    static func isOf(agent name: String, of tenant: ID<Tenant>) -> SQL {
        """
        (agent_id = \(name) OR agent_key = \(name) OR agent_id IN (
            SELECT id FROM gateway_agent WHERE tenant_id = \(tenant) AND agent_key = \(name) AND deleted_at IS NULL))
        """
    }

    /// The condition that a row is of one of these agents, by their keys.
    static func isOf(agents keys: [String]) -> SQL {
        let any = keys.reduce("1 = 0" as SQL) { "\($0) OR agent_key = \($1)" }
        return "(\(any))"
    }
}

extension Transaction {
    var tenants: TenantStore { TenantStore(tx: self) }
}
