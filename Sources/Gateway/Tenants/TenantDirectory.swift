import Kernel
import Storage
import Synchronization

/// Tenants from memory: every request names one.
final class TenantDirectory: Sendable {
    static let topic = "gateway_tenant"

    private struct State {
        var tenants: [String: Tenant] = [:]
        var generation = 0
    }

    private let state = Mutex(State())
    private let database: any Database

    init(database: any Database) {
        self.database = database
        database.invalidations.on(Self.topic) { [weak self] _ in
            self?.state.withLock { state in
                state.tenants = [:]
                state.generation += 1
            }
        }
    }

    /// By id or slug. Throws `tenantNotFound`.
    func require(_ name: String) async throws -> Tenant {
        let (known, generation) = self.state.withLock { ($0.tenants[name], $0.generation) }
        if let known { return known }
        let isID = Slug.isUUID(name)
        let found = try await self.database.read { tx in
            try isID ? tx.tenants.find(ID<Tenant>(name.lowercased())) : tx.tenants.find(slug: name)
        }
        guard let found else { throw GatewayProblems.tenantNotFound }
        self.state.withLock { state in
            guard state.generation == generation else { return }
            if state.tenants.count >= 10_000 { state.tenants = [:] }
            state.tenants[name] = found
        }
        return found
    }
}
