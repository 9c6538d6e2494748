import Kernel
import Storage

struct SessionFilter: Sendable {
    var agent: String?
    /// Of these alone; empty for all.
    var agentKeys: [String] = []
    var channel: String?
    var user: String?
    var text: String?
}

struct SessionStore {
    let tx: Transaction

    /// A session of a call that continues none.
    func insert(_ new: NewSession) throws -> Int64 {
        try self.tx.insert(
            """
            INSERT INTO gateway_session (id, tenant_id, key, agent_id, agent_key, user_id, channel, label, metadata,
                message_count, input_tokens, output_tokens, compaction_count, first_message, run_id, created_at, updated_at)
            VALUES (\(new.id), \(new.tenant), \(new.key), \(new.agent), \(new.agentKey), \(new.user), \(new.channel),
                '', '{}', \(new.messageCount), 0, 0, 0, 0, \(new.run), \(self.tx.now), \(self.tx.now))
            """,
            counting: "number"
        )
    }

    func find(_ key: String, of tenant: ID<Tenant>) throws -> Session? {
        try self.tx.row(
            "SELECT \(raw: Session.columns) FROM gateway_session WHERE tenant_id = \(tenant) AND key = \(key)"
        )
    }

    /// Last used first.
    func list(of tenant: ID<Tenant>, _ filter: SessionFilter, _ page: ListPage) throws -> Listed<Session> {
        var conditions: [SQL] = [tenant.isOwn]
        if let agent = filter.agent { conditions.append(.isOf(agent: agent, of: tenant)) }
        if !filter.agentKeys.isEmpty { conditions.append(.isOf(agents: filter.agentKeys)) }
        if let channel = filter.channel { conditions.append("channel = \(channel)") }
        if let user = filter.user { conditions.append("user_id = \(user)") }
        if let text = filter.text {
            let pattern = LikePattern.containing(text.lowercased())
            conditions.append("(LOWER(key) LIKE \(pattern) ESCAPE '!' OR LOWER(label) LIKE \(pattern) ESCAPE '!')")
        }
        let following: [SQL] = page.cursor.map(Self.following) ?? []
        let items = try self.tx.rows(
            """
            SELECT \(raw: Session.columns) FROM gateway_session WHERE \(SQL.all(conditions + following))
            ORDER BY updated_at DESC, number DESC LIMIT \(page.limit + 1) OFFSET \(page.offset)
            """,
            as: Session.self
        )
        return Listed(
            fetched: items,
            page,
            total: try self.tx.value("SELECT COUNT(*) FROM gateway_session WHERE \(SQL.all(conditions))", as: Int.self)
                ?? 0
        ) { Cursor(key: $0.updatedAt.microseconds, id: "\($0.number)") }
    }

    /// Last used before it, or at the same moment and older.
    private static func following(_ cursor: Cursor) -> [SQL] {
        let (moment, number) = (Timestamp(microseconds: cursor.key), Int64(cursor.id) ?? 0)
        return ["(updated_at < \(moment) OR updated_at = \(moment) AND number < \(number))"]
    }

    /// A run begins in a session that there is.
    func begin(_ run: String, in session: Int64, adding messages: Int) throws {
        try self.tx.later(
            """
            UPDATE gateway_session SET run_id = \(run), message_count = message_count + \(messages),
                updated_at = \(self.tx.now)
            WHERE number = \(session)
            """,
            expecting: 1
        )
    }

    func add(messages: Int, _ usage: TokenUsage, to session: Int64, ending run: String?) throws {
        let ends = run != nil
        try self.tx.later(
            """
            UPDATE gateway_session SET message_count = message_count + \(messages),
                input_tokens = input_tokens + \(usage.input), output_tokens = output_tokens + \(usage.output),
                run_id = CASE WHEN \(ends) = 1 THEN NULL ELSE run_id END, updated_at = \(self.tx.now)
            WHERE number = \(session)
            """
        )
    }

    func free(_ session: Int64, of run: String) throws {
        try self.tx.execute("UPDATE gateway_session SET run_id = NULL WHERE number = \(session) AND run_id = \(run)")
    }

    func update(_ session: Session, label: String, metadata: JSONValue) throws {
        try self.tx.execute(
            """
            UPDATE gateway_session SET label = \(label), metadata = \(JSON.text(of: metadata)),
                updated_at = \(self.tx.now)
            WHERE number = \(session.number) AND tenant_id = \(session.tenant)
            """
        )
    }

    /// What was said before is not told to the model any more.
    func reset(_ session: Session) throws {
        try self.tx.execute(
            """
            UPDATE gateway_session SET first_message = COALESCE(
                    (SELECT MAX(number) + 1 FROM gateway_message WHERE session = \(session.number)), 0),
                message_count = 0, updated_at = \(self.tx.now)
            WHERE number = \(session.number) AND tenant_id = \(session.tenant)
            """
        )
    }

    /// Every session of an agent that is deleted, so that whoever takes its key meets none.
    func delete(of agent: Agent) throws {
        try self.tx.execute(
            """
            DELETE FROM gateway_message WHERE tenant_id = \(agent.tenant) AND session IN (
                SELECT number FROM gateway_session WHERE tenant_id = \(agent.tenant) AND agent_id = \(agent.id))
            """
        )
        try self.tx.execute("DELETE FROM gateway_session WHERE tenant_id = \(agent.tenant) AND agent_id = \(agent.id)")
    }

    func delete(_ session: Session) throws {
        try self.tx.execute(
            "DELETE FROM gateway_message WHERE session = \(session.number) AND tenant_id = \(session.tenant)"
        )
        try self.tx.execute(
            "DELETE FROM gateway_session WHERE number = \(session.number) AND tenant_id = \(session.tenant)"
        )
    }

    // MARK: Messages

    func insert(_ messages: [ModelMessage], in session: Int64, of run: String, tenant: ID<Tenant>) throws {
        for message in messages {
            let (content, details) = message.stored
            try self.tx.later(
                """
                INSERT INTO gateway_message (tenant_id, session, run_id, role, content, details, created_at)
                VALUES (\(tenant), \(session), \(run), \(message.role.rawValue), \(content), \(details),
                    \(self.tx.now))
                """,
                expecting: 1
            )
        }
    }

    /// Oldest first, from the session's mark on; of long ones the newest.
    func messages(of session: Session, limit: Int = 2000) throws -> [StoredMessage] {
        let rows = try self.tx.rows(
            """
            SELECT number, run_id, role, content, details, created_at FROM gateway_message
            WHERE session = \(session.number) AND number >= \(session.firstMessage)
            ORDER BY number DESC LIMIT \(limit)
            """
        ) { row in
            StoredMessage(
                number: try row.column(),
                run: try row.column(),
                message: ModelMessage(
                    stored: try row.column(String.self),
                    try row.column(String.self),
                    try row.column(String.self)
                ),
                createdAt: try row.column()
            )
        }
        return rows.reversed()
    }
}

/// A session to be written with its first run.
struct NewSession: Sendable {
    let id: ID<Session>
    let tenant: ID<Tenant>
    let key: String
    let agent: String
    let agentKey: String
    let user: String
    let channel: String
    let messageCount: Int
    let run: String
}

extension Transaction {
    var conversations: SessionStore { SessionStore(tx: self) }
}
