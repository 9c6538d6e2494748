import Kernel
import Storage

/// Whether somebody may use an agent, or change it.
struct AgentAccess: Sendable {
    let agents: AgentDirectory
    let database: any Database

    /// An agent that the actor may use. Throws `agentNotFound`, `agentForbidden`.
    func require(_ name: String, for actor: GatewayActor) async throws -> AgentDirectory.Entry {
        guard let entry = try await self.agents.find(name, of: actor.tenant.id) else {
            throw GatewayProblems.agentNotFound
        }
        guard try await self.mayUse(entry.agent, actor) else { throw GatewayProblems.agentForbidden }
        return entry
    }

    func mayUse(_ agent: Agent, _ actor: GatewayActor) async throws -> Bool {
        guard actor.mayRun(agentKey: agent.key) else { return false }
        if actor.seesAll || agent.isDefault || agent.owner == actor.userID { return true }
        guard let user = actor.user else { return false }
        return try await self.database.read { try $0.agents.findShare(of: agent.id, with: user) != nil }
    }

    /// Whether the actor owns it, or is an admin who acts as nobody else. Throws `agentNotOwned`.
    static func requireOwner(of agent: Agent, _ actor: GatewayActor) throws {
        guard actor.mayRun(agentKey: agent.key) else { throw GatewayProblems.agentForbidden }
        guard actor.seesAll || actor.user == agent.owner else { throw GatewayProblems.agentNotOwned }
    }
}
