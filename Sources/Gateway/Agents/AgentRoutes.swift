import HTTPTypes
import Kernel
import Platform
import Storage
import Web

/// Agents of a tenant.
struct AgentRoutes: Sendable {
    static let tag = "Agents"

    let database: any Database
    let service: AgentService
    let access: AgentAccess
    let actors: ActorReader
    let secrets: SecretBox

    var endpoints: [Endpoint] {
        [
            Endpoint(.get, "/v1/agents", tag: Self.tag, self.list),
            self.create.endpoint("/v1/agents", tag: Self.tag, secrets: self.secrets),
            Endpoint(.get, "/v1/agents/{id}", tag: Self.tag, self.get),
            Endpoint(.put, "/v1/agents/{id}", tag: Self.tag, self.update),
            Endpoint(.delete, "/v1/agents/{id}", tag: Self.tag, self.delete),
        ]
    }

    struct ListInput: Input {
        let search: String?
        let status: Agent.Status?
        let page: ListPage

        init(_ read: inout InputReader) {
            self.search = read.query("search", .string, "In keys and names", .atMost(200))?.trimmed.nonEmpty
            self.status = read.query("status", .string, "Of this status", .oneOf(Agent.Status.allCases.map(\.rawValue)))
                .flatMap { Agent.Status(rawValue: $0) }
            self.page = ListPage(&read, default: 200)
        }
    }

    var list: Operation<ListInput, AgentList> {
        .acting("List the agents that one may use", needs: .scope(.read), by: self.actors) { input, actor, _ in
            if !actor.isAdmin, actor.user == nil { throw GatewayProblems.userRequired }
            return try await self.database.read { tx in
                let listed = try tx.agents.list(
                    of: actor.tenant.id,
                    usableBy: actor.ownUser,
                    among: actor.key?.agents ?? [],
                    search: input.search,
                    status: input.status,
                    input.page
                )
                let agents = try listed.items.map { try Self.output($0, actor, in: tx) }
                return AgentList(agents: agents, total: listed.total)
            }
        }.refusing(GatewayProblems.userRequired)
    }

    static func output(_ agent: Agent, _ actor: GatewayActor, in tx: Transaction) throws -> AgentOutput {
        var output = AgentOutput(agent: agent)
        guard actor.seesAll || actor.user == agent.owner else { return output }
        if let budget = try tx.budgets.find(agent.tenant, .agent, agent.id.text, .month) {
            output.budget = try BudgetReport.of(budget, in: tx).first?.json
            output.monthlyCents = Int(budget.limit.smallestUnits / 10_000)
        }
        return output
    }

    var create: GatewayCreation<AgentInput, AgentOutput> {
        GatewayCreation(
            summary: "Make an agent",
            access: .scope(.write, .provision),
            actors: self.actors,
            refusals: [
                GatewayProblems.userRequired, GatewayProblems.adminRequired, GatewayProblems.noProvider,
                GatewayProblems.agentProviderUnknown, GatewayProblems.toolUnknown("x"), GatewayProblems.budgetRaise,
                GatewayProblems.agentExists,
            ]
        ) { input, actor, _, once in
            // A key of some agents is for those alone.
            guard actor.key?.agents.isEmpty ?? true else { throw GatewayProblems.agentForbidden }
            let agent = try await self.service.create(
                input.changes,
                by: actor,
                first: { tx in try once?.begin(in: tx) },
                last: { agent, tx in try once?.keep(201, Self.output(agent, actor, in: tx), in: tx) }
            )
            return try await self.database.read { try Self.output(agent, actor, in: $0) }
        }
    }

    struct Path: Input {
        let name: String
        init(_ read: inout InputReader) { self.name = read.path("id", "The agent's id or key") }
    }

    var get: Operation<Path, AgentOutput> {
        .acting("Show an agent", needs: .scope(.read), by: self.actors) { input, actor, _ in
            let entry = try await self.access.require(input.name, for: actor)
            return try await self.database.read { try Self.output(entry.agent, actor, in: $0) }
        }.refusing(GatewayProblems.agentNotFound, GatewayProblems.agentForbidden)
    }

    struct UpdateInput: Input {
        let path: Path
        let changes: AgentService.Changes

        init(_ read: inout InputReader) {
            self.path = Path(&read)
            self.changes = AgentInput.changes(&read, isNew: false)
        }
    }

    var update: Operation<UpdateInput, UpdatedAgent> {
        .acting("Change an agent", needs: .scope(.write, .provision), effect: .write, by: self.actors) {
            input,
            actor,
            call in
            let agent = try await self.service.update(
                input.path.name,
                input.changes,
                by: actor,
                ifMatch: call.header(.ifMatch)
            )
            return UpdatedAgent(agent: try await self.database.read { try Self.output(agent, actor, in: $0) })
        }.refusing(
            GatewayProblems.agentNotFound,
            GatewayProblems.agentForbidden,
            GatewayProblems.agentNotOwned,
            GatewayProblems.versionChanged,
            GatewayProblems.adminRequired,
            GatewayProblems.agentProviderUnknown,
            GatewayProblems.toolUnknown("x"),
            GatewayProblems.budgetRaise,
            GatewayProblems.agentExists
        )
    }

    var delete: Operation<Path, OKOutput> {
        .acting("Delete an agent", needs: .scope(.write, .provision), effect: .write, by: self.actors) {
            input,
            actor,
            call in
            try await self.service.delete(input.name, by: actor, ifMatch: call.header(.ifMatch))
            return OKOutput()
        }.refusing(
            GatewayProblems.agentNotFound,
            GatewayProblems.agentForbidden,
            GatewayProblems.agentNotOwned,
            GatewayProblems.versionChanged,
            GatewayProblems.agentIsDefault
        )
    }
}
