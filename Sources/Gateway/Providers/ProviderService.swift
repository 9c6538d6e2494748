import Foundation
import Kernel
import NIOCore
import NIOHTTP1
import Platform
import Storage
import Web

/// Opens, changes and tries providers.
struct ProviderService: Sendable {
    let database: any Database
    let ids: IDGenerator
    let secrets: SecretBox
    let outbound: Outbound
    let origins: ProviderOrigins

    /// What is set of a provider; what is nil stays as it is.
    struct Changes: Sendable {
        var name: String?
        var displayName: String?
        var type: String?
        var apiBase: String?
        var defaultModel: String?
        var isEnabled: Bool?
        /// `.some(nil)` takes the key away.
        var apiKey: String??
        var settings: JSONValue?

        /// Names of what is set.
        var fields: [String] {
            let set: [(String, Bool)] = [
                ("name", self.name != nil), ("display_name", self.displayName != nil),
                ("provider_type", self.type != nil), ("api_base", self.apiBase != nil),
                ("default_model", self.defaultModel != nil), ("enabled", self.isEnabled != nil),
                ("api_key", self.apiKey != nil), ("settings", self.settings != nil),
            ]
            return set.filter(\.1).map(\.0)
        }
    }

    /// Throws `providerKind`, `providerAddress`, `providerAddressPrivate`, `providerExists`.
    func create(
        _ changes: Changes,
        by actor: GatewayActor,
        first: @escaping @Sendable (Transaction) throws -> Void = { _ in },
        last: @escaping @Sendable (Provider, Transaction) throws -> Void = { _, _ in }
    ) async throws -> Provider {
        let type = changes.type ?? ""
        guard ProviderKind.wire(of: type) != nil else { throw GatewayProblems.providerKind(ProviderKind.all) }
        var settings = ProviderSettings()
        if ProviderKind.own.contains(type) { settings.unpriced = .free }
        var provider = Provider(
            id: self.ids.next(),
            tenant: actor.tenant.id,
            name: changes.name ?? "",
            displayName: changes.displayName ?? "",
            type: type,
            apiBase: ProviderKind.address(of: type) ?? "",
            defaultModel: type == ProviderKind.echo ? ProviderKind.echoModel : "",
            sealed: nil,
            isEnabled: true,
            settings: settings,
            createdAt: Timestamp(microseconds: 0),
            updatedAt: Timestamp(microseconds: 0)
        )
        try self.apply(changes, to: &provider)
        try await self.checkAddress(of: provider, actor.tenant)
        let draft = provider
        return try await self.database.write { tx in
            try first(tx)
            let made = draft.made(at: tx.now)
            try tx.providers.insert(made)
            try tx.activity.record(actor.activity, "created", of: "provider", made.id.text, fields: changes.fields)
            try last(made, tx)
            return made
        }
    }

    /// Throws `providerNotFound`, then the problems of ``create(_:by:first:last:)``.
    func update(
        _ id: ID<Provider>,
        _ changes: Changes,
        by actor: GatewayActor,
        ifMatch: String? = nil
    ) async throws -> Provider {
        let known = try await self.database.read { try $0.providers.require(id, of: actor.tenant.id) }
        if let type = changes.type, ProviderKind.wire(of: type) == nil {
            throw GatewayProblems.providerKind(ProviderKind.all)
        }
        var checked = known
        try self.apply(changes, to: &checked)
        if checked.apiBase != known.apiBase || checked.type != known.type {
            try await self.checkAddress(of: checked, actor.tenant)
        }
        return try await self.database.write { tx in
            var provider = try tx.providers.require(id, of: actor.tenant.id)
            let version = provider.updatedAt.version
            try EntityTag.require(ifMatch, version: version, else: GatewayProblems.versionChanged)
            try self.apply(changes, to: &provider)
            provider.updatedAt = tx.now
            try tx.providers.update(provider)
            if provider.name != known.name { try tx.agents.follow(known.name, to: provider.name, of: actor.tenant.id) }
            try tx.activity.record(actor.activity, "updated", of: "provider", id.text, fields: changes.fields)
            return provider
        }
    }

