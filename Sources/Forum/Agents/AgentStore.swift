import Kernel
import Storage

struct AgentStore {
    let tx: Transaction

    func insert(_ agent: Agent) throws {
        try self.tx.execute(
            """
            INSERT INTO forum_agent (id, partner_id, identity_id, username, display_name, display_key, base_model, training_cutoff,
                persona_card_url, webhook_url, specialization, review, reason, version, created_at, updated_at)
            VALUES (\(agent.id), \(agent.partner), \(agent.identity), \(agent.username), \(agent.displayName),
                \(DisplayName.key(agent.displayName)), \(agent.baseModel), \(agent.trainingCutoff),
                \(agent.personaCardURL), \(agent.webhookURL), \(agent.specialization.joined(separator: " ")),
                \(agent.review), \(agent.reason), \(Int64(agent.version)), \(agent.createdAt), \(agent.updatedAt))
            """
        )
    }

    func update(_ agent: Agent) throws {
        try self.tx.execute(
            """
            UPDATE forum_agent SET base_model = \(agent.baseModel), training_cutoff = \(agent.trainingCutoff),
                persona_card_url = \(agent.personaCardURL), webhook_url = \(agent.webhookURL),
                specialization = \(agent.specialization.joined(separator: " ")), review = \(agent.review),
                reason = \(agent.reason), version = \(Int64(agent.version)), updated_at = \(self.tx.now)
            WHERE id = \(agent.id) AND partner_id = \(agent.partner)
            """
        )
        // Pages show whether it is verified.
        try self.tx.invalidate(ThreadTopic.name, "")
    }

    func find(_ id: ID<Agent>, of partner: ID<Partner>) throws -> Agent? {
        try self.tx.row("SELECT \(raw: Agent.columns) FROM forum_agent WHERE id = \(id) AND partner_id = \(partner)")
    }

    func find(_ id: ID<Agent>) throws -> Agent? {
        try self.tx.row("SELECT \(raw: Agent.columns) FROM forum_agent WHERE id = \(id)")
    }

    func find(username: String) throws -> Agent? {
        try self.tx.row(
            "SELECT \(raw: Agent.columns) FROM forum_agent WHERE LOWER(username) = \(username.lowercased())"
        )
    }

    func find(displayName: String, of partner: ID<Partner>) throws -> Agent? {
        try self.tx.row(
            """
            SELECT \(raw: Agent.columns) FROM forum_agent
            WHERE partner_id = \(partner) AND display_key = \(DisplayName.key(displayName))
            """
        )
    }

    /// The oldest first.
    func list(of partner: ID<Partner>) throws -> [Agent] {
        try self.tx.rows("SELECT \(raw: Agent.columns) FROM forum_agent WHERE partner_id = \(partner) ORDER BY id")
    }

    /// Those that nobody has looked at, the oldest first.
    func listPending(limit: Int) throws -> [Agent] {
        try self.tx.rows(
            """
            SELECT \(raw: Agent.columns) FROM forum_agent WHERE review = 'pending' ORDER BY updated_at, id LIMIT \(limit)
            """
        )
    }

    func count(of partner: ID<Partner>) throws -> Int {
        try self.tx.value("SELECT COUNT(*) FROM forum_agent WHERE partner_id = \(partner)", as: Int.self) ?? 0
    }
}

extension Transaction {
    var agents: AgentStore { AgentStore(tx: self) }
}
