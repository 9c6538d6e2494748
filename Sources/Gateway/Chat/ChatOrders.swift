import HTTPTypes
import Kernel
import Platform
import Storage
import Web

/// Makes a run of a chat request: which agent, which session, what the model is told.
struct ChatOrders: Sendable {
    let house: RunHouse
    let access: AgentAccess
    let locks: SessionLocks

    /// An order, and what the session is held with.
    struct Placed: Sendable {
        var order: RunOrder
        let lock: SessionLocks.Lock?
    }

    /// Throws `modelNotFound`, `agentNotFound`, `agentForbidden`, `toolNameTaken`, `sessionNotFound`, `sessionKeyInvalid`, `busy`.
    ///
    /// - Parameter session: the one to go on with; the header's without it, else a new one.
    func order(_ request: ChatRequest, _ actor: GatewayActor, _ call: Call, session: String? = nil) async throws
        -> Placed
    {
        let entry = try await self.agent(named: request.model, actor, call)
        try self.checkTools(request, entry.agent)
        let user = try actor.user ?? self.named(request)
        let rowUser = user ?? actor.userID
        let (place, lock, history) = try await self.session(
            entry.agent,
            actor,
            user,
            session ?? call.header(ActorReader.sessionHeader)
        )
        var (told, new, instructions) = self.parted(request, continues: lock != nil)
        told = try await self.spliced(told + new, entry.agent, actor, rowUser)
        var order = RunOrder(
            id: self.house.ids.uuid(),
            trace: self.house.ids.uuid(),
            kind: .chat,
            actor: actor,
            user: rowUser,
            spender: Spender(
                tenant: actor.tenant.id,
                key: actor.key?.id,
                agent: ID(entry.agent.id.text),
                user: user
            ),
            entry: try await self.withUsersFiles(entry, actor.userID),
            place: place,
            channel: "http",
            history: history + Array(told.dropLast(new.count)),
            messages: Array(told.suffix(new.count))
        )
        order.filesUser = actor.userID
        order.instructions = instructions
        self.fill(&order, request, call)
        order.metadata = self.metadata(request, before: told.count - new.count)
        if lock != nil { order.sessionUser = actor.userID }
        return Placed(order: order, lock: lock)
    }

    /// A call that goes to a model of a provider without an agent.
    ///
    /// - Parameter bytes: the request's own.
    func relay(to choice: ModelChoice, _ json: JSONValue, _ bytes: [UInt8], _ actor: GatewayActor, _ call: Call)
        async throws -> (request: ChatRequest, placed: Placed)
    {
        let open = try await Relay.require(choice, self.house.providers.all(of: actor.tenant), for: actor)
        var request: ChatRequest
        let body: RelayBody?
        if open.provider.wire == .openAI {
            let own = try RelayBody(bytes, json)
            // No server on a private address is made to read the operator's network.
            if open.isNamed, own.hasAddresses { throw GatewayProblems.unsupported("messages") }
            if own.isStream, own.choices > 1, call.header(.idempotencyKey) != nil {
                throw GatewayProblems.unsupported("n")
            }
            request = ChatRequest(relaying: json)
            request.maximumOutput = own.maximumOutput
            request.messages = [ModelMessage(.user, own.question)]
            body = own
        } else {
            request = try ChatReader.read(json)
            body = nil
        }
        let named = try self.named(request)
        let user = actor.user ?? named
        var order = RunOrder(
            id: self.house.ids.uuid(),
            trace: self.house.ids.uuid(),
            kind: .relay,
            actor: actor,
            user: user ?? actor.userID,
            spender: Spender(tenant: actor.tenant.id, key: actor.key?.id, agent: nil, user: user),
            entry: .relay(to: choice, for: actor, now: self.house.clock.now()),
            place: .none,
            channel: "http",
            history: [],
            messages: request.messages.filter { $0.role != .system }
        )
        order.relay = Relay(choice: choice, body: body)
        self.fill(&order, request, call)
        order.instructions = Self.instructions(request)
        return (request, Placed(order: order, lock: nil))
    }

