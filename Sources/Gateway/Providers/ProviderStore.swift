import Kernel
import Storage

struct ProviderStore {
    let tx: Transaction

    /// Throws `providerExists` for a name that is taken.
    func insert(_ provider: Provider) throws {
        try mapping("gateway_provider_tenant_id_name", to: GatewayProblems.providerExists) {
            try self.tx.execute(
                """
                INSERT INTO gateway_provider (id, tenant_id, name, display_name, provider_type, api_base, default_model,
                    secrets, enabled, settings, created_at, updated_at)
                VALUES (\(provider.id), \(provider.tenant), \(provider.name), \(provider.displayName), \(provider.type),
                    \(provider.apiBase), \(provider.defaultModel), \(provider.sealed), \(provider.isEnabled),
                    \(JSON.text(of: provider.settings.json)), \(provider.createdAt), \(provider.updatedAt))
                """
            )
        }
        try self.tx.invalidate(ProviderDirectory.topic, provider.tenant.text)
    }

    /// Throws `providerExists` for a name that is taken.
    func update(_ provider: Provider) throws {
        try mapping("gateway_provider_tenant_id_name", to: GatewayProblems.providerExists) {
            try self.tx.execute(
                """
                UPDATE gateway_provider SET name = \(provider.name), display_name = \(provider.displayName),
                    provider_type = \(provider.type), api_base = \(provider.apiBase),
                    default_model = \(provider.defaultModel), secrets = \(provider.sealed),
                    enabled = \(provider.isEnabled), settings = \(JSON.text(of: provider.settings.json)),
                    updated_at = \(self.tx.now)
                WHERE id = \(provider.id) AND tenant_id = \(provider.tenant)
                """
            )
        }
        try self.tx.invalidate(ProviderDirectory.topic, provider.tenant.text)
    }

    func delete(_ provider: Provider) throws {
        try self.tx.execute(
            "DELETE FROM gateway_provider WHERE id = \(provider.id) AND tenant_id = \(provider.tenant)"
        )
        try self.tx.execute(
            "DELETE FROM gateway_price WHERE provider_id = \(provider.id) AND tenant_id = \(provider.tenant)"
        )
        try self.tx.invalidate(ProviderDirectory.topic, provider.tenant.text)
    }

    /// Throws `providerNotFound`.
    func require(_ id: ID<Provider>, of tenant: ID<Tenant>) throws -> Provider {
        let found: Provider? = try self.tx.row(
            "SELECT \(raw: Provider.columns) FROM gateway_provider WHERE id = \(id) AND tenant_id = \(tenant)"
        )
        guard let found else { throw GatewayProblems.providerNotFound }
        return found
    }

    func find(name: String, of tenant: ID<Tenant>) throws -> Provider? {
        try self.tx.row(
            "SELECT \(raw: Provider.columns) FROM gateway_provider WHERE tenant_id = \(tenant) AND name = \(name)"
        )
    }

    /// Newest first.
    func list(of tenant: ID<Tenant>) throws -> [Provider] {
        try self.tx.rows(
            """
            SELECT \(raw: Provider.columns) FROM gateway_provider WHERE tenant_id = \(tenant)
            ORDER BY created_at DESC, id DESC
            """
        )
    }

    /// Whether an agent answers with it.
    /// As agents keep it: a name has no character that a pattern or JSON would write otherwise.
    private static func fallback(on name: String) -> String {
        LikePattern.containing("\"provider\":\"\(name)\"")
    }

    /// Agents that ask it, first or when others fail.
    func isUsed(_ provider: Provider) throws -> Bool {
        try self.tx.value(
            """
            SELECT COUNT(*) FROM gateway_agent
            WHERE tenant_id = \(provider.tenant) AND deleted_at IS NULL
                AND (provider = \(provider.name) OR details LIKE \(Self.fallback(on: provider.name)) ESCAPE '!')
            """,
            as: Int.self
        ) != 0
    }
}

extension Transaction {
    var providers: ProviderStore { ProviderStore(tx: self) }
}
