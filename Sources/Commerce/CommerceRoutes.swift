import HTTPTypes
import Hummingbird
import Kernel
import Platform
import Storage
import Web

/// What clients do: each noun's operations and their routes.
struct CommerceRoutes: Sendable {
    let recommend: RecommendRoutes
    let cards: CardRoutes
    let intents: IntentRoutes
    let orders: OrderRoutes
    let reports: ReportRoutes
    let developers: DeveloperRoutes
    let invites: InviteRoutes
    let merchants: MerchantRoutes
    let imports: ImportRoutes
    private let log: RequestLog
    private let clock: WallClock

    init(_ house: SurfaceDependencies, _ parts: Commerce.Parts) {
        let database = house.database
        self.recommend = RecommendRoutes(
            database: database,
            service: parts.recommend,
            trial: parts.trial,
            clock: house.clock,
            tell: { parts.log.note(tier: $0, of: $1) }
        )
        self.cards = CardRoutes(
            database: database,
            service: parts.recommend,
            cardDays: Int64(parts.settings.cardDays),
            clock: house.clock
        )
        let understanding = parts.understanding
        self.intents = IntentRoutes(
            database: database,
            ids: house.ids,
            clock: house.clock,
            secrets: house.secrets
        ) { text, now, region in
            understanding.current(at: now).parser.parse(text, at: now, region: region)
        }
        self.orders = OrderRoutes(
            database: database,
            service: parts.orders,
            merchants: parts.merchantService,
            clock: house.clock
        )
        (self.log, self.clock) = (parts.log, house.clock)
        self.developers = DeveloperRoutes(
            database: database,
            service: parts.developers,
            keys: parts.keys,
            secrets: house.secrets,
            logs: LogRoutes(database: database),
            publicURL: house.publicURL
        )
        self.invites = InviteRoutes(database: database, service: parts.developers, secrets: house.secrets)
        self.merchants = MerchantRoutes(database: database, service: parts.merchantService, secrets: house.secrets)
        self.imports = ImportRoutes(database: database, service: parts.imports)
        self.reports = ReportRoutes(
            database: database,
            figures: parts.figures,
            rates: parts.settings.rates,
            clock: house.clock
        )
    }

    var endpoints: [Endpoint] {
        let asked =
            self.recommend.endpoints + self.cards.endpoints + self.intents.endpoints + self.orders.endpoints
            + self.reports.endpoints
        let operating = self.invites.endpoints + self.merchants.endpoints + self.imports.endpoints
        return self.developers.endpoints + operating + asked.map(self.logged)
    }

    /// Requests of keys stand in their owners' log.
    private func logged(_ endpoint: Endpoint) -> Endpoint {
        let log = self.log
        let clock = self.clock
        return endpoint.observed(by: CommerceContract.shared, clock: clock) { caller, call, status, microseconds in
            guard [.developer, .reader].contains(caller.role) else { return }
            let path = call.request.uri.path
            let base = call.base(of: CommerceContract.shared)
            log.add(
                RequestLog.Entry(
                    requestID: call.trace.requestID,
                    caller: caller,
                    channel: call.request.uri.query == nil
                        ? "" : call.request.uri.fields["channel"].map { VisibleLine.of(String($0), 40) } ?? "",
                    method: call.request.method.rawValue,
                    path: VisibleLine.of(String(Substring(path.utf8.dropFirst(base.utf8.count))), 200),
                    status: status,
                    milliseconds: microseconds / 1000,
                    at: clock.now()
                )
            )
        }
    }
}
