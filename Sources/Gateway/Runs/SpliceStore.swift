import Kernel
import Storage

/// Turns that go on at a client: what the server has said and done in them, until the client comes back with its results.
struct SpliceStore {
    static let lifetimeSeconds: Int64 = 3600

    let tx: Transaction

    func insert(_ messages: [ModelMessage], call: String, of order: RunOrder) throws {
        let records = messages.map { message -> JSONValue in
            let (content, details) = message.stored
            return ["role": .string(message.role.rawValue), "content": .string(content), "details": .string(details)]
        }
        try self.tx.execute(
            """
            INSERT INTO gateway_splice (call_id, tenant_id, agent_id, user_id, messages, expires_at)
            VALUES (\(call), \(order.tenant.id), \(order.agent.id), \(order.user), \(JSON.text(of: .array(records))),
                \(self.tx.now.adding(seconds: Self.lifetimeSeconds)))
            ON CONFLICT (tenant_id, agent_id, user_id, call_id) DO UPDATE SET messages = excluded.messages,
                expires_at = excluded.expires_at
            """
        )
    }

    func find(call: String, tenant: ID<Tenant>, agent: ID<Agent>, user: String) throws -> [ModelMessage]? {
        let text: String? = try self.tx.value(
            """
            SELECT messages FROM gateway_splice
            WHERE tenant_id = \(tenant) AND agent_id = \(agent) AND user_id = \(user) AND call_id = \(call)
                AND expires_at > \(self.tx.now)
            """
        )
        return text.map { text in
            (JSONValue.parsed(text).array ?? []).map { record in
                ModelMessage(
                    stored: record["role"]?.string ?? "",
                    record["content"]?.string ?? "",
                    record["details"]?.string ?? "{}"
                )
            }
        }
    }

    func sweep() throws { try self.tx.execute("DELETE FROM gateway_splice WHERE expires_at <= \(self.tx.now)") }
}

extension Transaction {
    var splices: SpliceStore { SpliceStore(tx: self) }
}
