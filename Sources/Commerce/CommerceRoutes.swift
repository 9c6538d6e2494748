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
    let links: LinkRoutes
    let orders: OrderRoutes
    let reports: ReportRoutes

    init(_ house: SurfaceDependencies, _ parts: Commerce.Parts) {
        let database = house.database
        self.recommend = RecommendRoutes(
            database: database,
            service: parts.recommend,
            trial: parts.trial,
            clock: house.clock
        )
        self.cards = CardRoutes(
            database: database,
            service: parts.recommend,
            cardDays: Int64(parts.settings.cardDays),
            clock: house.clock
        )
        let understanding = parts.understanding
        self.intents = IntentRoutes(database: database, ids: house.ids) { text, now, region in
            understanding.current(at: now).parser.parse(text, at: now, region: region)
        }
        self.links = LinkRoutes(clicks: parts.clicks) { _ in throw CommerceProblems.cardNotFound }
        self.orders = OrderRoutes(database: database, service: parts.orders)
        self.reports = ReportRoutes(database: database, figures: parts.figures, clock: house.clock)
    }

    var endpoints: [Endpoint] {
        self.recommend.endpoints + self.cards.endpoints + self.intents.endpoints + self.links.endpoints
            + self.orders.endpoints + self.reports.endpoints
    }
}
