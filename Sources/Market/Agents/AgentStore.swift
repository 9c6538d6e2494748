import Kernel
import Platform
import Search
import Storage

struct AgentStore {
    let tx: Transaction

    func find(_ id: ID<Agent>) throws -> Agent? {
        try self.tx.row("SELECT \(raw: Agent.columns) \(Self.from) WHERE a.id = \(id)")
    }

    /// Throws `agentNotFound`.
    func require(_ id: ID<Agent>) throws -> Agent {
        guard let agent = try self.find(id) else { throw MarketProblems.agentNotFound }
        return agent
    }

    func insert(_ agent: Agent) throws {
        try self.tx.execute(
            """
            INSERT INTO market_agent (id, owner_id, display_name, identity_type, capabilities, wallet_address, metadata,
                verified, reputation, status, suspended_by_admin, created_at, updated_at)
            VALUES (\(agent.id), \(agent.owner), \(agent.displayName), \(agent.identityType),
                \(try JSON.text(agent.capabilities)), \(agent.walletAddress), \(agent.metadata), \(agent.isVerified),
                \(agent.reputationHundredths), \(agent.status), \(agent.isSuspendedByAdmin), \(agent.createdAt),
                \(agent.updatedAt))
            """
        )
        try self.index(agent)
    }

    func update(_ agent: Agent) throws {
        try self.tx.execute(
            """
            UPDATE market_agent
            SET display_name = \(agent.displayName), capabilities = \(try JSON.text(agent.capabilities)),
                wallet_address = \(agent.walletAddress), metadata = \(agent.metadata), verified = \(agent.isVerified),
                status = \(agent.status), suspended_by_admin = \(agent.isSuspendedByAdmin),
                updated_at = \(agent.updatedAt)
            WHERE id = \(agent.id)
            """
        )
        try self.index(agent)
    }

    /// Newest first.
    func list(_ status: Agent.Status, limit: Int, offset: Int) throws -> [Agent] {
        try self.tx.rows(
            """
            SELECT \(raw: Agent.columns) \(Self.from) WHERE a.status = \(status)
            ORDER BY a.created_at DESC, a.id DESC LIMIT \(limit) OFFSET \(offset)
            """
        )
    }

    /// In the order of the ids; unknown ones are left out.
    func list(_ ids: [ID<Agent>]) throws -> [Agent] {
        let agents: [Agent] = try self.tx.rows("SELECT \(raw: Agent.columns) \(Self.from) WHERE a.id IN (\(list: ids))")
        let byID = Dictionary(uniqueKeysWithValues: agents.map { ($0.id, $0) })
        return ids.compactMap { byID[$0] }
    }

    /// All of them by identifier, after one.
    func list(after id: ID<Agent>?, limit: Int) throws -> [Agent] {
        try self.tx.rows(
            """
            SELECT \(raw: Agent.columns) \(Self.from) WHERE a.id > \(id?.text ?? "") ORDER BY a.id LIMIT \(limit)
            """
        )
    }

    func list(activeOf owner: ID<Identity>) throws -> [Agent] {
        try self.tx.rows(
            """
            SELECT \(raw: Agent.columns) \(Self.from) WHERE a.owner_id = \(owner) AND a.status = 'active'
            ORDER BY a.created_at, a.id
            """
        )
    }

    /// Every active agent, the best score first; among equals the one that was registered first.
    func listLeaders(limit: Int) throws -> [Agent] {
        try self.tx.rows(
            """
            SELECT \(raw: Agent.columns) \(Self.from) WHERE a.status = 'active'
            ORDER BY a.reputation DESC, a.created_at, a.id LIMIT \(limit)
            """
        )
    }

    private static let from: SQL = "FROM market_agent a JOIN identity ON identity.id = a.owner_id"

    private func index(_ agent: Agent) throws {
        if let document = agent.searchDocument {
            try self.tx.put(document, in: AgentSearch.kind)
        } else {
            try self.tx.remove(agent.id.text, from: AgentSearch.kind)
        }
    }
}

extension Transaction {
    var agents: AgentStore { AgentStore(tx: self) }
}
