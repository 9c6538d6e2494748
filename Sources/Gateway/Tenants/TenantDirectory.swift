import Kernel
import Storage

/// Tenants from memory: every request names one.
final class TenantDirectory: Sendable {
    static let topic = "gateway_tenant"

    private let tenants: ReadCache<String, Tenant>

    init(database: any Database) { self.tenants = ReadCache(Self.topic, of: database, limit: 10_000) }

    /// By id or slug. Throws `tenantNotFound`.
    func require(_ name: String) async throws -> Tenant {
        let found = try await self.tenants.find(name) { tx in
            try Slug.isUUID(name) ? tx.tenants.find(ID<Tenant>(name.lowercased())) : tx.tenants.find(slug: name)
        }
        guard let found else { throw GatewayProblems.tenantNotFound }
        return found
    }
}
