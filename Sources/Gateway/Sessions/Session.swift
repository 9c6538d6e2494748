import Kernel
import Storage

/// A conversation: one user's with one agent.
struct Session: Sendable, Identified {
    static let idPrefix = ""

    let number: Int64
    let id: ID<Session>
    let tenant: ID<Tenant>
    let key: String
    let agent: String
    let agentKey: String
    let user: String
    let channel: String
    let label: String
    let metadata: JSONValue
    let messageCount: Int
    let inputTokens: Int64
    let outputTokens: Int64
    let compactionCount: Int
    /// Messages before it are not told to the model any more.
    let firstMessage: Int64
    /// The run that is under way.
    let run: String?
    let createdAt: Timestamp
    let updatedAt: Timestamp
}

extension Session: RowDecodable {
    static let columns: StaticString = """
        number, id, tenant_id, key, agent_id, agent_key, user_id, channel, label, metadata, message_count, input_tokens,
        output_tokens, compaction_count, first_message, run_id, created_at, updated_at
        """

    init(row: inout Row) throws {
        self.number = try row.column()
        self.id = try row.column()
        self.tenant = try row.column()
        self.key = try row.column()
        self.agent = try row.column()
        self.agentKey = try row.column()
        self.user = try row.column()
        self.channel = try row.column()
        self.label = try row.column()
        self.metadata = .parsed(try row.column())
        self.messageCount = try row.column()
        self.inputTokens = try row.column()
        self.outputTokens = try row.column()
        self.compactionCount = try row.column()
        self.firstMessage = try row.column()
        self.run = try row.optional()
        self.createdAt = try row.column()
        self.updatedAt = try row.column()
    }
}

/// `agent:<agent's key>:<rest>`
struct SessionKey: Sendable, Equatable {
    static let limit = 512

    let agentKey: String
    let rest: String

    var text: String { "agent:\(self.agentKey):\(self.rest)" }

    init(agentKey: String, rest: String) { (self.agentKey, self.rest) = (agentKey, rest) }

    /// A whole key, or the rest of one of this agent's. Nil for what cannot be one: it stands in paths, so it holds no slash.
    init?(_ text: String, of agentKey: String) {
        if let tail = text.bytewise.dropping(prefix: "agent:") {
            let (agent, rest) = tail.bytewise.cut(at: ":")
            guard let rest, !agent.isEmpty, !rest.isEmpty else { return nil }
            self.init(agentKey: String(agent), rest: String(rest))
        } else {
            self.init(agentKey: agentKey, rest: text)
        }
        let isPlain = self.rest.unicodeScalars.allSatisfy { !$0.isInvisible && $0.value != 0x2F }
        guard !self.rest.isEmpty, isPlain, self.text.utf8.count <= Self.limit else { return nil }
    }
}

/// One message of a session, as it is kept.
struct StoredMessage: Sendable {
    let number: Int64
    let run: String
    let message: ModelMessage
    let createdAt: Timestamp
}
