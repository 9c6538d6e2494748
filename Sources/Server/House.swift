package import Affiliate
import Foundation
package import Kernel
import Ledger
package import Logging
package import Market
package import Platform
package import ServiceLifecycle
package import Storage
package import Web

/// Everything that is built from a configuration: the one place that knows all slices.
package struct House: Sendable {
    package let configuration: Configuration
    package let database: any Database
    package let market: Market
    package let affiliate: Affiliate
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

    /// All migrations of all slices, in the order in which they are applied.
    package static let migrations =
        LedgerSchema.migrations + PlatformSchema.migrations + Market.migrations + Affiliate.migrations

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
        let (authentication, metrics) = (Authentication(credentials: credentials, clock: clock), Metrics())
        (self.configuration, self.database, self.outbound) = (configuration, database, outbound)
        (self.sandboxClock, self.metrics) = (sandboxClock, metrics)
        self.clock = clock
        self.logger = logger
        let accounts = AccountCache()
        let dependencies = { (surface: String, listen: Configuration.ListenAddress?) in
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
                publicURL: listen == nil ? "\(publicURL)/\(surface)" : publicURL
            )
        }
        let market = dependencies(MarketSurface.name, configuration.marketListen)
        self.market = Market(market, rails: configuration.rails)
        let affiliate = dependencies(AffiliateSurface.name, configuration.affiliateListen)
        self.affiliate = Affiliate(affiliate, countryHeader: configuration.countryHeader)
        self.run = ServerRun(id: UUID().uuidString, database: database, logger: logger)
        self.worker = WebhookWorker(
            database: database,
            run: self.run.id,
            dialects: [Market.webhooks, Affiliate.webhooks],
            outbound: outbound,
            secrets: secrets,
            clock: clock,
            logger: logger
        )
        let kinds = self.market.jobKinds + self.affiliate.jobKinds
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
            allowedOrigins: configuration.corsOrigins
        )
    }

    package var surfaces: [any Surface] { [self.market.surface, self.affiliate.surface] }

    /// What differs between the ledger, its transfers, and what each surface derives from them; a true house gives an empty list.
    package func verify(in tx: Transaction) throws -> [String] {
        try tx.ledger.verify().map(\.description) + self.market.verify(in: tx) + self.affiliate.verify(in: tx)
    }

    /// What runs beside the listeners.
    package var services: [any Service] {
        [self.run, self.worker, self.jobs] + self.market.services + self.affiliate.services
    }
}
