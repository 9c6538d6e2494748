import Kernel
import Platform
import Storage
import Synchronization

/// Providers from memory, with their secrets open: every call of a model needs one.
final class ProviderDirectory: Sendable {
    static let topic = "gateway_provider"

    private struct State {
        var tenants: [ID<Tenant>: [String: OpenProvider]] = [:]
        var generation = 0
    }

    private let state = Mutex(State())
    private let database: any Database
    private let secrets: SecretBox
    private let origins: ProviderOrigins
    private let directory: TenantDirectory

    init(database: any Database, secrets: SecretBox, origins: ProviderOrigins, tenants: TenantDirectory) {
        (self.database, self.secrets, self.origins, self.directory) = (database, secrets, origins, tenants)
        database.invalidations.on(Self.topic) { [weak self] _ in
            self?.state.withLock { state in
                state.tenants = [:]
                state.generation += 1
            }
        }
    }

    /// By name; nil where there is none.
    func find(_ name: String, of tenant: ID<Tenant>) async throws -> OpenProvider? {
        try await self.all(of: tenant)[name]
    }

    /// By name.
    func all(of tenant: ID<Tenant>) async throws -> [String: OpenProvider] {
        let (known, generation) = self.state.withLock { ($0.tenants[tenant], $0.generation) }
        if let known { return known }
        let owner = try await self.directory.require(tenant.text)
        let read = try await self.database.read { tx in
            try tx.providers.list(of: tenant).map { ($0, try tx.prices.find($0.id.text)) }
        }
        let open = Dictionary(
            uniqueKeysWithValues: read.map { ($0.0.name, self.open($0.0, $0.1, of: owner)) }
        )
        self.state.withLock { state in
            guard state.generation == generation else { return }
            if state.tenants.count >= 1000 { state.tenants = [:] }
            state.tenants[tenant] = open
        }
        return open
    }

    func open(_ provider: Provider, _ prices: PriceList, of tenant: Tenant) -> OpenProvider {
        let opened = ProviderSecrets.open(provider, self.secrets)
        return OpenProvider(
            provider: provider,
            apiKey: opened.apiKey,
            headers: provider.settings.headerNames.compactMap { name in opened.headers[name].map { (name, $0) } },
            prices: prices,
            isNamed: self.origins.allows(provider.apiBase, for: tenant)
        )
    }
}

/// A provider's key and the values of its headers.
struct ProviderSecrets: Sendable, Equatable {
    var apiKey: String?
    var headers: [String: String] = [:]

    /// Nothing where an earlier key of the operator has sealed them.
    static func open(_ provider: Provider, _ box: SecretBox) -> ProviderSecrets {
        guard let sealed = provider.sealed, let bytes = try? box.open(sealed, context: provider.secretContext),
            let value = try? JSON.read(bytes)
        else { return ProviderSecrets() }
        return ProviderSecrets(
            apiKey: value["api_key"]?.string,
            headers: (value["headers"]?.object ?? [:]).compactMapValues(\.string)
        )
    }

    /// Nil where there is nothing to seal.
    func seal(_ box: SecretBox, context: String) throws -> [UInt8]? {
        guard self.apiKey != nil || !self.headers.isEmpty else { return nil }
        let value: JSONValue = [
            "api_key": .text(self.apiKey), "headers": .object(self.headers.mapValues { .string($0) }),
        ]
        return try box.seal(try JSON.encode(value), context: context)
    }
}
