import Kernel
import Platform
import Storage

/// Providers from memory, with their secrets open: every call of a model needs one.
final class ProviderDirectory: Sendable {
    static let topic = "gateway_provider"

    private let providers: ReadCache<ID<Tenant>, [String: OpenProvider]>
    private let secrets: SecretBox
    private let origins: ProviderOrigins

    init(database: any Database, secrets: SecretBox, origins: ProviderOrigins) {
        self.providers = ReadCache(Self.topic, of: database, limit: 1000)
        (self.secrets, self.origins) = (secrets, origins)
    }

    /// By name.
    func all(of tenant: Tenant) async throws -> [String: OpenProvider] {
        try await self.providers.find(tenant.id) { tx in
            let all = try tx.providers.list(of: tenant.id).map { provider in
                (provider.name, self.open(provider, try tx.prices.find(provider.id.text), of: tenant))
            }
            return Dictionary(uniqueKeysWithValues: all)
        } ?? [:]
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
