import Foundation
import HTTPTypes
package import Kernel
import Ledger
import Logging
import NIOCore
package import Platform
import Search
package import ServiceLifecycle
package import Storage
package import Web

/// The gateway: AI agents with providers, tools, sessions and budgets, behind an OpenAI-compatible door.
package struct Gateway: Slice {
    package static let name = GatewayContract.name
    package static let dataFiles = [DataFile("gateway/files"), DataFile(GatewayToken.fileName, isSecret: true)]
    package static let migrations = GatewaySchema.migrations
    package static let settings = [
        Setting.gatewayToken, .gatewayOwners, .gatewayRateLimit, .gatewayMessageCharacters, .gatewayInjection,
        .gatewayRunSeconds, .gatewayRunPlaces, .gatewayTenantBudget, .gatewayProviderOrigins, .gatewayTraceContent,
        .gatewayRetention, .gatewayPublicDocs,
    ]
    package static let words = GatewayWords.all
    package static let metrics = GatewayMetrics.all
    package static let webhooks = GatewayWebhooks.dialect
    package static let roles = Scope.allCases.map(\.role)
    package static let exposedHeaders = [
        "X-GoClaw-Run-Id", "X-GoClaw-Trace-Id", "X-GoClaw-Session-Key", "X-GoClaw-Agent-Id", "X-GoClaw-Ignored",
        "X-GoClaw-Provider", "X-GoClaw-Model", "X-GoClaw-Overhead-Ms", "X-GoClaw-Cost-Micros", "X-Total-Count",
        "x-should-retry", "retry-after-ms",
    ]

    package static func check(_ settings: SettingValues) throws { _ = try GatewaySettings(settings) }

    package let surface: Surface
    package let services: [any Service]
    package let jobKinds: [JobKind] = []
    let parts: GatewayParts
    /// The administrator's, for the console.
    package var token: String { self.parts.token }
    /// What other surfaces do for agents.
    package var neighbours: NeighbourPlace { self.parts.neighbours }

    package init(_ house: SurfaceDependencies, _ settings: SettingValues) throws {
        let parts = try GatewayParts(house, try GatewaySettings(settings))
        self.parts = parts
        house.metrics.add { GatewayMetrics.samples(of: parts) }
        let routes = GatewayRoutes(house, parts)
        let operations = routes.endpoints + GatewayConsole.endpoints(house, parts, routes)
        let documents = DocumentRoutes(
            publicURL: house.publicURL,
            arePublic: parts.settings.areDocumentsPublic,
            actors: parts.actors,
            assetsDirectory: house.assetsDirectory
        ).endpoints(beside: operations)
        self.surface = Surface(GatewayContract.shared, endpoints: operations + documents, events: [])
        let retention = GatewayRetention(
            database: house.database,
            workspaces: parts.workspaces,
            days: parts.settings.retentionDays,
            logger: house.logger
        )
        self.services = [parts.keys, parts.runs, retention]
    }

    /// The master tenant with a provider and an agent that answer without any account anywhere, and the token's credential.
    package func prepare() async throws { try await GatewaySeed(parts: self.parts).prepare() }

    package func makeKey(role: Role, owner: String, rateLimit: Int?) async throws -> JSONValue {
        guard let scope = Scope(role) else { throw ConfigurationError("there is no scope \(role)") }
        try await self.prepare()
        let made = try await self.parts.keyService.createAtConsole(scope, owner: owner, rateLimit: rateLimit ?? 0)
        return [
            "authorization": .string(made.secret), "key": .string(made.secret), "id": .string(made.key.id.text),
            "scopes": .strings(made.key.scopes.names), "owner_id": .text(made.key.owner),
        ]
    }

    // MARK: Console

    /// Throws `ConfigurationError`.
    package func openTenant(_ slug: String, name: String) async throws -> JSONValue {
        guard Slug.isSlug(slug), !Slug.isUUID(slug) else {
            throw ConfigurationError("a tenant's slug has 1 to 64 of a-z, 0-9 and hyphens, and no hyphen at its ends")
        }
        try await self.prepare()
        let tenant = try await self.parts.house.database.write { tx in
            guard try tx.tenants.find(slug: slug) == nil else {
                throw ConfigurationError("there is a tenant \(slug) already")
            }
            return try GatewaySeed.open(
                slug,
                name: name,
                by: .console(of: Tenant.master, self.parts.house.ids),
                self.parts,
                in: tx
            )
        }
        return TenantOutput.shape.json(of: TenantOutput(tenant: tenant))
    }

    package func tenants() async throws -> JSONValue {
        try await self.prepare()
        let all = try await self.parts.house.database.read { try $0.tenants.list() }
        return TenantList.shape.json(of: TenantList(tenants: all.map { TenantOutput(tenant: $0) }))
    }

    /// Runs under way have so long at the end of the server; meanwhile requests are answered, and told that it ends.
    private static let drainSeconds: Int64 = 20

    package func drain() async {
        self.parts.runs.places.close()
        let deadline = NIODeadline.now() + .seconds(Self.drainSeconds)
        while !self.parts.runHouse.registry.isEmpty, .now() < deadline, !Task.isCancelled {
            try? await Task.sleep(for: .milliseconds(50))
        }
    }

    package func noteRevoked(_ credential: String, in tx: Transaction) throws {
        guard credential != APIKey.tokenCredential else { throw Problem(.conflict, "key_of_the_server") }
        if let key = try tx.apiKeys.find(credential: credential) { _ = try tx.apiKeys.revoke(key) }
    }

    package func verify(in tx: Transaction) throws -> [String] { try GatewayCheck.differences(in: tx) }
}
