import HTTPTypes
import Kernel
import Platform
import Storage
import Web

/// Conversations, each its user's own.
struct SessionRoutes: Sendable {
    static let tag = "Sessions"

    let database: any Database
    let actors: ActorReader
    let isRunning: @Sendable (String) -> Bool

    var endpoints: [Endpoint] {
        [
            Endpoint(.get, "/v1/sessions", tag: Self.tag, self.list),
            Endpoint(.get, "/v1/sessions/{key}", tag: Self.tag, self.get),
            Endpoint(.patch, "/v1/sessions/{key}", tag: Self.tag, self.update),
            Endpoint(.delete, "/v1/sessions/{key}", tag: Self.tag, self.delete),
            Endpoint(.post, "/v1/sessions/{key}/reset", tag: Self.tag, self.reset),
        ]
    }

    struct ListInput: Input {
        let filter: SessionFilter
        let page: ListPage

        init(_ read: inout InputReader) {
            var filter = SessionFilter()
            let agent = read.query("agent_id", .string, "Of this agent, by id or key", .atMost(64))
            filter.agent = agent ?? read.query("agentId", .string, "The same by another name", .atMost(64))
            filter.channel = read.query("channel", .string, "`http` or `wake`", .atMost(64))
            filter.user = read.query("user_id", .string, "Of this user; for admins", .atMost(255))
            filter.text = read.query("q", .string, "In keys and labels", .atMost(200))?.trimmed.nonEmpty
            self.filter = filter
            self.page = ListPage(following: &read, default: 20)
        }
    }

    var list: Operation<ListInput, SessionList> {
        .acting("List sessions, last used first", needs: .scope(.read), by: self.actors) { input, actor, _ in
            var filter = input.filter
            // Somebody else's are not there.
            if let own = actor.ownUser {
                guard filter.user == nil || filter.user == own else {
                    return SessionList(sessions: [], total: 0, page: input.page)
                }
                filter.user = own
            }
            filter.agentKeys = actor.key?.agents ?? []
            let settled = filter
            let (listed, agents) = try await self.database.read { tx in
                let listed = try tx.conversations.list(of: actor.tenant.id, settled, input.page)
                let agents = try Set(listed.items.map(\.agent)).compactMap { id in
                    try tx.agents.find(any: ID(id), of: actor.tenant.id)
                }
                return (listed, Dictionary(uniqueKeysWithValues: agents.map { ($0.id.text, $0) }))
            }
            let sessions = listed.items.map { session in
                SessionOutput(session: session, agent: agents[session.agent], isRunning: self.runs(session))
            }
            return SessionList(sessions: sessions, total: listed.total, page: input.page, next: listed.next)
        }
    }

    private func runs(_ session: Session) -> Bool { session.run.map(self.isRunning) ?? false }

    struct Path: Input {
        let key: String
        init(_ read: inout InputReader) { self.key = read.path("key", "The session's key") }
    }

    /// One's own. Throws `sessionNotFound`.
    private static func require(_ key: String, _ actor: GatewayActor, in tx: Transaction) throws -> Session {
        guard let session = try tx.conversations.find(key, of: actor.tenant.id),
            actor.seesAll || session.user == actor.userID, actor.mayRun(agentKey: session.agentKey)
        else { throw GatewayProblems.sessionNotFound }
        return session
    }

    var get: Operation<Path, SessionDetail> {
        .acting("Show a session with its messages", needs: .scope(.read), by: self.actors) { input, actor, _ in
            let (session, agent, messages) = try await self.database.read { tx in
                let session = try Self.require(input.key, actor, in: tx)
                let agent = try tx.agents.find(any: ID(session.agent), of: actor.tenant.id)
                return (session, agent, try tx.conversations.messages(of: session))
            }
            return SessionDetail(
                session: SessionOutput(session: session, agent: agent, isRunning: self.runs(session)),
                messages: messages.map { MessageOutput(message: $0) }
            )
        }.refusing(GatewayProblems.sessionNotFound)
    }

    struct UpdateInput: Input {
        let path: Path
        let label: String?
        let metadata: JSONValue?

        init(_ read: inout InputReader) {
            self.path = Path(&read)
            self.label = read.optionalBody("label", .string, "As people call it", .line(canBeBlank: true), .atMost(200))
            self.metadata = read.optionalBody("metadata", .object, "Your own", .atMostBytes(16 * 1024)).map {
                .object($0)
            }
        }
    }

