import HTTPTypes
import Kernel
import Platform
import Search
import Storage
import Web

struct AgentRoutes: Sendable {
    let database: any Database
    let service: AgentService
    let find: Search

    private static let tag = "Agent Identity"
    private static let base = "/api/v1/agents"
    private static let one = "/api/v1/agents/{agent_id}"

    var endpoints: [Endpoint] {
        [
            Endpoint(.post, Self.base, tag: Self.tag, status: .created, self.register),
            Endpoint(.get, Self.base, tag: Self.tag, self.list),
            Endpoint(.get, Self.base + "/search", tag: Self.tag, self.search),
            Endpoint(.get, Self.one, tag: Self.tag, self.get),
            Endpoint(.patch, Self.one, tag: Self.tag, self.update),
            Endpoint(.delete, Self.one, tag: Self.tag, self.deactivate),
            Endpoint(.post, Self.one + "/verify", tag: Self.tag, self.verify),
            Endpoint(.post, Self.one + "/suspend", tag: Self.tag, self.suspend),
            Endpoint(.post, Self.one + "/reinstate", tag: Self.tag, self.reinstate),
        ]
    }

    var register: Operation<RegisterAgent, RegisteredAgent> {
        Operation("Register an agent", access: .anyKey, effect: .write) { input, caller, call in
            RegisteredAgent(try await self.service.register(input.draft, by: caller, trace: call.trace))
        }
    }

    var list: Operation<ListAgents, AgentList> {
        Operation("List agents", access: .open) { input, call in
            AgentList(
                try await self.database.read {
                    try $0.agents.list(input.status, limit: input.limit, offset: input.offset)
                }
            )
        }
    }

    var search: Operation<SearchAgents, AgentList> {
        Operation("Search agents", access: .open) { input, call in
            let found = self.find.answer(SearchQuery(input.text, limit: input.limit)).hits.map { ID<Agent>($0.id) }
            return AgentList(try await self.database.read { try $0.agents.list(found) })
        }
    }

    var get: Operation<AgentPath, AgentOutput> {
        Operation("Get an agent", access: .open) { input, call in
            AgentOutput(try await self.database.read { try $0.agents.require(input.id) })
        }
        .refusing(MarketProblems.agentNotFound)
    }

    var update: Operation<UpdateAgent, AgentOutput> {
        Operation("Update an agent", access: .anyKey, effect: .write) { input, caller, call in
            AgentOutput(
                try await self.service.update(input.id, input.change, by: caller, trace: call.trace)
            )
        }
        .refusing(MarketProblems.agentNotFound, MarketProblems.onlyAgentOwnerUpdates, MarketProblems.agentSuspended)
    }

    var deactivate: Operation<AgentPath, AgentDeactivated> {
        Operation("Deactivate an agent", access: .anyKey, effect: .write) { input, caller, call in
            try await self.service.deactivate(input.id, by: caller, trace: call.trace)
            return AgentDeactivated(input.id)
        }
        .refusing(MarketProblems.agentNotFound, MarketProblems.onlyAgentOwnerDeactivates, MarketProblems.agentSuspended)
    }

    var verify: Operation<AgentPath, AgentOutput> {
        Operation("Verify an agent", access: .admin, effect: .write) { input, caller, call in
            AgentOutput(try await self.service.verify(input.id, by: caller, trace: call.trace))
        }
        .refusing(MarketProblems.agentNotFound)
    }

    var suspend: Operation<AgentPath, AgentOutput> {
        Operation("Suspend an agent", access: .admin, effect: .write) { input, caller, call in
            AgentOutput(try await self.service.suspend(input.id, by: caller, trace: call.trace))
        }
        .refusing(MarketProblems.agentNotFound)
    }

    var reinstate: Operation<AgentPath, AgentOutput> {
        Operation("Lift a suspension", access: .admin, effect: .write) { input, caller, call in
            AgentOutput(try await self.service.reinstate(input.id, by: caller, trace: call.trace))
        }
        .refusing(MarketProblems.agentNotFound)
    }
}
