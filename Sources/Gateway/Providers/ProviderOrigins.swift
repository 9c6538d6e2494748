import Foundation
import Kernel
import Platform

/// Model servers on addresses that nobody else may reach, as the operator has named them: scheme, host and port, each for one tenant.
struct ProviderOrigins: Sendable {
    /// The slugs of tenants, by origin.
    private let tenants: [String: Set<String>]

    /// - Parameter entries: `http://127.0.0.1:11434` for the master tenant, or `http://127.0.0.1:11434=slug`; with `*` for every port.
    ///
    /// Throws `ConfigurationError`.
    init(_ entries: [String]) throws {
        self.tenants = try entries.reduce(into: [:]) { tenants, entry in
            let (origin, tenant) = entry.bytewise.cut(at: "=")
            let host = origin.bytewise.dropping(suffix: ":*")
            let whole = Self.origin(of: host.map(String.init) ?? String(origin))
            guard let known = host == nil ? whole : whole.map(Self.anyPort) else {
                throw ConfigurationError(
                    "gateway_provider_origins: '\(entry)' is no origin such as http://127.0.0.1:11434"
                )
            }
            tenants[known, default: []].insert(tenant.map(String.init) ?? Tenant.masterSlug)
        }
    }

    /// Whether a provider of the tenant may be at the address although it is private.
    func allows(_ url: String, for tenant: Tenant) -> Bool {
        guard let origin = Self.origin(of: url) else { return false }
        return [origin, Self.anyPort(origin)].contains { self.tenants[$0]?.contains(tenant.slug) ?? false }
    }

    private static func anyPort(_ origin: String) -> String {
        origin.bytewise.split(":", keepsEmpty: true).dropLast().joined(separator: ":") + ":*"
    }

    /// `http://127.0.0.1:11434`, whatever follows.
    static func origin(of url: String) -> String? {
        guard let parts = URL(string: url), let scheme = parts.scheme?.lowercased(),
            ["http", "https"].contains(scheme),
            let host = parts.host?.lowercased(), !host.isEmpty, parts.user == nil
        else { return nil }
        let name = host.bytewise.contains(":") ? "[\(host)]" : host
        return "\(scheme)://\(name):\(parts.port ?? (scheme == "https" ? 443 : 80))"
    }
}
