import HTTPTypes
import Kernel
import Platform
import Storage
import Web

/// Tools that are called without an agent's loop, under all of the agent's rules.
struct ToolRoutes: Sendable {
    static let tag = "Tools"

    let actors: ActorReader
    let access: AgentAccess
    let house: RunHouse
    let secrets: SecretBox

    var endpoints: [Endpoint] {
        [self.invoke.endpoint("/v1/tools/invoke", tag: Self.tag, secrets: self.secrets, status: .ok)]
    }

    struct InvokeInput: Input {
        let tool: String
        let arguments: [String: JSONValue]
        let isTrial: Bool
        let agent: String?
        let session: String?

        init(_ read: inout InputReader) {
            self.tool = read.body("tool", .string, "Its name", .notBlank(), .atMost(64))
            var arguments = read.optionalBody("args", .object, "Its arguments", .atMostBytes(1024 * 1024)) ?? [:]
            let action = read.optionalBody(
                "action",
                .string,
                "An argument of that name, where there is none",
                .atMost(200)
            )
            if let action, arguments["action"] == nil { arguments["action"] = .string(action) }
            self.arguments = arguments
            self.isTrial = read.body("dryRun", .boolean, default: false, json: false, "Only whether it may be called")
            self.agent = read.optionalBody(
                "agentId",
                .string,
                "Whose tool; the header's agent, or the default one",
                .atMost(64)
            )
            self.session = read.optionalBody(
                "sessionKey",
                .string,
                "A session of one's own, for the tool's context",
                .atMost(512)
            )
            _ = read.optionalBody("channel", .string, "For the tool's context", .atMost(64))
            _ = read.optionalBody("chatId", .string, "For the tool's context", .atMost(255))
            _ = read.optionalBody("peerKind", .string, "For the tool's context", .oneOf(["direct", "group"]))
        }
    }

    var invoke: GatewayCreation<InvokeInput, ToolAnswer> {
        GatewayCreation(
            summary: "Call a tool of an agent",
            access: .scope(.write),
            actors: self.actors,
            refusals: [
                GatewayProblems.agentNotFound, GatewayProblems.agentForbidden, GatewayProblems.agentInactive,
                GatewayProblems.sessionNotFound, GatewayProblems.toolNotFound, GatewayProblems.toolFailed("reason"),
                GatewayProblems.idempotencyKeyRunning,
            ]
        ) { input, actor, call, once in
            let named = input.agent ?? call.header(ActorReader.agentHeader) ?? call.header(ActorReader.agentHeaderAlias)
            let entry = try await self.access.require(named?.nonEmpty ?? Agent.defaultKey, for: actor)
            guard entry.agent.status != .inactive else { throw GatewayProblems.agentInactive }
            try await self.requireOwn(input.session, actor)
            let policy = ToolPolicy(entry.agent.object("tools_config"))
            guard let tool = self.house.tool(input.tool), input.isTrial || policy.has(tool.traits) else {
                throw GatewayProblems.toolNotFound
            }
            if input.isTrial {
                return ToolAnswer(tool: tool, isAllowed: policy.has(tool.traits) && !policy.asks(tool.traits))
            }
            try self.check(input.arguments, tool)
            return try await self.call(tool, input, entry, policy, actor, call, once)
        }
    }

    /// Somebody else's session is not there.
    private func requireOwn(_ session: String?, _ actor: GatewayActor) async throws {
        guard let session else { return }
        let found = try await self.house.database.read { try $0.conversations.find(session, of: actor.tenant.id) }
        guard let found, actor.seesAll || found.user == actor.userID else { throw GatewayProblems.sessionNotFound }
    }

    /// Throws every fault at once.
    private func check(_ arguments: [String: JSONValue], _ tool: Tool) throws {
        var validation = Validation()
        for fault in SchemaCheck.faults(.object(arguments), tool.parameters) {
            let path = fault.path.isEmpty ? "args" : "args.\(fault.path)"
            validation.require(false, path, fault.rule)
        }
        try validation.check()
    }

