import Foundation
import Kernel
import Ledger
import Logging
import Platform
import Storage
import Web

/// What several routes and workers share.
struct GatewayParts: Sendable {
    let house: SurfaceDependencies
    let settings: GatewaySettings
    let token: String
    let tenants: TenantDirectory
    let keys: KeyDirectory
    let keyService: APIKeyService
    let providers: ProviderDirectory
    let providerService: ProviderService
    let trials: ProviderTrials
    let agents: AgentDirectory
    let access: AgentAccess
    let budgets: BudgetDirectory
    let actors: ActorReader
    let workspaces: Workspaces
    let neighbours = NeighbourPlace()
    let runHouse: RunHouse
    let locks = SessionLocks()
    let runs: RunService

    /// Throws `ConfigurationError`.
    init(_ house: SurfaceDependencies, _ settings: GatewaySettings) throws {
        let (database, ids, clock) = (house.database, house.ids, house.clock)
        self.house = house
        self.settings = settings
        self.token =
            try settings.token ?? house.dataDirectory.map { try GatewayToken.load(from: $0) } ?? GatewayToken.random()
        self.tenants = TenantDirectory(database: database)
        self.keys = KeyDirectory(database: database, clock: clock, logger: house.logger)
        self.keyService = Self.keyService(database, ids, self.tenants, settings)
        self.providers = ProviderDirectory(
            database: database,
            secrets: house.secrets,
            origins: settings.providerOrigins
        )
        self.agents = AgentDirectory(database: database)
        self.access = AgentAccess(agents: self.agents, database: database)
        self.budgets = BudgetDirectory(database: database)
        self.actors = Self.actors(house, self.tenants, self.keys, settings)
        self.workspaces = Workspaces(root: house.dataDirectory.map { "\($0)/gateway/files" })
        let registry = RunRegistry()
        let door = ModelDoor(outbound: house.outbound, ids: ids, clock: clock, logger: house.logger)
        self.providerService = ProviderService(
            database: database,
            ids: ids,
            secrets: house.secrets,
            outbound: house.outbound,
            origins: settings.providerOrigins
        )
        self.trials = ProviderTrials(
            database: database,
            outbound: house.outbound,
            directory: self.providers,
            door: door
        )
        let ledger = BudgetLedger(accounts: house.accounts, budgets: self.budgets, ids: ids)
        let process = UUID().uuidString.lowercased()
        let market = MarketTools(
            neighbours: self.neighbours,
            database: database,
            budgets: self.budgets,
            ledger: ledger,
            ids: ids,
            process: process
        )
        self.runHouse = RunHouse(
            database: database,
            ids: ids,
            clock: clock,
            logger: house.logger,
            secrets: house.secrets,
            settings: settings,
            process: process,
            providers: self.providers,
            door: door,
            budgets: self.budgets,
            ledger: ledger,
            tools: Self.tools(house, self.workspaces) + market.all + [AffiliateTool(neighbours: self.neighbours).tool],
            registry: registry
        )
        self.runs = RunService(
            house: self.runHouse,
            places: RunPlaces(limit: settings.runPlaces),
            locks: self.locks,
            access: self.access,
            neighbours: self.neighbours
        )
        Self.stopRunsOfRevokedKeys(registry, database)
    }

    private static func stopRunsOfRevokedKeys(_ registry: RunRegistry, _ database: any Database) {
        database.invalidations.on(KeyDirectory.revocations) { credential in
            registry.stop(.cancelled) { $0.credential == credential }
        }
    }

    private static func actors(
        _ house: SurfaceDependencies,
        _ tenants: TenantDirectory,
        _ keys: KeyDirectory,
        _ settings: GatewaySettings
    ) -> ActorReader {
        ActorReader(
            tenants: tenants,
            keys: keys,
            owners: settings.owners,
            buckets: settings.requestsPerMinute == 0
                ? nil : TokenBuckets(policy: "user", perMinute: settings.requestsPerMinute, burst: 5),
            ids: house.ids,
            clock: house.clock
        )
    }

    private static func tools(_ house: SurfaceDependencies, _ workspaces: Workspaces) -> [Tool] {
        FileTools(workspaces: workspaces, database: house.database).all + [
            DateTimeTool(clock: house.clock).tool, WebFetchTool(outbound: house.outbound).tool,
        ]
    }

    private static func keyService(
        _ database: any Database,
        _ ids: IDGenerator,
        _ tenants: TenantDirectory,
        _ settings: GatewaySettings
    ) -> APIKeyService {
        APIKeyService(database: database, ids: ids, tenants: tenants, owners: settings.owners) {
            key,
            wanted,
            maker,
            tx in
            let own = try maker.flatMap { try tx.budgets.find($0.tenant, .key, $0.id.text, .month)?.limit }
            if let own, let wanted, wanted > own { throw GatewayProblems.keyBeyondOwn }
            guard let limit = wanted ?? own else { return }
            try tx.budgets.insert(
                Budget(
                    id: ids.next(),
                    tenant: key.tenant,
                    scope: .key,
                    subject: key.id.text,
                    period: .month,
                    limit: limit,
                    createdAt: tx.now
                )
            )
        }
    }
}
