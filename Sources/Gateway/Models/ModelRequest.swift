import Kernel

/// What a model is asked, whoever speaks to it.
struct ModelRequest: Sendable {
    var model: String
    /// The agent's own text and the caller's instructions, in their order.
    var system = ""
    var messages: [ModelMessage]
    var tools: [ModelTool] = []
    var toolChoice = ToolChoice.auto
    var allowsParallelCalls: Bool?
    /// Tokens of the answer at the most.
    var maximumOutput: Int
    var sampling = Sampling()
    /// As OpenAI names it: text, json_object or json_schema.
    var responseFormat: JSONValue?
    var thinking = ThinkingLevel.off
    /// A client's own request, which goes in place of all of it.
    var relay: RelayBody?
    /// Whether a budget binds the call, so that its answer has a limit.
    var isBounded = false

    enum ToolChoice: Sendable, Equatable {
        case auto, none, required
        case named(String)
        case allowed([String], isRequired: Bool)
    }

    /// How words are chosen.
    struct Sampling: Sendable, Equatable {
        var temperature: Double?
        var topP: Double?
        var stop: [String] = []
        var seed: Int64?
        var frequencyPenalty: Double?
        var presencePenalty: Double?
        /// What of it the model does not take.
        var isEmpty: Bool { self == Sampling() }
    }
}

/// How much a model thinks before it answers.
enum ThinkingLevel: String, Sendable, CaseIterable {
    case off, minimal, low, medium, high, max
}

/// A tool as a model is told of it.
struct ModelTool: Sendable, Equatable {
    let name: String
    let description: String
    /// A JSON Schema of an object.
    let parameters: JSONValue
    var isStrict: Bool?
}

/// A call of a tool, as a model has written it.
struct ToolCall: Sendable, Equatable {
    let id: String
    let name: String
    /// JSON, if the model has kept to it.
    var arguments: String

    /// Nil when they cannot be read.
    var parsed: [String: JSONValue]? {
        if self.arguments.trimmed.isEmpty { return [:] }
        return (try? JSON.read(self.arguments.utf8))?.object
    }
}

struct ModelMessage: Sendable, Equatable {
    enum Role: String, Sendable {
        case system, user, assistant, tool
    }

    enum Part: Sendable, Equatable {
        case text(String)
        /// `https:` or `data:`.
        case image(String, detail: String?)
        case file(JSONValue)
        case refusal(String)

        var text: String? { if case .text(let text) = self { text } else { nil } }
        var isRefusal: Bool { if case .refusal = self { true } else { false } }
    }

    var role: Role
    var parts: [Part]
    var name: String?
    var toolCalls: [ToolCall] = []
    var toolCallID: String?
    var isError = false
    /// What a provider wants back as it was, such as signed thoughts.
    var kept: JSONValue?

    init(_ role: Role, _ parts: [Part]) { (self.role, self.parts) = (role, parts) }

    init(_ role: Role, _ text: String) { self.init(role, text.isEmpty ? [] : [.text(text)]) }

    /// A tool's result.
    init(resultOf call: String, _ text: String, isError: Bool) {
        self.init(.tool, text)
        (self.toolCallID, self.isError) = (call, isError)
    }

    var hasImage: Bool { self.parts.contains { if case .image = $0 { true } else { false } } }

    /// Its texts, one after another.
    var text: String { self.parts.compactMap(\.text).joined(separator: "\n") }

    /// Bytes of what it says, without files and pictures.
    var byteCount: Int {
        let said = self.parts.reduce(0) { sum, part in
            switch part {
            case .text(let text), .refusal(let text): sum + text.utf8.count
            case .image, .file: sum
            }
        }
        let calls = self.toolCalls.reduce(0) {
            $0 + $1.id.utf8.count + $1.name.utf8.count + $1.arguments.utf8.count + 32
        }
        let kept = self.kept.map { JSON.text(of: $0).utf8.count } ?? 0
        return said + calls + kept + (self.name?.utf8.count ?? 0) + (self.toolCallID?.utf8.count ?? 0) + 32
    }
}

/// What a model says, piece by piece.
enum ModelEvent: Sendable, Equatable {
    case text(String)
    case thinking(String)
    case refusal(String)
    case toolCall(index: Int, id: String, name: String)
    case arguments(index: Int, String)
    /// What a provider wants back with the next turn.
    case kept(JSONValue)
    /// As far as it is known; the last one counts.
    case usage(TokenUsage, isWhole: Bool)
    case finish(FinishReason)
    case answer(id: String, model: String?, created: Int64? = nil)
    /// What a relayed call was answered, as it came.
    case raw([UInt8])
}

/// Why a model has stopped.
enum FinishReason: String, Sendable {
    case stop, length, toolCalls = "tool_calls", contentFilter = "content_filter"
    /// It wants its turn back and goes on.
    case pause
}

/// How a model, or what stands before it, has failed.
enum ModelFailure: Error, Sendable, Equatable {
    /// It answered with an error status before anything was said.
    case refused(status: Int, message: String, retryAfter: Int64?)
    /// It could not be reached, or did not begin in time; whether it was written to is told.
    case unreachable(String, wasWritten: Bool)
    /// What it said is no answer: broken events, too much of it, an error in the stream.
    case broken(String)
    /// It said an error of its own in the stream.
    case failed(status: Int, message: String)

    /// Whether another try may go better.
    var mayPass: Bool {
        switch self {
        case .refused(let status, _, _), .failed(let status, _): [408, 409, 429, 529].contains(status) || status >= 500
        case .unreachable, .broken: true
        }
    }

    /// Whether another provider may do it: not when the request itself is at fault.
    var mayFallBack: Bool {
        switch self {
        case .refused(let status, _, _), .failed(let status, _): status != 400 && status != 413 && status != 422
        case .unreachable, .broken: true
        }
    }
}
