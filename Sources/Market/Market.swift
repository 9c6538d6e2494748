package import Kernel
import Ledger
import Logging
package import Platform
package import Search
package import ServiceLifecycle
package import Storage
package import Web

/// The market: paid APIs, found and called through a proxy that pays.
package struct Market: PasswordKeeping {
    package static let name = MarketContract.name
    package static let migrations = MarketSchema.migrations
    package static let settings = Setting.ofRails
    package static let webhooks = MarketWebhooks.dialect
    package static let exposedHeaders = [
        "X-ACF-Usage-Id", "X-ACF-Amount", "X-ACF-Free-Tier", "X-ACF-Latency-Ms", "X-ACF-Charged-For",
        "PAYMENT-REQUIRED", "PAYMENT-RESPONSE",
        "X-PAYMENT-RESPONSE",
    ]
    package static let archived = [ArchiveKind.usage]
    package static let words = MarketWords.all
    package static let metrics = MarketMetrics.all
    package static let roles = MarketRole.allCases.map(\.role)

    package static func hosts(_ settings: SettingValues) throws -> [String] { try RailConfigurations(settings).hosts }

    package let surface: Surface
    /// Background work: releases what a crash has left, and asks again about payments.
    package let services: [any Service]
    /// For the operator's console.
    package let keys: KeyService
    let demoSeed: MarketSeed
    package let jobKinds: [JobKind]
    package let searches: [Search]
    private let rails: [any Rail]
    private let sweeper: CallSweeper
    private let x402Reconciler: X402Reconciler?
    private let depositReconciler: DepositReconciler
    private let accountService: AccountService
    package let recovery: PasswordRecovery?
    /// For other surfaces of the house.
    package let inside: MarketInside
    /// The operator's word reaches other surfaces.
    package let revokedKeys: RevokedKeys

    package init(_ house: SurfaceDependencies, _ settings: SettingValues) throws {
        let parts = Parts(house, try RailConfigurations(settings))
        self.revokedKeys = parts.revokedKeys
        self.rails = parts.rails.offered.compactMap { parts.rails[$0] }
        self.keys = parts.keys
        self.accountService = parts.accountService
        self.recovery = parts.recovery
        self.searches = [parts.listingSearch, parts.agentSearch]
        self.demoSeed = MarketSeed(
            database: house.database,
            keys: parts.keys,
            deposits: parts.deposits,
            ids: house.ids
        )
        self.jobKinds = MarketJobs(database: house.database, settlementService: parts.settlements).kinds
        let routes = MarketRoutes(house, parts)
        self.surface = Surface(
            MarketContract.shared,
            endpoints: routes.endpoints + MarketPages(house: house, parts: parts, routes: routes).endpoints,
            events: MarketWebhooks.described
        )
        self.sweeper = CallSweeper(database: house.database, streams: parts.streams, logger: house.logger)
        self.x402Reconciler = parts.rails.x402.map {
            X402Reconciler(rail: $0, deposits: parts.deposits, database: house.database, logger: house.logger)
        }
        self.depositReconciler = DepositReconciler(
            deposits: parts.deposits,
            refunds: parts.refunds,
            database: house.database,
            logger: house.logger
        )
        house.metrics.add { [breaker = routes.proxy.service.breaker] in
            [Sample(MarketMetrics.circuits, breaker.openCount(now: house.clock.now()))]
        }
        self.inside = MarketInside(
            parts: parts,
            proxy: routes.proxy,
            database: house.database,
            ids: house.ids,
            clock: house.clock
        )
        self.services =
            [
                self.sweeper, parts.rollUps, self.depositReconciler,
                LowBalanceWatch(database: house.database, logger: house.logger),
            ] + [self.x402Reconciler].compactMap { $0 }
    }

    package func diagnose() async -> [Diagnosis] {
        var found: [Diagnosis] = []
        for rail in self.rails {
            let trouble = await rail.trouble()
            found.append(
                Diagnosis(
                    check: "rail \(rail.method.rawValue)",
                    ok: trouble == nil,
                    detail: trouble ?? "the payment company answers"
                )
            )
        }
        return found
    }

    package func samples(in tx: Transaction) throws -> [Sample] { try MarketMetrics.samples(in: tx) }

    /// What several routes, pages and workers share.
    struct Parts: Sendable {
        let cache: ListingCache
        let configuredRails: ConfiguredRails
        let ledger: CallLedger
        let streams: OpenStreams
        let rollUps: RollUps
        let deposits: DepositService
        let refunds: RefundService
        let settlements: SettlementService
        let keys: KeyService
        let accountService: AccountService
        let recovery: PasswordRecovery
        let revokedKeys = RevokedKeys()
        let listingSearch: Search
        let agentSearch: Search

        var rails: Rails { self.configuredRails.all }

        init(_ house: SurfaceDependencies, _ rails: RailConfigurations) {
            let (database, accounts, ids) = (house.database, house.accounts, house.ids)
            self.configuredRails = ConfiguredRails(rails, house)
            self.ledger = CallLedger(database: database, accounts: accounts)
            self.streams = OpenStreams(database: database, ledger: self.ledger, ids: ids, logger: house.logger)
            let rollUps = RollUps(database: database, logger: house.logger)
            self.rollUps = rollUps
            self.cache = ListingCache(database: database, clock: house.clock, publicURL: house.publicURL) {
                try await rollUps.facts(of: $0)
            }
            self.deposits = DepositService(
                database: database,
                accounts: accounts,
                rails: self.configuredRails.all,
                ids: ids
            )
            self.refunds = RefundService(
                database: database,
                accounts: accounts,
                balances: self.ledger.holds?.balances,
                rails: self.configuredRails.all,
                ids: ids
            )
            self.settlements = SettlementService(
                database: database,
                accounts: accounts,
                rollUps: self.rollUps,
                ids: ids
            )
            self.keys = KeyService(database: database, ids: ids)
            self.accountService = AccountService(house)
            self.recovery = PasswordRecovery(self.accountService, house, MarketContract.shared)
            self.listingSearch = house.search(ListingSearch.source)
            self.agentSearch = house.search(AgentSearch.source)
        }
    }

    package func makeKey(role: Role, owner: String, rateLimit: Int?) async throws -> JSONValue {
        guard let role = MarketRole(role) else { throw ConfigurationError("there is no role \(role)") }
        let key = try await self.keys.createAtConsole(.init(ownerName: owner, role: role, rateLimit: rateLimit ?? 60))
        return [
            "authorization": .string(key.authorization), "key_id": .string(key.credential.id),
            "secret": .string(key.secret), "role": .string(key.credential.role.name),
            "rate_limit": .int(key.credential.rateLimit), "owner_id": .string(owner),
        ]
    }

    /// What the market's figures say against its records; a true market gives an empty list.
    package func verify(in tx: Transaction) throws -> [String] { try tx.rollUps.verify().map(\.description) }

    package func setPassword(_ password: String, of owner: String, email: String) async throws {
        try await self.accountService.setPassword(password, of: owner, email: email)
    }

    /// Releases at once what is past its time.
    package func sweep() async throws { try await self.sweeper.sweep() }

    /// Asks at once about the payments whose outcome is not known and due.
    package func reconcile() async throws {
        try await self.x402Reconciler?.reconcile()
        try await self.depositReconciler.reconcile()
    }
}
