import HTTPTypes
import Kernel
import Platform
import Storage
import Web

/// What runs have done, step by step.
struct TraceRoutes: Sendable {
    static let tag = "Traces"
    static let spanLimit = 5000

    let database: any Database
    let actors: ActorReader

    var endpoints: [Endpoint] {
        [
            Endpoint(.get, "/v1/traces", tag: Self.tag, self.list),
            Endpoint(.get, "/v1/traces/{id}", tag: Self.tag, self.get),
        ]
    }

    struct ListInput: Input {
        let filter: RunFilter
        let page: ListPage

        init(_ read: inout InputReader) {
            var filter = RunFilter()
            let agent = read.query("agent_id", .string, "Of this agent, by id or key", .atMost(64))
            filter.agent = agent ?? read.query("agent", .string, "The same by another name", .atMost(64))
            filter.user = read.query("user_id", .string, "Of this user", .atMost(255))
            filter.sessionKey = read.query("session_key", .string, "Of this session", .atMost(512))
            filter.status = read.query(
                "status",
                .string,
                "How it stands",
                .oneOf(RunRecord.Status.allCases.map(\.rawValue))
            )
            .flatMap { RunRecord.Status(rawValue: $0) }
            filter.channel = read.query("channel", .string, "`http` or `wake`", .atMost(64))
            filter.text = read.query("q", .string, "In what was asked and answered", .atMost(200))?.trimmed.nonEmpty
            filter.tool = read.query("tool_name", .string, "With calls of this tool", .atMost(64))
            filter.from = read.moment("from", "Started from this moment on")
            filter.to = read.moment("to", "Started before this moment", isEnd: true)
            filter.inputTokens = read.range("input_tokens", "Tokens read")
            filter.outputTokens = read.range("output_tokens", "Tokens written")
            filter.toolCalls = read.range("tool_calls", "Calls of tools")
            let has = read.query("has_tool_calls", .boolean, "Whether tools were called")
            if let has, filter.toolCalls == nil { filter.toolCalls = has ? 1...Int64.max : 0...0 }
            self.filter = filter
            self.page = ListPage(following: &read)
        }
    }

    var list: Operation<ListInput, TraceList> {
        .acting("List traces, newest first", needs: .scope(.read), by: self.actors) { input, actor, _ in
            var filter = input.filter
            if let own = actor.ownUser {
                // Somebody else's are not there.
                if let wanted = filter.user, wanted != own { return TraceList(traces: [], total: 0, page: input.page) }
                // Of others' runs, nothing is searched that is not shown.
                let isContent = filter.text != nil || filter.sessionKey != nil
                if filter.user == nil, !isContent { filter.ownedBy = actor.user }
                filter.user = own
            }
            filter.agentKeys = actor.key?.agents ?? []
            let settled = filter
            let listed = try await self.database.read { try $0.runs.list(of: actor.tenant.id, settled, input.page) }
            let traces = listed.items.map { TraceOutput(run: $0, isShown: Self.isShown($0, actor)) }
            return TraceList(traces: traces, total: listed.total, page: input.page, next: listed.next)
        }
    }

    /// An agent's owner sees what others' runs cost, and neither who they were nor what was said.
    private static func isShown(_ run: RunRecord, _ actor: GatewayActor) -> Bool {
        actor.seesAll || run.user == actor.userID
    }

    /// A run that the actor may look at, and whether who it was and what was said is shown. Throws `traceNotFound`.
    static func require(_ trace: String, for actor: GatewayActor, in tx: Transaction) throws
        -> (run: RunRecord, isShown: Bool)
    {
        guard let run = try tx.runs.find(trace: trace, of: actor.tenant.id), actor.mayRun(agentKey: run.agentKey) else {
            throw GatewayProblems.traceNotFound
        }
        let isShown = Self.isShown(run, actor)
        if !isShown {
            let agent = try tx.agents.find(any: ID(run.agent), of: actor.tenant.id)
            guard let user = actor.user, agent?.owner == user else { throw GatewayProblems.traceNotFound }
        }
        return (run, isShown)
    }

    struct Path: Input {
        let id: String
        init(_ read: inout InputReader) { self.id = read.path("id", "The trace").lowercased() }
    }

