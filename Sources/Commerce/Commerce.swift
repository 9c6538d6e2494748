import HTTPTypes
package import Kernel
import Ledger
import Logging
package import Platform
package import Search
package import ServiceLifecycle
package import Storage
package import Web

/// Commerce: a shopper's sentence becomes product cards, a short link, and an order that is attributed to whoever brought it.
package struct Commerce: Slice {
    package static let name = CommerceContract.name
    package static let dataFiles = [DataFile("imports")]
    package static let migrations = CommerceSchema.migrations
    package static let settings = [
        Setting.publicTrial, .commerceRegions, .exchangeRates, .commerceFee, .attributionDays, .cardDays, .logDays,
        .demoCatalog,
    ]
    package static let words = CommerceWords.all
    package static let webhooks = CommerceWebhooks.dialect
    package static let roles = [Role.developer, .reader, .supply]

    package static func check(_ settings: SettingValues) throws { _ = try CommerceSettings(settings) }

    package let surface: Surface
    /// Background work.
    package let services: [any Service]
    package let jobKinds: [JobKind]
    package let searches: [Search]
    /// For the operator's console.
    package let merchants: MerchantService
    package let imports: ImportService
    package let keys: CommerceKeyService
    package let developers: DeveloperService
    package let recovery: PasswordRecovery?
    let demoSeed: CommerceSeed
    let parts: Parts

    package init(_ house: SurfaceDependencies, _ settings: SettingValues) throws {
        let parts = Parts(house, try CommerceSettings(settings))
        self.parts = parts
        self.searches = [parts.search]
        (self.merchants, self.imports, self.keys) = (parts.merchantService, parts.imports, parts.keys)
        self.developers = parts.developers
        self.recovery = parts.recovery
        self.jobKinds = []
        self.demoSeed = CommerceSeed(
            database: house.database,
            merchants: parts.merchantService,
            imports: parts.imports,
            keys: parts.keys,
            developers: parts.developers,
            catalog: parts.settings.demoCatalog
        )
        let routes = CommerceRoutes(house, parts)
        let operations = routes.endpoints + Self.pages(house, parts, routes)
        let documents = DocumentRoutes(publicURL: house.publicURL).endpoints(beside: operations)
        self.surface = Surface(CommerceContract.shared, endpoints: operations + documents, events: [])
        self.services = [
            parts.figures, parts.log,
            ImportWorker(service: parts.imports, database: house.database, logger: house.logger),
            CommerceUpkeep(parts: parts, database: house.database, clock: house.clock, logger: house.logger),
        ]
    }

    package func makeKey(role: Role, owner: String, rateLimit: Int?) async throws -> JSONValue {
        try await self.makeKey(role: role, owner: owner, rateLimit: rateLimit, merchants: [])
    }

    package func makeKey(role: Role, owner: String, rateLimit: Int?, merchants: [String]) async throws -> JSONValue {
        guard let known = CommerceRole(role), Self.roles.contains(role) else {
            throw ConfigurationError("there is no role \(role)")
        }
        guard merchants.isEmpty || known == .supply else {
            throw ConfigurationError("only supply keys are limited to merchants")
        }
        let limit = rateLimit ?? CommerceContract.requestsPerMinute
        let key = try await self.keys.createAtConsole(owner: owner, role: known, rateLimit: limit, merchants: merchants)
        return [
            "authorization": .string(key), "api_key": .string(key), "role": .string(role.name),
            "rate_limit": .int(limit), "owner_id": .string(owner), "merchants": .array(merchants.map { .string($0) }),
        ]
    }

    /// What roll-ups and the ledger say against cards, clicks and orders; a true surface gives an empty list.
    package func noteRevoked(_ credential: String, in tx: Transaction) throws {
        if let key = try tx.apiKeys.find(credential: credential) { try tx.apiKeys.end(key.id, as: .revoked) }
    }

    package func verify(in tx: Transaction) throws -> [String] { try Figures.verify(in: tx) }

    /// Counts at once what the roll-ups are behind by.
    package func catchUp() async throws { try await self.parts.figures.catchUp() }

    /// What people see.
    private static func pages(_ house: SurfaceDependencies, _ parts: Parts, _ routes: CommerceRoutes) -> [Endpoint] {
        let console = Console(
            sessions: house.sessions,
            door: house.door,
            contract: CommerceContract.shared,
            style: CommerceConsole.style
        )
        let signIn = SignIn(
            sessions: house.sessions,
            contract: CommerceContract.shared,
            formToken: CommerceProblems.formToken
        )
        let own =
            AccountPages(routes: routes.developers).pages
            + OperatorPages(routes: routes).pages + CatalogPages(routes: routes, service: parts.imports).pages + [
                OrderWhyPage(routes: routes.orders).page
            ]
        let open = [
            FrontPage(search: parts.search, console: console).endpoint,
            TryPage(
                routes: routes.recommend,
                trial: parts.trial,
                publicURL: house.publicURL,
                console: console,
                clock: house.clock
            ).endpoint,
            console.download(
                "/operator/imports/{importId}/rejects.csv",
                "Lines that were not taken, as CSV",
                of: routes.imports.rejectsEndpoint
            ),
        ]
        let links = LinkRoutes(clicks: parts.clicks) { call in
            try await console.respond(to: call) { _, _ in throw CommerceProblems.cardNotFound }
        }
        return EntryPages(service: parts.developers, door: house.door, recovery: parts.recovery)
            .forms(console, signIn).endpoints
            + console.endpoints(own) + open + links.endpoints
            + ConnectPage(publicURL: house.publicURL, console: console).endpoints
            + ShopPages(
                database: house.database,
                recommend: parts.recommend,
                orders: parts.orders,
                ids: house.ids,
                console: console
            ).endpoints
    }

    /// What several routes and workers share.
    struct Parts: Sendable {
        let settings: CommerceSettings
        let search: Search
        let understanding: Understanding
        let medians: CategoryMedians
        let trending: Trending
        let merchants: MerchantCache
        let merchantService: MerchantService
        let imports: ImportService
        let recommend: RecommendService
        let figures: Figures
        let orders: OrderService
        let clicks: ClickService
        let keys: CommerceKeyService
        let trial: Trial
        let developers: DeveloperService
        let recovery: PasswordRecovery
        let log: RequestLog

        init(_ house: SurfaceDependencies, _ settings: CommerceSettings) {
            let (database, ids) = (house.database, house.ids)
            self.settings = settings
            self.search = house.search(ProductSearch.source)
            self.understanding = Understanding(search: self.search)
            self.medians = CategoryMedians(database: database)
            self.trending = Trending(database: database)
            self.merchants = MerchantCache(database: database)
            self.merchantService = MerchantService(
                database: database,
                ids: ids,
                secrets: house.secrets,
                attributionDays: settings.attributionDays
            )
            self.imports = ImportService(
                database: database,
                ids: ids,
                medians: self.medians,
                fetch: FeedFetch(outbound: house.outbound),
                folder: house.dataDirectory.map { "\($0)/imports" },
                logger: house.logger
            )
            self.figures = Figures(database: database, logger: house.logger)
            self.keys = CommerceKeyService(database: database, ids: ids, secrets: house.secrets)
            self.developers = DeveloperService(database: database, ids: ids, clock: house.clock)
            self.recovery = PasswordRecovery(self.developers, house, CommerceContract.shared)
            self.log = RequestLog(
                database: database,
                days: Int64(settings.logDays),
                clock: house.clock,
                logger: house.logger
            )
            self.recommend = RecommendService(
                database: database,
                search: self.search,
                understanding: self.understanding,
                maker: CardMaker(
                    rates: settings.rates,
                    medians: self.medians,
                    regions: settings.regions,
                    publicURL: house.publicURL
                ),
                products: ProductMemory(database: database, merchants: self.merchants, search: self.search),
                trending: self.trending,
                ids: ids,
                clock: house.clock
            )
            self.orders = OrderService(
                database: database,
                ledger: CommissionLedger(accounts: house.accounts),
                feeBasisPoints: settings.feeBasisPoints
            )
            self.clicks = ClickService(
                database: database,
                destinations: Destinations(database: database),
                merchants: self.merchants,
                browsers: BrowserHash(key: house.secrets.derivedKeys("commerce click")[0]),
                publicURL: house.publicURL,
                clock: house.clock
            )
            self.trial = Trial(
                settings.trial,
                secrets: house.secrets,
                clock: house.clock,
                isSecure: house.publicURL.bytewise.starts(with: "https:")
            )
        }
    }
}
