package import Kernel
package import Ledger
package import Logging
package import Platform
package import ServiceLifecycle
package import Storage
package import Web

/// The market: paid APIs, found and called through a proxy that pays.
package struct Market: Sendable {
    package static let migrations = MarketSchema.migrations
    package static let webhooks = MarketWebhooks.dialect

    package let surface: MarketSurface
    /// Background work: releases what a crash has left, and asks again about payments.
    package let services: [any Service]
    /// For the operator's console.
    package let keys: KeyService
    package let seed: MarketSeed
    package let jobKinds: [JobKind]
    private let sweeper: CallSweeper
    private let x402Reconciler: X402Reconciler?
    private let depositReconciler: DepositReconciler

    /// What the market needs from the house.
    package struct Dependencies: Sendable {
        package let database: any Database
        package let accounts: AccountCache
        package let authentication: Authentication
        package let sessions: Sessions
        package let outbound: Outbound
        package let secrets: SecretBox
        package let ids: IDGenerator
        package let clock: WallClock
        package let metrics: Metrics
        package let logger: Logger
        /// Where clients reach this surface, without a slash at the end.
        package let publicURL: String
        package let rails: RailConfigurations

        package init(
            database: any Database,
            accounts: AccountCache,
            authentication: Authentication,
            sessions: Sessions,
            outbound: Outbound,
            secrets: SecretBox,
            ids: IDGenerator,
            clock: WallClock,
            metrics: Metrics,
            logger: Logger,
            publicURL: String,
            rails: RailConfigurations
        ) {
            self.database = database
            self.accounts = accounts
            self.authentication = authentication
            self.sessions = sessions
            self.outbound = outbound
            self.secrets = secrets
            self.ids = ids
            self.clock = clock
            self.metrics = metrics
            self.logger = logger
            self.publicURL = publicURL
            self.rails = rails
        }
    }

    package init(_ house: Dependencies) {
        let cache = ListingCache(database: house.database)
        let rails = house.makeRails()
        let ledger = CallLedger(accounts: house.accounts)
        let streams = OpenStreams(
            database: house.database,
            ledger: ledger,
            ids: house.ids,
            logger: house.logger
        )
        let rollUps = RollUps(database: house.database, logger: house.logger)
        let deposits = DepositService(database: house.database, accounts: house.accounts, rails: rails, ids: house.ids)
        let refunds = RefundService(
            database: house.database,
            accounts: house.accounts,
            rails: rails,
            ids: house.ids
        )
        self.keys = KeyService(database: house.database, ids: house.ids)
        self.seed = MarketSeed(database: house.database, keys: self.keys, deposits: deposits, ids: house.ids)
        let settlements = SettlementService(
            database: house.database,
            accounts: house.accounts,
            rollUps: rollUps,
            ids: house.ids
        )
        self.jobKinds = MarketJobs(database: house.database, settlementService: settlements).kinds
        let operations =
            KeyRoutes(service: self.keys, authentication: house.authentication).endpoints
            + Self.listings(house, cache, rollUps)
            + Self.proxy(house, cache, rails, ledger, streams)
            + BillingRoutes(
                database: house.database,
                deposits: deposits,
                rollUps: rollUps,
                ids: house.ids
            ).endpoints
            + DepositRoutes(database: house.database, service: deposits, refunds: refunds).endpoints
            + RefundRoutes(database: house.database, service: refunds).endpoints
            + RailRoutes(deposits: deposits).endpoints
            + WebhookRoutes(
                database: house.database,
                outbound: house.outbound,
                secrets: house.secrets,
                ids: house.ids
            ).endpoints
            + AgentRoutes(
                database: house.database,
                service: AgentService(database: house.database, ids: house.ids)
            ).endpoints
            + TeamRoutes(
                database: house.database,
                service: TeamService(database: house.database, ids: house.ids)
            ).endpoints
            + TemplateRoutes().endpoints
            + SettlementRoutes(database: house.database, service: settlements).endpoints
            + JobRoutes(database: house.database, ids: house.ids).endpoints
            + PortalRoutes(
                database: house.database,
                rollUps: rollUps,
                keyService: self.keys,
                outbound: house.outbound,
                clock: house.clock
            ).endpoints
            + AdminRoutes(database: house.database, rollUps: rollUps).endpoints
            + OperationsRoutes(database: house.database).endpoints
            + ReputationRoutes(database: house.database, rollUps: rollUps).endpoints
        self.surface = MarketSurface(
            endpoints: operations + Self.pages(house, cache, rollUps, rails, API(operations))
        )
        self.sweeper = CallSweeper(database: house.database, streams: streams, logger: house.logger)
        self.x402Reconciler = rails.x402.map {
            X402Reconciler(rail: $0, deposits: deposits, database: house.database, logger: house.logger)
        }
        self.depositReconciler = DepositReconciler(
            deposits: deposits,
            refunds: refunds,
            database: house.database,
            logger: house.logger
        )
        self.services =
            [self.sweeper, rollUps, self.depositReconciler] + [self.x402Reconciler].compactMap { $0 }
    }

    /// What the market's figures say against its records; a true market gives an empty list.
    package func verify(in tx: Transaction) throws -> [String] { try tx.rollUps.verify().map(\.description) }

    /// Releases at once what is past its time.
    package func sweep() async throws { try await self.sweeper.sweep() }

    /// Asks at once about the payments whose outcome is not known and due.
    package func reconcile() async throws {
        try await self.x402Reconciler?.reconcile()
        try await self.depositReconciler.reconcile()
    }

    /// What people see, and the contract's own dashboard among it.
    private static func pages(
        _ house: Dependencies,
        _ cache: ListingCache,
        _ rollUps: RollUps,
        _ rails: Rails,
        _ api: API
    ) -> [Endpoint] {
        let workPlace = WorkPlace(sessions: house.sessions, api: api)
        let signIn = SignInPages(
            authentication: house.authentication,
            sessions: house.sessions,
            publicURL: house.publicURL
        )
        let pages =
            AccountPages(cache: cache).pages + DepositPages(methods: rails.offered).pages + KeyPages().pages
            + WebhookPages().pages + ProviderPages().pages + OperatorPages(ids: house.ids).pages + LedgerPages().pages
            + JobPages().pages
        return signIn.endpoints + workPlace.endpoints(pages)
            + ServicePages(
                cache: cache,
                workPlace: workPlace,
                methods: rails.offered,
                ids: house.ids,
                publicURL: house.publicURL
            ).endpoints
            + [
                workPlace.download(
                    "/account/jobs/{job_id}/file",
                    "The file of a job",
                    of: "GET /api/v1/jobs/{job_id}/file"
                ),
                workPlace.download("/account/usage.csv", "Usage as CSV", of: "GET /api/v1/usage.csv"),
                workPlace.download(
                    "/account/settlements/{settlement_id}/usage.csv",
                    "A settlement's calls as CSV",
                    of: "GET /api/v1/settlements/{settlement_id}/usage.csv"
                ),
            ]
            + DashboardRoutes(
                database: house.database,
                rollUps: rollUps,
                sessions: house.sessions,
                signInPages: signIn,
                workPlace: workPlace
            ).endpoints
            + InfoRoutes(
                clock: house.clock,
                page: MarketPage(
                    database: house.database,
                    cache: cache,
                    rollUps: rollUps,
                    publicURL: house.publicURL
                ),
                workPlace: workPlace
            ).endpoints
    }

    private static func listings(_ house: Dependencies, _ cache: ListingCache, _ rollUps: RollUps) -> [Endpoint] {
        let service = ListingService(database: house.database, outbound: house.outbound, ids: house.ids)
        return ListingRoutes(database: house.database, service: service, cache: cache).endpoints
            + DiscoveryRoutes(database: house.database, cache: cache, rollUps: rollUps).endpoints
    }

    private static func proxy(
        _ house: Dependencies,
        _ cache: ListingCache,
        _ rails: Rails,
        _ ledger: CallLedger,
        _ streams: OpenStreams
    ) -> [Endpoint] {
        let breaker = CircuitBreaker()
        house.database.invalidations.on(ListingCache.topic) { key in breaker.reset(key.map { ID($0) }) }
        let service = ProxyService(
            database: house.database,
            outbound: house.outbound,
            ledger: ledger,
            rails: rails,
            streams: streams,
            breaker: breaker,
            clock: house.clock,
            metrics: house.metrics
        )
        return ProxyRoutes(
            service: service,
            cache: cache,
            ids: house.ids,
            clock: house.clock,
            publicURL: house.publicURL
        ).endpoints
    }
}