    var get: Operation<Path, TraceDetail> {
        .acting("Show a trace with all its spans", needs: .scope(.read), by: self.actors) { input, actor, _ in
            try await self.database.read { tx in
                let (run, isShown) = try Self.require(input.id, for: actor, in: tx)
                let spans = try tx.runs.spans(of: run, limit: Self.spanLimit + 1)
                let shown = spans.prefix(Self.spanLimit).map {
                    SpanOutput(span: $0.span, status: $0.status, trace: run.trace, isShown: isShown)
                }
                return TraceDetail(
                    trace: TraceOutput(run: run, isShown: isShown),
                    spans: [SpanOutput(root: run, isShown: isShown)] + shown,
                    isTruncated: spans.count > Self.spanLimit
                )
            }
        }.refusing(GatewayProblems.traceNotFound)
    }
}

extension InputReader {
    /// `min_<name>` and `max_<name>`.
    fileprivate mutating func range(_ name: String, _ summary: String) -> ClosedRange<Int64>? {
        let low = self.query("min_\(name)", .integer, "\(summary), at least", .range(0...Int.max))
        let high = self.query("max_\(name)", .integer, "\(summary), at most", .range(0...Int.max))
        guard low != nil || high != nil else { return nil }
        let (from, to) = (Int64(low ?? 0), Int64(high ?? Int.max))
        return from <= to ? from...to : to...to
    }
}

struct TraceOutput: Answer {
    let run: RunRecord
    /// Whether the reader may see who it was and what was said.
    let isShown: Bool

    static let members: [Member<Self>] = [
        Member("id", \.run.trace, "The trace"),
        Member("parent_trace_id", { _ in String?.none }, "The trace that caused it"),
        Member("agent_id", { $0.run.agent.nonEmpty }, "The agent; null where a model was called without one"),
        Member("agent_key", { $0.run.agentKey.nonEmpty }, "Its key", example: "default"),
        Member("user_id", { $0.isShown ? $0.run.user : "" }, "For whom", example: "alice"),
        Member(
            "session_key",
            { $0.isShown ? $0.run.sessionKey : "" },
            "In which session",
            example: "agent:default:http-alice-0123abcd"
        ),
        Member("run_id", \.run.id, "The run"), Member("start_time", { Moment($0.run.startedAt) }, "When it began"),
        Member("end_time", { $0.run.endedAt.map(Moment.init) }, "When it ended"),
        Member("duration_ms", \.duration, "How long it took", unit: "ms"),
        Member("name", \.run.name, "What it is", example: "invoke_agent default"),
        Member("channel", \.run.channel, "How it came", example: "http"),
        Member("input_preview", { $0.isShown ? $0.run.inputPreview : "" }, "What was asked"),
        Member("output_preview", { $0.isShown ? $0.run.outputPreview : "" }, "What was answered"),
        Member("total_input_tokens", \.run.inputTokens, "Tokens read"),
        Member("total_output_tokens", \.run.outputTokens, "Tokens written"),
        Member("total_cost", { $0.run.cost.number }, "What it cost", unit: "USD", example: 0.0105),
        Member("total_cost_micros", \.run.cost.smallestUnits, "The same", unit: "millionths of USD"),
        Member("is_estimated", \.run.isEstimated, "Whether a part of the cost was estimated"),
        Member("span_count", \.run.spanCount, "Steps"), Member("llm_call_count", \.run.calls, "Calls of models"),
        Member("tool_call_count", \.run.toolCalls, "Calls of tools"),
        Member("status", \.run.status.rawValue, "How it stands", example: "completed"),
        Member("stop_reason", \.run.stopReason, "Why it stopped", example: "end_turn"),
        Member("error", { $0.run.error.nonEmpty }, "What went wrong"),
        Member("metadata", { $0.isShown ? $0.run.metadata : [:] }, "The caller's own"),
        Member("tags", { _ in [String]() }, "None yet"),
        Member("trace_id", \.run.w3cTrace, "The W3C trace that it belongs to"),
        Member("created_at", { Moment($0.run.startedAt) }, "When it began"),
    ]

    private var duration: Int64 {
        max(0, (self.run.endedAt ?? self.run.startedAt).milliseconds(since: self.run.startedAt))
    }
}

struct TraceList: Answer {
    let traces: [TraceOutput]
    let total: Int
    let page: ListPage
    var next: Cursor?
    static let members: [Member<Self>] =
        [Member("traces", \.traces, "Newest first")] + Paged.members(total: \.total, page: \.page) + [
            Paged.next(\.next)
        ]
}

struct TraceDetail: Answer {
    let trace: TraceOutput
    let spans: [SpanOutput]
    let isTruncated: Bool
    static let members: [Member<Self>] = [
        Member("trace", \.trace, "The run"), Member("spans", \.spans, "All its steps, in their order"),
        Member("truncated", \.isTruncated, "Whether there are more than 5,000"),
    ]
}

