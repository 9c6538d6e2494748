import Affiliate
import Foundation
package import Kernel
import Ledger
package import Logging
import Market
package import Platform
package import ServiceLifecycle
package import Storage
package import Web

/// Everything that is built from a configuration: the one place that knows all slices.
package struct House: Sendable {
    package let configuration: Configuration
    package let database: any Database
    package let slices: [any Slice]
    package let web: WebDependencies
    package let outbound: Outbound
    /// Of all listeners together.
    package let connections: ConnectionCounts
    package let run: ServerRun
    package let worker: WebhookWorker
    package let jobs: JobWorker
    package let metrics: Metrics
    package let clock: WallClock
    /// Nil but in a sandbox.
    package let sandboxClock: SandboxClock?
    package let logger: Logger

    /// The surfaces that there are.
    package static let sliceTypes: [any Slice.Type] = [Market.self, Affiliate.self]

    /// All migrations of all slices, in the order in which they are applied.
    package static let migrations =
        LedgerSchema.migrations + PlatformSchema.migrations + sliceTypes.flatMap { $0.migrations }

    /// Where time and identifiers come from; tests fix both.
    package struct Sources: Sendable {
        package let clock: WallClock
        package let ids: IDGenerator

        package init(clock: WallClock, ids: IDGenerator) {
            self.clock = clock
            self.ids = ids
        }

        package static let system = Sources(clock: .system, ids: .system(now: WallClock.system.now))
    }

    package init(
        _ configuration: Configuration,
        database: any Database,
        publicURL: String,
        sources: Sources = .system,
        sandboxClock: SandboxClock? = nil,
        logger: Logger
    ) throws {
        let clock = sources.clock
        let outbound = Outbound(allowedHosts: configuration.outboundAllow, clock: clock)
        let secrets = try OperatorKey.load(configuration, ids: sources.ids)
        let credentials = CredentialCache(database: database)
        let (authentication, metrics) = (Authentication(credentials: credentials, clock: clock), Self.makeMetrics())
        (self.configuration, self.database, self.outbound) = (configuration, database, outbound)
        (self.sandboxClock, self.metrics) = (sandboxClock, metrics)
        self.clock = clock
        self.logger = logger
        let accounts = AccountCache()
        let dependencies = { (surface: String) in
            SurfaceDependencies(
                database: database,
                accounts: accounts,
                authentication: authentication,
                sessions: Sessions(
                    database: database,
                    credentials: credentials,
                    ids: sources.ids,
                    clock: clock,
                    isSecure: publicURL.bytewise.starts(with: "https:")
                ),
                outbound: outbound,
                secrets: secrets,
                ids: sources.ids,
                clock: clock,
                metrics: metrics,
                logger: logger,
                publicURL: configuration.listen[surface] == nil ? "\(publicURL)/\(surface)" : publicURL
            )
        }
        let slices = try Self.sliceTypes.map { try $0.init(dependencies($0.name), configuration.settings) }
        self.slices = slices
        self.run = ServerRun(id: UUID().uuidString, database: database, logger: logger)
        self.worker = WebhookWorker(
            database: database,
            run: self.run.id,
            dialects: Self.sliceTypes.map { $0.webhooks },
            outbound: outbound,
            secrets: secrets,
            clock: clock,
            logger: logger
        )
        let kinds = slices.flatMap { $0.jobKinds }
        self.jobs = JobWorker(database: database, run: self.run.id, kinds: kinds, logger: logger)
        let proxies = try TrustedProxies(configuration.trustedProxies)
        self.connections = ConnectionCounts(limit: configuration.limitsConnectionsPerAddress, proxies: proxies)
        let perMinute = configuration.limitsAddressPerMinute
        self.web = WebDependencies(
            clock: clock,
            ids: sources.ids,
            authentication: authentication,
            addressBuckets: perMinute == 0 ? nil : TokenBuckets(policy: "address", perMinute: perMinute),
            proxies: proxies,
            bodies: BodyBudget(limit: configuration.limitsBodyBytes),
            metrics: metrics,
            logger: logger,
            allowedOrigins: configuration.corsOrigins,
            exposedHeaders: Self.sliceTypes.flatMap { $0.exposedHeaders }
        )
    }

    private static func makeMetrics() -> Metrics {
        Metrics(help: Self.sliceTypes.reduce(RootMiddleware.metrics) { $0.merging($1.metrics) { $1 } })
    }

    package var surfaces: [any Surface] { self.slices.map { $0.surface } }

    /// The slice of that type. Throws `ConfigurationError` where there is none.
    package func slice<S: Slice>(_: S.Type) throws -> S {
        guard let slice = self.slices.lazy.compactMap({ $0 as? S }).first else {
            throw ConfigurationError("there is no surface \(S.name)")
        }
        return slice
    }

    /// What differs between the ledger, its transfers, and what each surface derives from them; a true house gives an empty list.
    package func verify(in tx: Transaction) throws -> [String] {
        try tx.ledger.verify().map(\.description) + self.slices.flatMap { try $0.verify(in: tx) }
    }

    /// What runs beside the listeners.
    package var services: [any Service] {
        [self.run, self.worker, self.jobs] + self.slices.flatMap { $0.services }
    }
}