    private func apply(_ changes: Changes, to provider: inout Provider) throws {
        let before = provider
        if let name = changes.name { provider.name = name }
        if let name = changes.displayName { provider.displayName = name }
        if let type = changes.type {
            provider.type = type
            if changes.apiBase == nil, type != before.type {
                provider.apiBase = ProviderKind.address(of: type) ?? provider.apiBase
            }
        }
        if let base = changes.apiBase { provider.apiBase = Self.tidied(base) }
        if let model = changes.defaultModel { provider.defaultModel = model }
        if let isEnabled = changes.isEnabled { provider.isEnabled = isEnabled }
        var opened = ProviderSecrets.open(provider, self.secrets)
        // A key must not follow to another host.
        if provider.apiBase != before.apiBase && !before.apiBase.isEmpty || provider.type != before.type {
            opened = ProviderSecrets()
        }
        if let key = changes.apiKey { opened.apiKey = key }
        if let settings = changes.settings {
            provider.settings = ProviderSettings(stored: provider.settings.json.adding(settings.object ?? [:]))
            if let headers = settings["headers"]?.object {
                // A value that is masked stays.
                opened.headers = headers.compactMapValues(\.string).reduce(into: [:]) { kept, header in
                    kept[header.key] = header.value == "***" ? opened.headers[header.key] : header.value
                }
            }
        }
        provider.settings.headerNames = opened.headers.keys.sorted()
        provider.sealed = try opened.seal(self.secrets, context: provider.secretContext)
    }

    private static func tidied(_ base: String) -> String {
        base.bytewise.dropping(suffix: "/").map(String.init) ?? base
    }

    private func checkAddress(of provider: Provider, _ tenant: Tenant) async throws {
        if provider.wire == .echo { return }
        guard let url = URL(string: provider.apiBase), url.query == nil, url.fragment == nil,
            (try? Outbound.host(of: provider.apiBase)) != nil
        else { throw GatewayProblems.providerAddress }
        let isNamed = self.origins.allows(provider.apiBase, for: tenant)
        do {
            try await self.outbound.check(provider.apiBase, reach: isNamed ? .everywhere : .publicOnly)
        } catch OutboundError.forbiddenAddress { throw GatewayProblems.providerAddressPrivate } catch OutboundError
            .cannotResolve
        {
            // It may be there later; it is checked again with every call.
        } catch is OutboundError { throw GatewayProblems.providerAddress }
    }

    /// Throws `providerNotFound`, `versionChanged`, `providerInUse`.
    func delete(_ id: ID<Provider>, isForced: Bool, by actor: GatewayActor, ifMatch: String? = nil) async throws {
        try await self.database.write { tx in
            let provider = try tx.providers.require(id, of: actor.tenant.id)
            let version = provider.updatedAt.version
            try EntityTag.require(ifMatch, version: version, else: GatewayProblems.versionChanged)
            if try !isForced && tx.providers.isUsed(provider) { throw GatewayProblems.providerInUse }
            try tx.providers.delete(provider)
            try tx.activity.record(actor.activity, "deleted", of: "provider", id.text)
        }
    }
}

/// How a provider has answered when it was tried.
struct ProviderTrial: Sendable {
    let isOK: Bool
    let milliseconds: Int64
    let model: String
    var error: String?
}

extension Provider {
    fileprivate func made(at now: Timestamp) -> Provider {
        Provider(
            id: self.id,
            tenant: self.tenant,
            name: self.name,
            displayName: self.displayName,
            type: self.type,
            apiBase: self.apiBase,
            defaultModel: self.defaultModel,
            sealed: self.sealed,
            isEnabled: self.isEnabled,
            settings: self.settings,
            createdAt: now,
            updatedAt: now
        )
    }
}