    /// The body's user names rows and budgets; who may do what is judged without it.
    private func named(_ request: ChatRequest) throws -> String? {
        try request.user.map { name throws(Problem) in
            guard UserName.isValid(name) else { throw GatewayProblems.userInvalid }
            return name
        }
    }

    /// What a client asks of the model's answer.
    private func fill(_ order: inout RunOrder, _ request: ChatRequest, _ call: Call) {
        order.clientTools = request.tools
        order.toolChoice = request.toolChoice
        order.allowsParallelCalls = request.allowsParallelCalls
        order.sampling = request.sampling
        order.maximumOutput = request.maximumOutput
        order.responseFormat = request.responseFormat
        order.thinking = request.thinking
        order.metadata = request.metadata
        order.isStored = request.isStored
        order.language = Language.ofClient(call.request).rawValue
    }

    private static func instructions(_ request: ChatRequest) -> String {
        request.messages.filter { $0.role == .system }.map(\.text).joined(separator: "\n\n")
    }

    /// By `goclaw:` or `agent:` in the model's name, then by the header, then the default one.
    private func agent(named model: String, _ actor: GatewayActor, _ call: Call) async throws
        -> AgentDirectory.Entry
    {
        let (prefix, name) = model.bytewise.cut(at: ":")
        if let name, ["goclaw", "agent"].contains(prefix.lowercased()) {
            guard !name.isEmpty else { throw GatewayProblems.modelNotFound }
            do { return try await self.access.require(String(name), for: actor) } catch let problem as Problem
                where problem.code == "agent_not_found"
            { throw GatewayProblems.modelNotFound }
        }
        let header = call.header(ActorReader.agentHeader) ?? call.header(ActorReader.agentHeaderAlias)
        if let header = header?.trimmed.nonEmpty { return try await self.access.require(header, for: actor) }
        if let entry = try await self.access.agents.find(Agent.defaultKey, of: actor.tenant.id) {
            if try await self.access.mayUse(entry.agent, actor) { return entry }
        }
        // Where `default` is another's by now, the tenant's default one answers.
        return try await self.access.require("", for: actor)
    }

    private func checkTools(_ request: ChatRequest, _ agent: Agent) throws {
        let policy = ToolPolicy(agent.object("tools_config"))
        for tool in request.tools where self.house.tool(tool.name).map({ policy.has($0.traits) }) ?? false {
            throw GatewayProblems.toolNameTaken(tool.name)
        }
        guard case .named(let name) = request.toolChoice else { return }
        let isThere =
            request.tools.contains { $0.name.bytewise.equals(name) }
            || self.house.tool(name).map { policy.has($0.traits) } ?? false
        var validation = Validation()
        validation.require(isThere, "tool_choice", FieldRule("tool_choice"))
        try validation.check()
    }

    // MARK: Sessions

    private func session(_ agent: Agent, _ actor: GatewayActor, _ user: String?, _ wanted: String?)
        async throws -> (RunOrder.SessionPlace, SessionLocks.Lock?, [ModelMessage])
    {
        guard let wanted = wanted?.nonEmpty else {
            let name = (user ?? actor.userID).beginning(200)
            let rest = "http-\(name)-\(self.house.ids.bytes(4).hex)"
            return (.new(SessionKey(agentKey: agent.key, rest: rest)), nil, [])
        }
        let rest = wanted == "user" ? "http:direct:\(actor.userID)" : wanted
        return try await self.open(rest, agent, actor)
    }

