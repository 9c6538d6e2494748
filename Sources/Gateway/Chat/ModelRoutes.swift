import HTTPTypes
import Kernel
import Platform
import Storage
import Web

/// Agents as OpenAI's clients list models.
struct ModelRoutes: Sendable {
    let database: any Database
    let access: AgentAccess
    let actors: ActorReader

    var endpoints: [Endpoint] {
        [
            Endpoint(.get, "/v1/models", tag: ChatRoutes.tag, self.list),
            Endpoint(.get, "/v1/models/{id}", tag: ChatRoutes.tag, self.get),
        ]
    }

    var list: Operation<NoInput, ModelList> {
        .acting("List the agents that one may use, as models", needs: .scope(.read), by: self.actors) { _, actor, _ in
            let agents = try await self.database.read { tx in
                try tx.agents.list(
                    of: actor.tenant.id,
                    usableBy: actor.ownUser,
                    status: .active,
                    ListPage(limit: 1000)
                ).items
            }
            return ModelList(models: agents.filter { actor.mayRun(agentKey: $0.key) }.map { ModelOutput(agent: $0) })
        }
    }

    struct Path: Input {
        let id: String
        init(_ read: inout InputReader) { self.id = read.path("id", "`goclaw:` and the agent's key") }
    }

    var get: Operation<Path, ModelOutput> {
        .acting("Show an agent as a model", needs: .scope(.read), by: self.actors) { input, actor, _ in
            let name = input.id.bytewise.dropping(prefix: "goclaw:") ?? input.id.bytewise.dropping(prefix: "agent:")
            do {
                return ModelOutput(
                    agent: try await self.access.require(name.map(String.init) ?? input.id, for: actor).agent
                )
            } catch let problem as Problem where problem.code == "agent_not_found" {
                throw GatewayProblems.modelNotFound
            }
        }.refusing(GatewayProblems.modelNotFound, GatewayProblems.agentForbidden)
    }
}

struct ModelOutput: Answer {
    let agent: Agent
    static let members: [Member<Self>] = [
        Member("id", { "goclaw:\($0.agent.key)" }, "What `model` says", example: "goclaw:default"),
        Member("object", { _ in "model" }, "What it is", example: "model"),
        Member("created", \.agent.createdAt.seconds, "When it was made, in seconds since 1970", example: 1_796_000_000),
        Member("owned_by", { _ in "souk" }, "Always", example: "souk"),
    ]
}

struct ModelList: Answer {
    let models: [ModelOutput]
    static let members: [Member<Self>] = [
        Member("object", { _ in "list" }, "What it is", example: "list"), Member("data", \.models, "Newest first"),
    ]
}
