import Kernel
import Platform
import Storage

/// Introduces agents, changes them, and lets administrators vouch for them or stop them.
struct AgentService: Sendable {
    let database: any Database
    let ids: IDGenerator

    /// What an owner says of an agent.
    struct Draft: Sendable {
        let displayName: String
        let identityType: Agent.IdentityType
        let capabilities: [String]
        let walletAddress: String?
        let metadata: String
    }

    /// What to change; nil leaves as it is.
    struct Change: Sendable {
        let displayName: String?
        let capabilities: [String]?
        let walletAddress: String?
        let status: Agent.Status?
        let metadata: String?
    }

    func register(_ draft: Draft, by caller: Caller, trace: Trace) async throws -> Agent {
        let id: ID<Agent> = self.ids.next()
        return try await self.database.write { tx in
            let agent = Agent(id: id, owner: caller.identity, ownerName: caller.name, draft, createdAt: tx.now)
            try tx.agents.insert(agent)
            // Its owner's services may have a reputation already.
            try tx.reputations.refresh(agent.owner)
            try tx.events.append(Self.event("agent.registered", agent, trace))
            return try tx.agents.require(id)
        }
    }

    /// Throws `agentNotFound`, then `onlyAgentOwnerUpdates`, then `agentSuspended`.
    func update(_ id: ID<Agent>, _ change: Change, by caller: Caller, trace: Trace) async throws -> Agent {
        try await self.change(id, trace) { agent in
            guard agent.owner == caller.identity else { throw MarketProblems.onlyAgentOwnerUpdates }
            if agent.isSuspendedByAdmin, let status = change.status, status != agent.status {
                throw MarketProblems.agentSuspended
            }
            agent.displayName = change.displayName ?? agent.displayName
            agent.capabilities = change.capabilities ?? agent.capabilities
            agent.walletAddress = change.walletAddress ?? agent.walletAddress
            agent.status = change.status ?? agent.status
            agent.metadata = change.metadata ?? agent.metadata
        }
    }

    /// Doing so twice is doing so once. Throws `agentNotFound`, then `onlyAgentOwnerDeactivates`, then `agentSuspended`.
    func deactivate(_ id: ID<Agent>, by caller: Caller, trace: Trace) async throws {
        _ = try await self.change(id, trace) { agent in
            guard agent.owner == caller.identity else { throw MarketProblems.onlyAgentOwnerDeactivates }
            guard !agent.isSuspendedByAdmin else { throw MarketProblems.agentSuspended }
            agent.status = .deactivated
        }
    }

    /// For administrators. Throws `agentNotFound`.
    func verify(_ id: ID<Agent>, by admin: Caller, trace: Trace) async throws -> Agent {
        try await self.change(id, trace, audited: ("agent.verified", admin)) { $0.isVerified = true }
    }

    /// For administrators: the owner cannot undo it. Throws `agentNotFound`.
    func suspend(_ id: ID<Agent>, by admin: Caller, trace: Trace) async throws -> Agent {
        try await self.change(id, trace, audited: ("agent.suspended", admin)) { agent in
            agent.status = .suspended
            agent.isSuspendedByAdmin = true
        }
    }

    /// For administrators. Throws `agentNotFound`.
    func reinstate(_ id: ID<Agent>, by admin: Caller, trace: Trace) async throws -> Agent {
        try await self.change(id, trace, audited: ("agent.reinstated", admin)) { agent in
            agent.status = .active
            agent.isSuspendedByAdmin = false
        }
    }

    /// Changes nothing, not even the time, when the body leaves the agent as it was.
    private func change(
        _ id: ID<Agent>,
        _ trace: Trace,
        audited: (action: String, admin: Caller)? = nil,
        _ body: @escaping @Sendable (inout Agent) throws -> Void
    ) async throws -> Agent {
        try await self.database.write { tx in
            let before = try tx.agents.require(id)
            var agent = before
            try body(&agent)
            guard agent != before else { return agent }
            agent.updatedAt = tx.now
            try tx.agents.update(agent)
            if let (action, admin) = audited {
                try tx.audit.record(
                    actor: admin.credential,
                    action: action,
                    subject: id.text,
                    detail: agent.displayName,
                    trace: trace
                )
            }
            try tx.events.append(Self.event(audited?.action ?? "agent.updated", agent, trace))
            return agent
        }
    }

    private static func event(_ type: String, _ agent: Agent, _ trace: Trace) throws -> Event {
        Event(
            surface: MarketContract.name,
            type: type,
            subject: agent.id.text,
            audience: [agent.owner],
            payload: try JSON.text(["agent_id": agent.id.text, "status": agent.status.rawValue]),
            trace: trace
        )
    }
}
