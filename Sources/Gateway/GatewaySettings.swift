import Foundation
import Kernel
import Platform

/// What the operator can set of the gateway.
struct GatewaySettings: Sendable {
    /// What is done with a message that looks like an attempt to talk the agent out of its instructions.
    enum InjectionAction: String, Sendable, CaseIterable { case off, log, warn, block }

    /// How much of what was said is kept in traces.
    enum TraceContent: String, Sendable, CaseIterable { case none, preview, full }

    let token: String?
    let owners: Set<String>
    let requestsPerMinute: Int
    let maximumMessageCharacters: Int
    let injectionAction: InjectionAction
    let runSeconds: Int
    let runPlaces: Int
    /// Of a tenant's month; nil for none.
    let tenantBudget: Dollars?
    let providerOrigins: ProviderOrigins
    let traceContent: TraceContent
    let retentionDays: Int
    let areDocumentsPublic: Bool

    /// Throws `ConfigurationError`.
    init(_ settings: SettingValues) throws {
        self.token = settings[.gatewayToken]
        if let token { try GatewayToken.check(token) }
        self.owners = Set(settings.list(.gatewayOwners))
        self.requestsPerMinute = try settings.integer(.gatewayRateLimit, 0...1_000_000, default: 0)
        self.maximumMessageCharacters = try settings.integer(.gatewayMessageCharacters, 1...10_000_000, default: 32_768)
        self.injectionAction = try settings.choice(.gatewayInjection, default: .warn)
        self.runSeconds = try settings.integer(.gatewayRunSeconds, 10...3600, default: 540)
        self.runPlaces = try settings.integer(.gatewayRunPlaces, 1...100_000, default: 1024)
        self.tenantBudget =
            settings[.gatewayTenantBudget]?.lowercased() == "none"
            ? nil : Dollars(cents: try settings.integer(.gatewayTenantBudget, 0...100_000_000, default: 2000))
        self.providerOrigins = try ProviderOrigins(settings.list(.gatewayProviderOrigins))
        self.traceContent = try settings.choice(.gatewayTraceContent, default: .preview)
        self.retentionDays = try settings.integer(.gatewayRetention, 0...36_500, default: 90)
        self.areDocumentsPublic = try settings.choice(.gatewayPublicDocs, default: Truth.true) == .true
    }

    private enum Truth: String, CaseIterable { case `true`, `false` }
}

extension SettingValues {
    /// Throws `ConfigurationError`, which names the setting and what it may be.
    fileprivate func choice<T: RawRepresentable & CaseIterable>(_ setting: Setting, default standard: T) throws -> T
    where T.RawValue == String {
        guard let text = self[setting] else { return standard }
        guard let value = T(rawValue: text.lowercased()) else {
            let known = T.allCases.map(\.rawValue).joined(separator: ", ")
            throw ConfigurationError("\(setting.name): '\(text)' is none of \(known)")
        }
        return value
    }
}

extension Setting {
    static let gatewayToken = Setting(
        "gateway_token",
        "the gateway's administrator token (one is made at the first start)",
        isSecret: true
    )
    static let gatewayOwners = Setting(
        "gateway_owner_ids",
        "users that own the gateway under its token, comma separated"
    )
    static let gatewayRateLimit = Setting("gateway_rate_limit_rpm", "requests a minute of a user or address (0: any)")
    static let gatewayMessageCharacters = Setting("gateway_max_message_chars", "characters of one message (32768)")
    static let gatewayInjection = Setting(
        "gateway_injection_action",
        "what is done with messages that look like prompt injection: off, log, warn, block (warn)"
    )
    static let gatewayRunSeconds = Setting("gateway_run_seconds", "how long one run may take (540)")
    static let gatewayRunPlaces = Setting("gateway_run_places", "runs at once on this server (1024)")
    static let gatewayTenantBudget = Setting(
        "gateway_tenant_budget_cents",
        "what models of a new tenant may cost a month, in US cents, or none (2000)"
    )
    static let gatewayProviderOrigins = Setting(
        "gateway_provider_origins",
        "model servers on private addresses: http://127.0.0.1:11434, or origin=tenant, comma separated"
    )
    static let gatewayTraceContent = Setting(
        "gateway_trace_content",
        "how much of messages traces keep: none, preview, full (preview)"
    )
    static let gatewayRetention = Setting(
        "gateway_retention_days",
        "days that runs and traces are kept (90; 0: always)"
    )
    static let gatewayPublicDocs = Setting(
        "gateway_public_docs",
        "whether the reference can be read without a key: true, false (true)"
    )
}

/// The gateway's administrator token.
enum GatewayToken {
    private static let typical: Set<String> = [
        "undefined", "null", "none", "changeme", "password", "secret", "token", "admin",
    ]

    /// Refuses what could be guessed. Throws `ConfigurationError`.
    static func check(_ token: String) throws {
        let reason: String? =
            if token.isEmpty { "is empty" } else if self.typical.contains(token.lowercased()) {
                "is '\(token.lowercased())', which everybody would try first"
            } else if token.utf8.count < 24 { "has fewer than 24 characters" } else if Set(token.utf8).count < 10 {
                "has fewer than 10 different characters"
            } else if APIKey.isKey(token) {
                "looks like an API key"
            } else if !token.utf8.allSatisfy({
                $0 > 32 && $0 < 127
            }) { "has characters that no header carries" } else { nil }
        if let reason { throw ConfigurationError("gateway_token \(reason); try: head -c 24 /dev/urandom | base64") }
    }

    /// In the data directory.
    static let fileName = "gateway-token"

    static func random() -> String { (0..<32).map { _ in UInt8.random(in: .min ... .max) }.base64URL }

    /// From the data directory, where it is made once and readable by its owner only. Throws `ConfigurationError`.
    static func load(from directory: String) throws -> String {
        let path = "\(directory)/\(self.fileName)"
        if let text = try? String(contentsOfFile: path, encoding: .utf8) {
            try self.check(text.trimmed)
            return text.trimmed
        }
        let token = self.random()
        let made = FileManager.default.createFile(
            atPath: path,
            contents: Data(token.utf8),
            attributes: [.posixPermissions: 0o600]
        )
        guard made else { throw ConfigurationError("cannot write \(path)") }
        return token
    }
}
