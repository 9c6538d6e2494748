import Kernel
import Platform

/// What a run is to do, for whom.
struct RunOrder: Sendable {
    let id: String
    let trace: String
    let kind: RunRecord.Kind
    let actor: GatewayActor
    /// Whose rows and budgets they are: also one that only a body has named.
    let user: String
    let spender: Spender
    let entry: AgentDirectory.Entry
    let place: SessionPlace
    let channel: String
    /// What the model is told of what was said before.
    let history: [ModelMessage]
    /// What is new, and is kept.
    let messages: [ModelMessage]
    var instructions = ""
    var clientTools: [ModelTool] = []
    var toolChoice = ModelRequest.ToolChoice.auto
    var allowsParallelCalls: Bool?
    var sampling = ModelRequest.Sampling()
    var maximumOutput: Int?
    var responseFormat: JSONValue?
    var thinking: ThinkingLevel?
    var metadata: JSONValue = [:]
    /// Whose the session is, where it is not the row's user: a session that goes on is never a body's user's.
    var sessionUser: String?
    /// Whose files and notes they are, where it is not the row's user: a body names rows and budgets alone.
    var filesUser: String?
    /// Whether texts are kept.
    var isStored = true
    var language = "en"
    /// Under which `Idempotency-Key` it runs.
    var claim: RunClaim?
    /// Nil where an agent answers.
    var relay: Relay?

    enum SessionPlace: Sendable {
        case none
        case new(SessionKey)
        case existing(Session)

        var key: String {
            switch self {
            case .none: ""
            case .new(let key): key.text
            case .existing(let session): session.key
            }
        }
    }

    var agent: Agent { self.entry.agent }
    /// Whether what is said is written into a session.
    var isKept: Bool { if case .none = self.place { false } else { self.isStored } }
    var tenant: Tenant { self.actor.tenant }
    var keyID: String { self.actor.key?.id.text ?? "" }
}

/// What a run says while it runs.
enum RunEvent: Sendable, Equatable {
    case text(String)
    case refusal(String)
    /// A tool of the server's own begins.
    case toolStarted(String)
    case clientCall(index: Int, id: String, name: String)
    case clientArguments(index: Int, String)
    /// Of a relayed call, as it came.
    case raw([UInt8])
    /// Nothing has happened for as long as was waited.
    case waiting
}

/// What a run has come to.
struct RunResult: Sendable {
    enum StopReason: String, Sendable {
        case endTurn = "end_turn", stopSequence = "stop_sequence", maxTokens = "max_tokens",
            clientToolCalls = "client_tool_calls", maxIterations = "max_iterations", loopDetected = "loop_detected",
            refusal, budget, timeout, cancelled, clientDisconnected = "client_disconnected", error, interrupted
    }

    var content = ""
    var refusal: String?
    var clientCalls: [ToolCall] = []
    var stopReason = StopReason.endTurn
    var totals = RunTotals()
    /// The provider and the model that answered last.
    var answeredBy: ModelChoice?
    /// What of the request was without effect.
    var ignored: Set<String> = []
    /// Of a relayed call, the whole answer as it came, or what each chunk of the stream says of it.
    var relayed = RelayedAnswer()
}

struct RelayedAnswer: Sendable, Codable {
    var body = ""
    var id = ""
    var model: String?
    var created: Int64?
}
