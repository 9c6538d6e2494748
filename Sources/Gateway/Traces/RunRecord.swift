import Kernel
import Storage

/// One run of an agent, or one relayed call, with what it has come to: the row is also its trace, and the trace's first span.
struct RunRecord: Sendable, Identified {
    static let idPrefix = ""

    enum Status: String, Sendable, CaseIterable, SQLConvertible {
        case running, completed, error, cancelled
    }

    enum Kind: String, Sendable, SQLConvertible { case chat, wake, tool, relay }

    let number: Int64
    let id: ID<RunRecord>
    /// Also the first span's id.
    let trace: String
    let tenant: ID<Tenant>
    let kind: Kind
    let agent: String
    let agentKey: String
    let key: String
    let user: String
    let channel: String
    let session: Int64
    let sessionKey: String
    let w3cTrace: String
    let process: String
    let status: Status
    let stopReason: String
    let error: String
    let inputPreview: String
    let outputPreview: String
    let inputTokens: Int64
    let outputTokens: Int64
    let cachedTokens: Int64
    let cost: Dollars
    let isEstimated: Bool
    let spanCount: Int
    let calls: Int
    let toolCalls: Int
    let metadata: JSONValue
    let startedAt: Timestamp
    let endedAt: Timestamp?
}

extension RunRecord {
    /// As OpenTelemetry calls what it does.
    var operation: String {
        switch self.kind {
        case .relay: "relay"
        case .tool: "invoke_tool"
        case .chat, .wake: "invoke_agent"
        }
    }

    var name: String { [self.operation, self.agentKey].filter { !$0.isEmpty }.joined(separator: " ") }
}

extension RunRecord: RowDecodable {
    static let columns: StaticString = """
        number, id, trace_id, tenant_id, kind, agent_id, agent_key, key_id, user_id, channel, session, session_key,
        w3c_trace_id, process, status, stop_reason, error, input_preview, output_preview, input_tokens, output_tokens,
        cached_tokens, cost, is_estimated, span_count, llm_calls, tool_calls, metadata, started_at, ended_at
        """

    init(row: inout Row) throws {
        self.number = try row.column()
        self.id = try row.column()
        self.trace = try row.column()
        self.tenant = try row.column()
        self.kind = try row.column()
        self.agent = try row.column()
        self.agentKey = try row.column()
        self.key = try row.column()
        self.user = try row.column()
        self.channel = try row.column()
        self.session = try row.column()
        self.sessionKey = try row.column()
        self.w3cTrace = try row.column()
        self.process = try row.column()
        self.status = try row.column()
        self.stopReason = try row.column()
        self.error = try row.column()
        self.inputPreview = try row.column()
        self.outputPreview = try row.column()
        self.inputTokens = try row.column()
        self.outputTokens = try row.column()
        self.cachedTokens = try row.column()
        self.cost = Dollars(try row.column(Int64.self))
        self.isEstimated = try row.column()
        self.spanCount = try row.column()
        self.calls = try row.column()
        self.toolCalls = try row.column()
        self.metadata = .parsed(try row.column())
        self.startedAt = try row.column()
        self.endedAt = try row.optional()
    }
}

/// What a run has come to so far.
struct RunTotals: Sendable {
    var usage = TokenUsage()
    var cost: Dollars = 0
    var isEstimated = false
    var spans = 1
    var calls = 0
    var toolCalls = 0
}

/// How a run has ended.
struct RunEnd: Sendable {
    let status: RunRecord.Status
    let reason: String
    var error = ""
}

/// One step of a run.
struct Span: Sendable {
    enum Kind: String, Sendable, SQLConvertible {
        case agent, call = "llm_call", tool = "tool_call", event
    }

    let id: String
    let parent: String
    let kind: Kind
    let name: String
    var isError = false
    var error = ""
    var model = ""
    var provider = ""
    var tool = ""
    var inputTokens: Int64 = 0
    var outputTokens: Int64 = 0
    var cost: Dollars = 0
    /// Attributes by OpenTelemetry's names, previews, attempts.
    var details: [String: JSONValue] = [:]
    let startedAt: Timestamp
    let endedAt: Timestamp
}