    /// One span of a run of its own, with usage and audit.
    private func call(
        _ tool: Tool,
        _ input: InvokeInput,
        _ entry: AgentDirectory.Entry,
        _ policy: ToolPolicy,
        _ actor: GatewayActor,
        _ call: Call,
        _ once: Repetition?
    ) async throws -> ToolAnswer {
        var order = self.order(entry, actor)
        order.language = Language.ofClient(call.request).rawValue
        let context = ToolContext(order, policy, session: input.session ?? "")
        let handle = RunHandle(order)
        self.house.registry.add(handle)
        // What could not be written is ended by `RunRecovery`.
        defer { self.house.registry.remove(handle) }
        let start = RunStart(
            order: order,
            process: self.house.process,
            preview: "",
            startedAt: self.house.clock.now()
        )
        // After a crash, nobody knows whether it has acted: under the same key it is not called again.
        let seconds = tool.kind == .read ? Int64(self.house.settings.runSeconds) : IdempotencyStore.lifetimeSeconds
        let rows = try await self.house.database.write { tx in
            try once?.hold(seconds: seconds, else: GatewayProblems.idempotencyKeyRunning, in: tx)
            return try start.write(in: tx)
        }
        let wanted = ToolCall(
            id: self.house.ids.uuid(),
            name: tool.name,
            arguments: JSON.text(of: .object(input.arguments))
        )
        let outcome = try await ToolRunner(house: self.house, context: context).run(wanted)
        let answer = ToolAnswer(tool: tool, outcome: outcome)
        let failure = GatewayProblems.toolFailed(outcome.result.text.beginning(1000))
        try await self.finish(outcome, order, rows) { tx in
            // What has acted is not done again, whatever came of it.
            if outcome.result.isError {
                let body = GatewayContract.shared.body(for: failure)
                try once?.keep(400, Array(JSON.text(of: body).utf8), in: tx)
            } else {
                try once?.keep(200, answer, in: tx)
            }
        }
        guard !outcome.result.isError else { throw failure }
        return answer
    }

    private func order(_ entry: AgentDirectory.Entry, _ actor: GatewayActor) -> RunOrder {
        RunOrder(
            id: self.house.ids.uuid(),
            trace: self.house.ids.uuid(),
            kind: .tool,
            actor: actor,
            user: actor.userID,
            spender: Spender(
                tenant: actor.tenant.id,
                key: actor.key?.id,
                agent: ID(entry.agent.id.text),
                user: actor.user
            ),
            entry: entry,
            place: .none,
            channel: "tool",
            history: [],
            messages: []
        )
    }

    private func finish(
        _ outcome: ToolOutcome,
        _ order: RunOrder,
        _ rows: (run: Int64, session: Int64),
        last: @escaping @Sendable (Transaction) throws -> Void
    ) async throws {
        let house = self.house
        let isError = outcome.result.isError
        try await house.database.write { tx in
            try tx.runs.insert(outcome.span(in: order, house), of: rows.run, tenant: order.tenant.id)
            let milliseconds = max(0, outcome.endedAt.milliseconds(since: outcome.startedAt))
            try tx.usage.add(
                ToolUsageDelta(
                    tool: outcome.call.name,
                    calls: 1,
                    errors: isError ? 1 : 0,
                    milliseconds: milliseconds,
                    cost: outcome.result.cost
                ),
                tenant: order.tenant.id,
                hour: outcome.startedAt.hour,
                agent: order.agent.id.text,
                user: order.user
            )
            let totals = RunTotals(cost: outcome.result.cost, spans: 2, toolCalls: 1)
            let end = RunEnd(status: isError ? .error : .completed, reason: isError ? "error" : "end_turn")
            try tx.runs.update(order.id, by: house.process, totals, ending: end)
            try last(tx)
            try tx.activity.record(
                order.actor.activity,
                "invoked",
                of: "tool",
                outcome.call.name,
                details: ["agent_key": .string(order.agent.key), "trace_id": .string(order.trace)]
            )
        }
    }
}

struct ToolAnswer: Answer {
    let tool: Tool
    var outcome: ToolOutcome?
    /// Of a trial.
    var isAllowed = true

    init(tool: Tool, isAllowed: Bool) { (self.tool, self.isAllowed) = (tool, isAllowed) }
    init(tool: Tool, outcome: ToolOutcome) { (self.tool, self.outcome) = (tool, outcome) }

    static let members: [Member<Self>] = [
        Member(
            "result",
            \.result,
            "What came of it",
            example: ["output": "2026-11-29", "forUser": "", "metadata": [:]],
            leavesOutNull: true
        ),
        Member("tool", { $0.outcome == nil ? $0.tool.name : nil }, "Of a trial: its name", leavesOutNull: true),
        Member(
            "description",
            { $0.outcome == nil ? $0.tool.description : nil },
            "Of a trial: what it does",
            leavesOutNull: true
        ),
        Member(
            "parameters",
            { $0.outcome == nil ? $0.tool.parameters : JSONValue?.none },
            "Of a trial: its arguments",
            leavesOutNull: true
        ),
        Member("dryRun", { $0.outcome == nil ? true : Bool?.none }, "That it was a trial", leavesOutNull: true),
        Member(
            "allowed",
            { $0.outcome == nil ? $0.isAllowed : Bool?.none },
            "Of a trial: whether it may be called",
            leavesOutNull: true
        ),
    ]

    private var result: JSONValue? {
        self.outcome.map { outcome in
            var metadata = outcome.result.details
            metadata["duration_ms"] = .integer(max(0, outcome.endedAt.milliseconds(since: outcome.startedAt)))
            return ["output": .string(outcome.shown), "forUser": "", "metadata": .object(metadata)]
        }
    }
}
