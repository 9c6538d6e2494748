import Kernel
import Storage

struct ContextFileStore {
    let tx: Transaction

    /// By name.
    func list(of agent: ID<Agent>, user: String) throws -> [String: String] {
        let rows = try self.tx.rows(
            "SELECT file_name, content FROM gateway_context_file WHERE agent_id = \(agent) AND user_id = \(user)"
        ) { (try $0.column(String.self), try $0.column(String.self)) }
        return Dictionary(uniqueKeysWithValues: rows)
    }

    func find(_ name: String, of agent: ID<Agent>, user: String) throws -> String? {
        try self.tx.value(
            """
            SELECT content FROM gateway_context_file
            WHERE agent_id = \(agent) AND user_id = \(user) AND file_name = \(name)
            """
        )
    }

    func put(_ name: String, _ content: String, of agent: Agent, user: String) throws {
        try self.tx.execute(
            """
            INSERT INTO gateway_context_file (tenant_id, agent_id, user_id, file_name, content, updated_at)
            VALUES (\(agent.tenant), \(agent.id), \(user), \(name), \(content), \(self.tx.now))
            ON CONFLICT (agent_id, user_id, file_name) DO UPDATE SET content = excluded.content,
                updated_at = excluded.updated_at
            """
        )
        if user == ContextFile.agentsOwn { try self.tx.invalidate(AgentDirectory.topic, agent.tenant.text) }
    }

    func delete(of agent: ID<Agent>) throws {
        try self.tx.execute("DELETE FROM gateway_context_file WHERE agent_id = \(agent)")
    }
}

extension Transaction {
    var contextFiles: ContextFileStore { ContextFileStore(tx: self) }
}
