import Kernel

/// A request of `POST /v1/chat/completions`, read and checked.
struct ChatRequest: Sendable {
    var model = ""
    var messages: [ModelMessage] = []
    var isStream = false
    var includesUsage = false
    var maximumOutput: Int?
    var sampling = ModelRequest.Sampling()
    var responseFormat: JSONValue?
    var tools: [ModelTool] = []
    var toolChoice = ModelRequest.ToolChoice.auto
    var allowsParallelCalls: Bool?
    var thinking: ThinkingLevel?
    var metadata: JSONValue = [:]
    var user: String?
    var isStored = true
    /// Whether tools came as `functions`.
    var isLegacy = false
    /// Names of parameters that are taken and have no effect.
    var ignored: [String] = []

    static let withoutEffect = [
        "service_tier", "safety_identifier", "prompt_cache_key", "prompt_cache_retention", "verbosity", "prediction",
        "logit_bias", "moderation", "web_search_options",
    ]
}

extension ChatRequest {
    /// Of a request that goes to a provider as it is.
    init(relaying json: JSONValue) {
        self.model = json["model"]?.string ?? ""
        self.isStream = json["stream"] == true
        self.includesUsage = json["stream_options"]?["include_usage"] == true
        self.user = json["user"]?.string?.nonEmpty
        self.isStored = json["store"] != false
    }
}
