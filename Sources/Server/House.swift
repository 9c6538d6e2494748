import Affiliate
import Commerce
import Forum
import Foundation
import Gateway
package import Kernel
import Ledger
package import Logging
import Market
package import Platform
package import Search
package import ServiceLifecycle
package import Storage
package import Web

/// Everything that is built from a configuration: the one place that knows all slices.
package struct House: Sendable {
    package let configuration: Configuration
    /// Where clients reach the main listener.
    package let publicURL: String
    package let database: any Database
    package let slices: [any Slice]
    package let web: WebDependencies
    package let outbound: Outbound
    /// Of all listeners together.
    let connections: ConnectionCounts
    package let archive: Archive
    package let run: ServerRun
    package let worker: WebhookWorker
    package let jobs: JobWorker
    package let mail: MailWorker
    package let metrics: Metrics
    package let clock: WallClock
    /// Nil but in a sandbox.
    package let sandboxClock: SandboxClock?
    package let logger: Logger

    /// The surfaces that there are.
    package static let sliceTypes: [any Slice.Type] = [
        Market.self, Affiliate.self, Commerce.self, Gateway.self, Forum.self,
    ]

    package static let migrations = migrations(of: sliceTypes)

    /// What the surfaces keep beside the database.
    static let dataFiles = sliceTypes.flatMap { $0.dataFiles }

    /// Where the outside world of the demo answers.
    package static let demoPort = sliceTypes.lazy.compactMap { $0.demoPort }.first ?? 8081

    /// What stands for it: one host after another, each on a port of its own from the first one on.
    ///
    /// - Parameter ready: told of each surface's host, and where it is.
    package static func demoHosts(
        port: Int,
        _ ready: @escaping @Sendable (_ surface: String, _ port: Int) -> Void = { _, _ in }
    ) -> [any Service] {
        self.hosting.enumerated().compactMap { index, slice in
            let name = slice.name
            return slice.demoHost(port: port == 0 ? 0 : port + index) { ready(name, $0) }
        }
    }

    /// Where a surface's host is, when the first one has the port.
    package static func demoHost(of surface: String, port: Int) -> String {
        let index = self.hosting.firstIndex { $0.name == surface } ?? 0
        return "http://127.0.0.1:\(port + index)"
    }

    /// Surfaces with a host of their own in the demo.
    private static let hosting = sliceTypes.filter { $0.hasDemoHost }

    /// A problem in the words of the first slice that has some, for the console.
    package static func message(_ problem: Problem) -> String {
        let words = self.sliceTypes.map { $0.words }.first {
            $0.find("problem.\(problem.textKey)", in: .english) != nil
        }
        return (words ?? HouseWords.all).message(problem)
    }

    /// All migrations of the slices, in the order in which they are applied.
    package static func migrations(of slices: [any Slice.Type]) -> [Migration] {
        LedgerSchema.migrations + PlatformSchema.migrations + SearchSchema.migrations + slices.flatMap { $0.migrations }
    }

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

    /// - Parameter sliceTypes: which surfaces there are, for tests of a house with others.
    package init(
        _ configuration: Configuration,
        sliceTypes: [any Slice.Type] = House.sliceTypes,
        database: any Database,
        publicURL: String,
        sources: Sources = .system,
        sandboxClock: SandboxClock? = nil,
        accessLog: AccessLog? = nil,
        logger: Logger
    ) throws {
        let clock = sources.clock
        let credentials = CredentialCache(database: database)
        let secrets = try OperatorKey.load(configuration, ids: sources.ids)
        let shared = SurfaceDependencies(
            database: database,
            accounts: AccountCache(),
            door: Door(credentials: credentials, clock: clock, logger: logger),
            sessions: Sessions(
                database: database,
                credentials: credentials,
                ids: sources.ids,
                clock: clock,
                isSecure: publicURL.bytewise.starts(with: "https:")
            ),
            outbound: Outbound(allowedHosts: configuration.outboundAllow, clock: clock),
            secrets: secrets,
            mail: MailOutbox(isOn: configuration.mail != nil, secrets: secrets),
            ids: sources.ids,
            clock: clock,
            metrics: Metrics(),
            logger: logger,
            dataDirectory: configuration.dataDirectory,
            assetsDirectory: configuration.assetsDirectory,
            publicURL: publicURL
        )
        let slices = try Self.slices(sliceTypes, configuration, shared)
        self.configuration = configuration
        self.publicURL = publicURL
        self.database = database
        self.slices = slices
        self.outbound = shared.outbound
        self.metrics = shared.metrics
        self.clock = clock
        self.sandboxClock = sandboxClock
        self.logger = logger
        self.archive = Archive(
            sliceTypes.flatMap { $0.archived } + ArchiveKind.ofHouse,
            database: database,
            folder: configuration.archiveDirectory,
            days: configuration.retentionDays,
            clock: clock,
            ids: sources.ids,
            logger: logger
        )
        self.run = ServerRun(id: UUID().uuidString, version: Version.text, database: database, logger: logger)
        self.worker = WebhookWorker(
            database: database,
            run: self.run.id,
            dialects: sliceTypes.map { $0.webhooks },
            outbound: shared.outbound,
            secrets: shared.secrets,
            clock: clock,
            logger: logger
        )
        let kinds = slices.flatMap { $0.jobKinds }
        self.jobs = JobWorker(database: database, run: self.run.id, kinds: kinds, logger: logger)
        self.mail = Self.mail(configuration, shared, slices)
        let proxies = try TrustedProxies(configuration.trustedProxies)
        self.connections = ConnectionCounts(limit: configuration.limitsConnectionsPerAddress, proxies: proxies)
        self.web = Self.web(configuration, shared, proxies, sliceTypes, accessLog)
    }

    /// Each reached below its own name, unless it has an address of its own.
    private static func slices(
        _ types: [any Slice.Type],
        _ configuration: Configuration,
        _ shared: SurfaceDependencies
    ) throws -> [any Slice] {
        let slices = try types.map { slice in
            let url = configuration.publicURLs[slice.name] ?? "\(shared.publicURL)/\(slice.name)"
            return try slice.init(shared.reached(at: url), configuration.settings)
        }
        self.introduce(slices)
        slices.lazy.compactMap { $0 as? Market }.first?.revokedKeys.set { surface, credential, tx in
            try slices.first { type(of: $0).name == surface }?.noteRevoked(credential, in: tx)
        }
        return slices
    }

    /// Slices never import each other: what one needs from another comes as closures.
    private static func introduce(_ slices: [any Slice]) {
        guard let gateway = slices.lazy.compactMap({ $0 as? Gateway }).first,
            let market = slices.lazy.compactMap({ $0 as? Market }).first,
            let affiliate = slices.lazy.compactMap({ $0 as? Affiliate }).first
        else { return }
        let (inside, network) = (market.inside, affiliate.inside)
        gateway.neighbours.set(
            Neighbours(
                search: { text, price, limit in
                    try await Self.inMarketsWords {
                        try await inside.search(text, atMost: price, limit: limit).map(\.neighbour)
                    }
                },
                service: { id in try await Self.inMarketsWords { try await inside.service(id).neighbour } },
                call: { order in
                    try await Self.inMarketsWords {
                        do {
                            let outcome = try await inside.call(MarketInside.Order(order))
                            return .answered(status: outcome.status, body: outcome.body, charged: outcome.charged)
                        } catch let above as MarketInside.PriceAbove { return .tooDear(above.price) }
                    }
                },
                charged: { try await inside.charged(usage: $0) },
                makeKey: { try await inside.makeKey(of: $0) },
                revokeKeys: { try await inside.revokeKeys(of: $0) },
                credit: { try await inside.credit($0, $1, reason: $2) }
            ),
            Neighbours.Network(
                link: { key in
                    try await network.link(key: key).map { .init(account: $0.account, key: $0.key) }
                },
                recommend: { need, limit, link in
                    let own = link.map { AffiliateInside.Link(account: $0.account, key: $0.key) }
                    let found = try await network.recommend(need, limit: limit, for: own)
                    let programs = found.programs.map {
                        Neighbours.Program(id: $0.id, name: $0.name, description: $0.description, link: $0.link)
                    }
                    return (programs, found.isLinked)
                }
            )
        )
    }

    /// What the market refuses is told in its own words, which no other surface has.
    private static func inMarketsWords<T>(_ body: () async throws -> T) async throws -> T {
        do { return try await body() } catch let problem as Problem {
            throw Neighbours.Refusal(Market.words.message(problem))
        }
    }

    private static func mail(_ configuration: Configuration, _ house: SurfaceDependencies, _ slices: [any Slice])
        -> MailWorker
    {
        let footers = slices.map { slice in
            let name = type(of: slice).name
            let url = configuration.publicURLs[name] ?? "\(house.publicURL)/\(name)"
            return (name, "\(url)/account/notifications")
        }
        return MailWorker(
            database: house.database,
            server: configuration.mail,
            footers: Dictionary(uniqueKeysWithValues: footers),
            secrets: house.secrets,
            clock: house.clock,
            ids: house.ids,
            logger: house.logger
        )
    }

    private static func web(
        _ configuration: Configuration,
        _ shared: SurfaceDependencies,
        _ proxies: TrustedProxies,
        _ slices: [any Slice.Type],
        _ accessLog: AccessLog?
    ) -> WebDependencies {
        let perMinute = configuration.limitsAddressPerMinute
        return WebDependencies(
            clock: shared.clock,
            ids: shared.ids,
            door: shared.door,
            addressBuckets: perMinute == 0 ? nil : TokenBuckets(policy: "address", perMinute: perMinute),
            proxies: proxies,
            bodies: BodyBudget(limit: configuration.limitsBodyBytes),
            metrics: shared.metrics,
            logger: shared.logger,
            accessLog: accessLog,
            allowedOrigins: configuration.corsOrigins,
            exposedHeaders: slices.flatMap { $0.exposedHeaders }
        )
    }

    package var surfaces: [Surface] { self.slices.map { $0.surface } }

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

    /// Of all slices.
    package var searches: [Search] { self.slices.flatMap { $0.searches } }

    /// Before the first question: what was acknowledged is found.
    package func openSearches() async throws { for search in self.searches { try await search.open() } }

    /// Before the first request, and before a command of the console.
    package func prepare() async throws { for slice in self.slices { try await slice.prepare() } }

    /// What runs beside the listeners.
    package var services: [any Service] {
        let archive: [any Service] = self.configuration.retentionDays > 0 ? [self.archive] : []
        let follower = SearchFollower(self.searches, self.logger)
        let own: [any Service] = [self.run, self.worker, self.jobs, self.mail, follower] + archive
        let beside = (self.database as? SQLiteDatabase).map { [OtherProcesses(database: $0, logger: self.logger)] }
        return own + (beside ?? []) + self.slices.flatMap { $0.services }
    }
}

extension MarketInside.Service {
    fileprivate var neighbour: Neighbours.Service {
        Neighbours.Service(
            id: self.id,
            name: self.name,
            description: self.description,
            price: self.price,
            calls: self.calls
        )
    }
}

extension MarketInside.Order {
    fileprivate init(_ order: Neighbours.Order) {
        self.init(
            usage: order.usage,
            identity: order.identity,
            service: order.service,
            method: order.method,
            path: order.path,
            body: order.body,
            maximumPrice: order.maximumPrice,
            key: order.key,
            trace: order.trace
        )
    }
}
