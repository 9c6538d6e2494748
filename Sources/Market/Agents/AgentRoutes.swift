import HTTPTypes
import Kernel
import Platform
import Storage
import Web

struct AgentRoutes: Sendable {
    let database: any Database
    let service: AgentService

    private static let tag = "Agent Identity"
    private static let base = "/api/v1/agents"
    private static let one = "/api/v1/agents/{agent_id}"

    var endpoints: [Endpoint] {
        [
            Endpoint(
                .post,
                Self.base,
                "Register an agent",
                tag: Self.tag,
                access: .anyKey,
                status: .created,
                self.register
            ),
            Endpoint(.get, Self.base, "List agents", tag: Self.tag, access: .open, self.list),
            Endpoint(.get, Self.base + "/search", "Search agents", tag: Self.tag, access: .open, self.search),
            Endpoint(.get, Self.one, "Get an agent", tag: Self.tag, access: .open, self.get),
            Endpoint(.patch, Self.one, "Update an agent", tag: Self.tag, access: .anyKey, self.update),
            Endpoint(.delete, Self.one, "Deactivate an agent", tag: Self.tag, access: .anyKey, self.deactivate),
            Endpoint(.post, Self.one + "/verify", "Verify an agent", tag: Self.tag, access: .admin, self.verify),
            Endpoint(.post, Self.one + "/suspend", "Suspend an agent", tag: Self.tag, access: .admin, self.suspend),
            Endpoint(
                .post,
                Self.one + "/reinstate",
                "Lift a suspension",
                tag: Self.tag,
                access: .admin,
                self.reinstate
            ),
        ]
    }

    @Sendable private func register(_ input: RegisterAgent, _ caller: Caller, _ call: Call) async throws
        -> RegisteredAgent
    {
        RegisteredAgent(try await self.service.register(input.draft, by: caller, trace: call.trace))
    }

    @Sendable private func list(_ input: ListAgents, _ call: Call) async throws -> AgentList {
        AgentList(
            try await self.database.read {
                try $0.agents.list(input.status, limit: input.limit, offset: input.offset)
            }
        )
    }

    @Sendable private func search(_ input: SearchAgents, _ call: Call) async throws -> AgentList {
        AgentList(try await self.database.read { try $0.agents.search(input.text, limit: input.limit) })
    }

    @Sendable private func get(_ input: AgentPath, _ call: Call) async throws -> AgentOutput {
        AgentOutput(try await self.database.read { try $0.agents.require(input.id) })
    }

    @Sendable private func update(_ input: UpdateAgent, _ caller: Caller, _ call: Call) async throws -> AgentOutput {
        AgentOutput(
            try await self.service.update(input.id, input.change, by: caller, trace: call.trace)
        )
    }

    @Sendable private func deactivate(_ input: AgentPath, _ caller: Caller, _ call: Call) async throws
        -> AgentDeactivated
    {
        try await self.service.deactivate(input.id, by: caller, trace: call.trace)
        return AgentDeactivated(input.id)
    }

    @Sendable private func verify(_ input: AgentPath, _ caller: Caller, _ call: Call) async throws -> AgentOutput {
        AgentOutput(try await self.service.verify(input.id, by: caller, trace: call.trace))
    }

    @Sendable private func suspend(_ input: AgentPath, _ caller: Caller, _ call: Call) async throws -> AgentOutput {
        AgentOutput(try await self.service.suspend(input.id, by: caller, trace: call.trace))
    }

    @Sendable private func reinstate(_ input: AgentPath, _ caller: Caller, _ call: Call) async throws -> AgentOutput {
        AgentOutput(try await self.service.reinstate(input.id, by: caller, trace: call.trace))
    }
}
