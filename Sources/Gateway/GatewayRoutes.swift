import Kernel
import Platform
import Web

/// What clients do: each noun's operations and their routes.
struct GatewayRoutes: Sendable {
    let agents: AgentRoutes
    let providers: ProviderRoutes
    let keys: APIKeyRoutes
    let budgets: BudgetRoutes
    let chat: ChatRoutes
    let wake: WakeRoutes
    let tools: ToolRoutes
    let sessions: SessionRoutes
    let usage: UsageRoutes
    let traces: TraceRoutes
    let postings: PostingRoutes
    let activity: ActivityRoutes
    let tenants: TenantRoutes
    let models: ModelRoutes
    private let health: HealthRoutes
    let marketKeys: MarketKeyRoutes
    let affiliateLinks: AffiliateLinkRoutes

    init(_ house: SurfaceDependencies, _ parts: GatewayParts) {
        let (database, actors) = (house.database, parts.actors)
        self.agents = AgentRoutes(
            database: database,
            service: AgentService(
                database: database,
                ids: house.ids,
                tools: parts.runHouse.tools.map(\.traits)
            ) { agent in parts.runHouse.registry.stop(.cancelled) { $0.agent == agent.id.text } },
            access: parts.access,
            actors: actors,
            secrets: house.secrets
        )
        self.providers = ProviderRoutes(
            database: database,
            service: parts.providerService,
            actors: actors,
            secrets: house.secrets,
            health: { parts.trials.door.health(of: $0) },
            reset: { parts.trials.door.reset($0) },
            attempt: { try await parts.trials.verify($0, model: $1, $2) },
            listModels: { try await parts.trials.models(of: $0, $1) }
        )
        self.keys = APIKeyRoutes(
            database: database,
            service: parts.keyService,
            tenants: parts.tenants,
            actors: actors,
            secrets: house.secrets
        )
        self.budgets = BudgetRoutes(database: database, actors: actors, ids: house.ids)
        let orders = ChatOrders(house: parts.runHouse, access: parts.access, locks: parts.locks)
        self.chat = ChatRoutes(actors: actors, orders: orders, runs: parts.runs)
        self.wake = WakeRoutes(actors: actors, orders: orders, runs: parts.runs)
        self.tools = ToolRoutes(actors: actors, access: parts.access, house: parts.runHouse, secrets: house.secrets)
        let registry = parts.runHouse.registry
        self.sessions = SessionRoutes(database: database, actors: actors) { registry.isRunning($0) }
        self.usage = UsageRoutes(database: database, actors: actors, clock: house.clock)
        self.traces = TraceRoutes(database: database, actors: actors)
        self.postings = PostingRoutes(database: database, actors: actors)
        self.activity = ActivityRoutes(database: database, actors: actors)
        self.tenants = TenantRoutes(database: database, actors: actors, secrets: house.secrets) {
            try GatewaySeed.open($0, name: $1, by: $2.activity, parts, in: $3)
        }
        self.models = ModelRoutes(database: database, access: parts.access, actors: actors)
        self.marketKeys = MarketKeyRoutes(
            database: database,
            actors: actors,
            neighbours: parts.neighbours,
            secrets: house.secrets
        )
        self.affiliateLinks = AffiliateLinkRoutes(database: database, actors: actors, neighbours: parts.neighbours)
        self.health = HealthRoutes(places: parts.runs.places)
    }

    var endpoints: [Endpoint] {
        self.agents.endpoints + self.providers.endpoints + self.keys.endpoints + self.budgets.endpoints
            + self.chat.endpoints + self.wake.endpoints + self.tools.endpoints + self.sessions.endpoints
            + self.usage.endpoints + self.traces.endpoints + self.postings.endpoints + self.activity.endpoints
            + self.tenants.endpoints
            + self.models.endpoints + self.marketKeys.endpoints + self.affiliateLinks.endpoints + self.health.endpoints
    }
}