struct SpanOutput: Answer {
    let span: Span
    let status: String
    let trace: String
    let isShown: Bool

    init(span: Span, status: String, trace: String, isShown: Bool) {
        (self.span, self.status, self.trace, self.isShown) = (span, status, trace, isShown)
    }

    /// The run itself, as the first span.
    init(root run: RunRecord, isShown: Bool) {
        var details: [String: JSONValue] = [
            "gen_ai.operation.name": .string(run.operation), "input_preview": .string(run.inputPreview),
            "output_preview": .string(run.outputPreview),
        ]
        if !run.agent.isEmpty {
            details["gen_ai.agent.id"] = .string(run.agent)
            details["gen_ai.agent.name"] = .string(run.agentKey)
        }
        if !run.sessionKey.isEmpty { details["gen_ai.conversation.id"] = .string(run.sessionKey) }
        if run.isEstimated { details["usage_estimated"] = true }
        self.init(
            span: Span(
                id: run.trace,
                parent: "",
                kind: .agent,
                name: run.name,
                isError: run.status == .error,
                error: run.error,
                inputTokens: run.inputTokens,
                outputTokens: run.outputTokens,
                cost: run.cost,
                details: details,
                startedAt: run.startedAt,
                endedAt: run.endedAt ?? run.startedAt
            ),
            status: run.status.rawValue,
            trace: run.trace,
            isShown: isShown
        )
    }

    static let members: [Member<Self>] = [
        Member("id", \.span.id, "The span"), Member("trace_id", \.trace, "The trace"),
        Member("parent_span_id", { $0.span.parent.nonEmpty }, "The step that it is a part of"),
        Member("span_type", \.span.kind.rawValue, "What kind of step", example: "llm_call"),
        Member("name", \.span.name, "What it is", example: "chat gpt-6-luna"),
        Member("start_time", { Moment($0.span.startedAt) }, "When it began"),
        Member("end_time", { Moment($0.span.endedAt) }, "When it ended"),
        Member(
            "duration_ms",
            { max(0, $0.span.endedAt.milliseconds(since: $0.span.startedAt)) },
            "How long it took",
            unit: "ms"
        ),
        Member("status", \.status, "How it ended", example: "completed"),
        Member("error", { $0.isShown ? $0.span.error.nonEmpty : nil }, "What went wrong"),
        Member("level", { $0.span.isError ? "ERROR" : "DEFAULT" }, "How grave it is", example: "DEFAULT"),
        Member("model", { $0.span.model.nonEmpty }, "Who was asked"),
        Member("provider", { $0.span.provider.nonEmpty }, "Where"),
        Member("input_tokens", \.span.inputTokens, "Tokens read"),
        Member("output_tokens", \.span.outputTokens, "Tokens written"),
        Member(
            "cache_read_tokens",
            { $0.detail("gen_ai.usage.cache_read.input_tokens")?.integer ?? 0 },
            "Tokens read from a cache"
        ),
        Member("total_cost", { $0.span.cost.number }, "What it cost", unit: "USD", example: 0.0035),
        Member("total_cost_micros", \.span.cost.smallestUnits, "The same", unit: "millionths of USD"),
        Member(
            "finish_reason",
            { $0.detail("gen_ai.response.finish_reasons")?.array?.first?.string },
            "Why the model stopped"
        ),
        Member("attempt", { ($0.detail("attempts")?.array?.count ?? 0) + 1 }, "Which try it was"),
        Member(
            "time_to_first_token_ms",
            { $0.detail("time_to_first_token_ms")?.integer },
            "Until the first word",
            unit: "ms"
        ),
        Member("tool_name", { $0.span.tool.nonEmpty }, "Which tool"),
        Member("tool_call_id", { $0.detail("gen_ai.tool.call.id")?.string }, "The model's name of the call"),
        Member("input_preview", { $0.said("input_preview") }, "What went in"),
        Member("output_preview", { $0.said("output_preview") }, "What came out"),
        Member("attributes", \.attributes, "By OpenTelemetry's names"),
        Member("created_at", { Moment($0.span.endedAt) }, "When it was written down"),
    ]

    private func detail(_ name: String) -> JSONValue? { self.span.details[name] }
    func said(_ name: String) -> String { self.isShown ? self.span.details[name]?.string ?? "" : "" }

    private var attributes: JSONValue {
        .object(
            self.span.details.filter {
                !["input_preview", "output_preview", "attempts"].contains($0.key) && self.isShown
            }
        )
    }
}