    /// A session that is the actor's own, or a new one under that key. Throws `sessionNotFound`, `sessionKeyInvalid`, `busy`.
    func open(_ name: String, _ agent: Agent, _ actor: GatewayActor) async throws
        -> (RunOrder.SessionPlace, SessionLocks.Lock?, [ModelMessage])
    {
        guard let named = SessionKey(name, of: agent.key) else { throw GatewayProblems.sessionKeyInvalid }
        let key = try await self.earlier(named, of: agent) ?? named
        // The usual session of a user is nobody else's, even before it has begun.
        if let user = key.rest.bytewise.dropping(prefix: "http:direct:"), !user.bytewise.equals(actor.userID) {
            throw GatewayProblems.sessionNotFound
        }
        let isOwn = try await self.isKey(key, of: agent)
        guard isOwn else { throw GatewayProblems.sessionNotFound }
        // Nobody waits for what is somebody else's.
        let present = try await self.house.database.read { try $0.conversations.find(key.text, of: actor.tenant.id) }
        guard present.map({ $0.agent == agent.id.text && $0.user == actor.userID }) ?? true else {
            throw GatewayProblems.sessionNotFound
        }
        let lock = try await self.locks.take("\(actor.tenant.id) \(key.text)")
        let (session, messages) = try await self.house.database.read { tx in
            let session = try tx.conversations.find(key.text, of: actor.tenant.id)
            return (session, try session.map { try tx.conversations.messages(of: $0) } ?? [])
        }
        guard let session else { return (.new(key), lock, []) }
        guard session.agent == agent.id.text, session.user == actor.userID else {
            throw GatewayProblems.sessionNotFound
        }
        return (.existing(session), lock, messages.map(\.message))
    }

    /// The session under a key that the agent had, where it has none under its own.
    private func earlier(_ key: SessionKey, of agent: Agent) async throws -> SessionKey? {
        guard key.agentKey == agent.key else { return nil }
        return try await self.house.database.read { tx in
            guard try tx.conversations.find(key.text, of: agent.tenant) == nil else { return nil }
            return try tx.agents.listAliases(of: agent).map { SessionKey(agentKey: $0, rest: key.rest) }
                .first { try tx.conversations.find($0.text, of: agent.tenant)?.agent == agent.id.text }
        }
    }

    /// The key's agent is this one, by its key or one that it had.
    private func isKey(_ key: SessionKey, of agent: Agent) async throws -> Bool {
        if key.agentKey == agent.key { return true }
        return try await self.house.database.read { tx in
            try tx.agents.find(alias: key.agentKey, of: agent.tenant) == agent.id
        }
    }

    // MARK: Messages

    /// What was said before, what is new, and what the caller asks for besides. Of a session that goes on, what was said before is its own.
    private func parted(_ request: ChatRequest, continues: Bool) -> ([ModelMessage], [ModelMessage], String) {
        let talk = request.messages.filter { $0.role != .system }
        let last = talk.lastIndex { $0.role == .assistant } ?? -1
        return (continues ? [] : Array(talk[...last]), Array(talk[(last + 1)...]), Self.instructions(request))
    }

    /// Turns in which the server did something are put in again.
    private func spliced(_ messages: [ModelMessage], _ agent: Agent, _ actor: GatewayActor, _ user: String) async throws
        -> [ModelMessage]
    {
        guard messages.contains(where: { $0.role == .assistant && !$0.toolCalls.isEmpty }) else { return messages }
        var result: [ModelMessage] = []
        for message in messages {
            if message.role == .assistant, let call = message.toolCalls.first {
                let kept = try await self.house.database.read { tx in
                    try tx.splices.find(call: call.id, tenant: actor.tenant.id, agent: agent.id, user: user)
                }
                if let kept {
                    result += kept
                    continue
                }
            }
            result.append(message)
        }
        return result
    }

    /// Of what came before, the number is kept: the messages themselves were kept by the calls before, or are the client's.
    private func metadata(_ request: ChatRequest, before count: Int) -> JSONValue {
        count > 0 ? request.metadata.adding("messages_before", .int(count)) : request.metadata
    }

    /// The user's own context files in place of the agent's.
    func withUsersFiles(_ entry: AgentDirectory.Entry, _ user: String) async throws -> AgentDirectory.Entry {
        let own = try await self.house.database.read { try $0.contextFiles.list(of: entry.agent.id, user: user) }
        guard !own.isEmpty else { return entry }
        return .init(agent: entry.agent, files: entry.files.merging(own) { $1 }, link: entry.link)
    }
}