    var update: Operation<UpdateInput, SessionOutput> {
        .acting("Label a session", needs: .scope(.write), effect: .write, by: self.actors) { input, actor, _ in
            let (session, agent) = try await self.database.write { tx in
                let session = try Self.require(input.path.key, actor, in: tx)
                try tx.conversations.update(
                    session,
                    label: input.label ?? session.label,
                    metadata: input.metadata ?? session.metadata
                )
                let fields = (input.label == nil ? [] : ["label"]) + (input.metadata == nil ? [] : ["metadata"])
                try tx.activity.record(actor.activity, "updated", of: "session", session.key, fields: fields)
                let agent = try tx.agents.find(any: ID(session.agent), of: actor.tenant.id)
                return (try Self.require(input.path.key, actor, in: tx), agent)
            }
            return SessionOutput(session: session, agent: agent, isRunning: self.runs(session))
        }.refusing(GatewayProblems.sessionNotFound)
    }

    var delete: Operation<Path, OKOutput> {
        .acting("Delete a session", needs: .scope(.write), effect: .write, by: self.actors) { input, actor, _ in
            try await self.database.write { tx in
                let session = try Self.require(input.key, actor, in: tx)
                guard !self.runs(session) else { throw GatewayProblems.busy }
                try tx.conversations.delete(session)
                try tx.activity.record(actor.activity, "deleted", of: "session", session.key)
            }
            return OKOutput()
        }.refusing(GatewayProblems.sessionNotFound, GatewayProblems.busy)
    }

    var reset: Operation<Path, OKOutput> {
        .acting("Begin a session anew", needs: .scope(.write), effect: .write, by: self.actors) { input, actor, _ in
            try await self.database.write { tx in
                let session = try Self.require(input.key, actor, in: tx)
                try tx.conversations.reset(session)
                try tx.activity.record(actor.activity, "reset", of: "session", session.key)
            }
            return OKOutput()
        }.refusing(GatewayProblems.sessionNotFound)
    }
}

/// In camel case, as its clients expect it.
struct SessionOutput: Answer {
    let session: Session
    let agent: Agent?
    let isRunning: Bool

    static let members: [Member<Self>] = [
        Member("key", \.session.key, "The session's key", example: "agent:default:http-alice-0123abcd"),
        Member("id", \.session.id, "The session"), Member("agentId", \.session.agent, "The agent"),
        Member("agentName", { $0.agent?.name ?? $0.session.agentKey }, "As people call it", example: "Default"),
        Member("channel", \.session.channel, "How it came", example: "http"),
        Member("userID", \.session.user, "Whose it is", example: "alice"),
        Member("label", \.session.label, "As people call it"),
        Member("model", { $0.agent?.model ?? "" }, "Who answers", example: "echo"),
        Member("provider", { $0.agent?.provider ?? "" }, "Where it answers", example: "echo"),
        Member("messageCount", \.session.messageCount, "How many messages it has"),
        Member("inputTokens", \.session.inputTokens, "Tokens read"),
        Member("outputTokens", \.session.outputTokens, "Tokens written"),
        Member("estimatedTokens", \.session.inputTokens, "Tokens that were read last, about"),
        Member("contextWindow", { $0.agent?.details.contextWindow ?? 0 }, "Tokens that the agent can read"),
        Member("compactionCount", \.session.compactionCount, "How often it was summed up"),
        Member("isRunning", \.isRunning, "Whether a run is under way"),
        Member("metadata", \.session.metadata, "Your own"),
        Member("created", { Moment($0.session.createdAt) }, "When it began"),
        Member("updated", { Moment($0.session.updatedAt) }, "When it was used last"),
    ]
}

struct SessionList: Answer {
    let sessions: [SessionOutput]
    let total: Int
    let page: ListPage
    var next: Cursor?

    static let members: [Member<Self>] =
        [Member("sessions", \.sessions, "Last used first")] + Paged.members(total: \.total, page: \.page)
        + [Paged.next(\.next)]
}

struct SessionDetail: Answer {
    let session: SessionOutput
    let messages: [MessageOutput]
    static let members: [Member<Self>] =
        Member.all(of: \.session) + [Member("messages", \.messages, "Oldest first")]
}

struct MessageOutput: Answer {
    let message: StoredMessage

    static let members: [Member<Self>] = [
        Member("id", { Int($0.message.number) }, "Its number; grows"),
        Member("role", \.message.message.role.rawValue, "Who says it", example: "assistant"),
        Member("content", \.message.message.text, "What is said"),
        Member("tool_calls", \.calls, "Tools that are called", leavesOutNull: true),
        Member("tool_call_id", \.message.message.toolCallID, "Of a result, its call", leavesOutNull: true),
        Member(
            "is_error",
            { $0.message.message.isError ? true : Bool?.none },
            "Of a result, that it failed",
            leavesOutNull: true
        ),
        Member("run_id", \.message.run, "The run"),
        Member("created_at", { Moment($0.message.createdAt) }, "When it was said"),
    ]

    private var calls: [JSONValue]? {
        let calls = self.message.message.toolCalls
        guard !calls.isEmpty else { return nil }
        return calls.map { ["id": .string($0.id), "name": .string($0.name), "arguments": .string($0.arguments)] }
    }
}
