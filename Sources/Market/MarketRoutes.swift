import Kernel
import Logging
import Platform
import Storage
import Web

/// What clients do: each noun's operations and their routes, which the pages share.
struct MarketRoutes: Sendable {
    let keys: KeyRoutes
    let keyCaps: KeyCapRoutes
    let listings: ListingRoutes
    let discovery: DiscoveryRoutes
    let proxy: ProxyRoutes
    let billing: BillingRoutes
    let spending: SpendingRoutes
    let deposits: DepositRoutes
    let refunds: RefundRoutes
    let rails: RailRoutes
    let webhooks: WebhookRoutes
    let agents: AgentRoutes
    let teams: TeamRoutes
    let templates: TemplateRoutes
    let settlements: SettlementRoutes
    let jobs: JobRoutes
    let notices: NoticeOperations<MarketNotice>
    let portal: PortalRoutes
    let admin: AdminRoutes
    let operations: OperationsRoutes
    let account: AccountRoutes
    let accounts: AccountAdminRoutes
    let services: ServiceAdminRoutes
    let reputation: ReputationRoutes

    init(_ house: SurfaceDependencies, _ parts: Market.Parts) {
        let (database, ids, rollUps) = (house.database, house.ids, parts.rollUps)
        self.keys = KeyRoutes(service: parts.keys, door: house.door)
        self.keyCaps = KeyCapRoutes(database: database, clock: house.clock)
        let listings = ListingService(database: database, outbound: house.outbound, ids: ids)
        self.listings = ListingRoutes(service: listings, cache: parts.cache, find: parts.listingSearch)
        self.discovery = DiscoveryRoutes(
            database: database,
            cache: parts.cache,
            rollUps: rollUps,
            find: parts.listingSearch
        )
        let logger = house.logger
        let breaker = CircuitBreaker<ID<Listing>>(openSeconds: 60) { id, isOpen in
            let service: Logger.Metadata = ["service": "\(id)"]
            if isOpen {
                logger.warning("a service has failed five times in a row: its circuit is open", metadata: service)
            } else {
                logger.info("a service answers again: its circuit is closed", metadata: service)
            }
        }
        self.proxy = Self.proxy(house, parts, breaker)
        self.billing = BillingRoutes(
            database: database,
            deposits: parts.deposits,
            balances: parts.ledger.holds?.balances,
            rollUps: rollUps,
            ids: ids
        )
        self.spending = SpendingRoutes(database: database, cache: parts.cache)
        self.deposits = DepositRoutes(database: database, service: parts.deposits, refunds: parts.refunds)
        self.refunds = RefundRoutes(database: database, service: parts.refunds)
        self.rails = RailRoutes(rails: parts.configuredRails, deposits: parts.deposits)
        self.webhooks = WebhookRoutes(
            operations: .init(
                house.subscriptions(MarketWebhooks.dialect, MarketWebhooks.problems)
            )
        )
        self.agents = AgentRoutes(
            database: database,
            service: AgentService(database: database, ids: ids),
            find: parts.agentSearch
        )
        self.teams = TeamRoutes(database: database, service: TeamService(database: database, ids: ids))
        self.templates = TemplateRoutes()
        self.settlements = SettlementRoutes(database: database, service: parts.settlements)
        self.notices = NoticeOperations(database)
        self.jobs = Self.jobs(house)
        self.portal = PortalRoutes(
            database: database,
            rollUps: rollUps,
            keyService: parts.keys,
            outbound: house.outbound,
            breaker: breaker,
            clock: house.clock
        )
        self.admin = AdminRoutes(database: database, rollUps: rollUps)
        self.operations = OperationsRoutes(database: database)
        self.account = AccountRoutes(database: database, service: parts.accountService, door: house.door)
        self.accounts = AccountAdminRoutes(database: database, revoked: parts.revokedKeys)
        self.services = ServiceAdminRoutes(database: database, service: listings)
        self.reputation = ReputationRoutes(database: database, rollUps: rollUps)
    }

    private static func jobs(_ house: SurfaceDependencies) -> JobRoutes {
        JobRoutes(
            operations: JobOperations(
                MarketContract.shared,
                house,
                .init(
                    notFound: MarketProblems.jobNotFound,
                    limit: MarketProblems.jobLimit,
                    hasNoFile: MarketProblems.jobHasNoFile
                ),
                files: [MarketJobs.usageExport: "usage"]
            )
        )
    }

    private static func proxy(
        _ house: SurfaceDependencies,
        _ parts: Market.Parts,
        _ breaker: CircuitBreaker<ID<Listing>>
    ) -> ProxyRoutes {
        let outbound = house.outbound
        house.database.invalidations.on(ListingCache.topic) { key in breaker.reset(key.map { ID($0) }) }
        let service = ProxyService(
            database: house.database,
            send: { try await outbound.send($0, timeoutSeconds: $1, sharing: $2) },
            ledger: parts.ledger,
            rails: parts.rails,
            streams: parts.streams,
            breaker: breaker,
            clock: house.clock,
            calls: Dictionary(
                uniqueKeysWithValues: Usage.Outcome.allCases.map {
                    ($0, house.metrics.counter(MarketMetrics.calls, "outcome", $0.rawValue))
                }
            )
        )
        return ProxyRoutes(
            service: service,
            cache: parts.cache,
            ids: house.ids,
            clock: house.clock,
            publicURL: house.publicURL
        )
    }

    /// In the contract's order.
    var endpoints: [Endpoint] {
        let asked = self.keys.endpoints + self.keyCaps.endpoints + self.listings.endpoints + self.discovery.endpoints
        let paid =
            self.proxy.endpoints + self.billing.endpoints + self.spending.endpoints + self.deposits.endpoints
            + self.refunds.endpoints
            + self.rails.endpoints
        let others =
            self.webhooks.endpoints + self.agents.endpoints + self.teams.endpoints + self.templates.endpoints
            + self.settlements.endpoints + self.jobs.endpoints + self.notices.endpoints + self.portal.endpoints
            + self.admin.endpoints + self.operations.endpoints + self.reputation.endpoints + self.accounts.endpoints
            + self.account.endpoints
            + self.services.endpoints
        return asked + paid + others
    }
}
