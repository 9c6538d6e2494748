import Kernel

/// A client's own request on its way to a provider that speaks its language: the bytes as they came, but for the model's name and what the
/// call is counted and bounded by.
struct RelayBody: Sendable {
    /// Answers of one request.
    static let choiceLimit: Int64 = 128
    /// Tokens of an answer, where neither the client nor the price says how many.
    static let usualOutput = 4096

    let isStream: Bool
    /// Whether the client wants the usage at the end of the stream.
    let includesUsage: Bool
    /// How many answers it asks for.
    let choices: Int64
    /// Tokens of each answer; nil where it says nothing.
    let maximumOutput: Int?
    /// Bytes of everything but pictures.
    let inputBytes: Int
    let images: Int
    /// What a person has asked last.
    let question: String
    /// What may cost more than tokens do.
    private let unbounded: String?
    /// Whether a server would have to fetch something to read it.
    let hasAddresses: Bool
    private let bytes: [UInt8]
    private let members: [(name: String, value: Range<Int>)]

    /// Throws `messagesMissing`, every fault at once.
    ///
    /// - Parameter json: the same, read.
    init(_ bytes: [UInt8], _ json: JSONValue) throws {
        guard let messages = json["messages"], messages != .null else { throw GatewayProblems.messagesMissing }
        var validation = Validation()
        if messages.array?.isEmpty ?? true { validation.malformed("messages", FieldRule("objects")) }
        for name in ["stream", "store"] where ![.null, true, false].contains(json[name] ?? .null) {
            validation.malformed(name, FieldRule("boolean"))
        }
        if let user = json["user"], user != .null, user.string == nil {
            validation.malformed("user", FieldRule("string"))
        }
        let integer = { (name: String, limit: Int64) -> Int64? in
            guard let value = json[name], value != .null else { return nil }
            let number = value.integer
            validation.require(number.map { (1...limit).contains($0) } ?? false, name, .between("1", "\(limit)"))
            return number
        }
        let limits = ["max_completion_tokens", "max_tokens"].compactMap { integer($0, 10_000_000) }
        self.choices = integer("n", Self.choiceLimit) ?? 1
        try validation.check()
        self.isStream = json["stream"] == true
        self.includesUsage = json["stream_options"]?["include_usage"] == true
        self.maximumOutput = limits.max().map { Int($0) }
        let parts = (messages.array ?? []).flatMap { $0["content"]?.array ?? [] }
        // What says that it is a picture counts as one.
        let urls = parts.filter { $0["type"] == "image_url" }
            .compactMap { $0["image_url"]?["url"]?.string ?? $0["image_url"]?.string }
            .filter { $0.bytewise.starts(with: "data:image/") || !$0.bytewise.starts(with: "data:") }
        self.images = urls.count
        self.inputBytes = bytes.count - urls.reduce(0) { $0 + $1.utf8.count }
        self.hasAddresses =
            urls.contains { !$0.bytewise.starts(with: "data:") } || parts.contains { !Self.isPlain($0, "image_url") }
        self.question = Self.question(of: messages.array ?? [])
        self.unbounded = Self.unbounded(json, parts)
        (self.bytes, self.members) = (bytes, try JSON.members(of: bytes))
    }

    /// Whether a part is text, or of another type.
    private static func isPlain(_ part: JSONValue, _ types: String...) -> Bool {
        let known = ["text", "refusal"] + types
        return known.contains { $0 == part["type"]?.string }
    }

    private static func question(of messages: [JSONValue]) -> String {
        let content = messages.last { $0["role"] == "user" }?["content"]
        return content?.string
            ?? (content?.array ?? []).compactMap { $0["text"]?.string }.joined(separator: "\n")
    }

    /// What is known to cost no more than tokens, of OpenAI's own and of servers that speak its language.
    private static let bounded: Set<String> = [
        "model", "messages", "stream", "stream_options", "max_tokens", "max_completion_tokens", "n", "temperature",
        "top_p", "top_k", "min_p", "top_a", "typical_p", "stop", "seed", "random_seed", "frequency_penalty",
        "presence_penalty", "repetition_penalty", "logit_bias", "logprobs", "top_logprobs", "response_format", "tools",
        "tool_choice", "parallel_tool_calls", "functions", "function_call", "user", "metadata", "store",
        "reasoning_effort", "reasoning", "reasoning_format", "include_reasoning", "thinking", "verbosity",
        "service_tier", "modalities", "safety_identifier", "prompt_cache_key", "prompt_cache_retention", "safe_prompt",
        "chat_template_kwargs", "guided_json", "guided_regex", "guided_choice", "guided_grammar", "min_tokens",
        "stop_token_ids", "ignore_eos", "skip_special_tokens", "add_generation_prompt", "keep_alive", "options",
    ]

    private static func unbounded(_ json: JSONValue, _ parts: [JSONValue]) -> String? {
        if let name = (json.object ?? [:]).filter({ $0.value != .null && !Self.bounded.contains($0.key) }).keys.min() {
            return name
        }
        if let modalities = json["modalities"], ![.null, ["text"]].contains(modalities) { return "modalities" }
        let hasOther = json["messages"]?.array?.contains { message in
            let content = message["content"] ?? .null
            return content != .null && content.string == nil && content.array == nil || message["audio"] != nil
        }
        if hasOther ?? true || parts.contains(where: { !Self.isPlain($0, "image_url") }) { return "messages" }
        for name in ["tools", "functions"] {
            guard let value = json[name], value != .null else { continue }
            let types: [JSONValue] = name == "tools" ? ["function", "custom"] : []
            let isOwn = value.array?.allSatisfy {
                types.contains($0["type"] ?? .null) || name == "functions" && $0["type"] == nil
            }
            if isOwn != true { return name }
        }
        return nil
    }

    /// Under a budget nothing is asked for that costs more than its tokens. Throws `unsupported`.
    func requireBounded() throws {
        if let name = self.unbounded { throw GatewayProblems.unsupported(name) }
    }

    /// As the provider gets it.
    ///
    /// - Parameter limit: tokens of each answer, where the call is bounded by them.
    func bytes(model: String, limit: Int?, for provider: Provider, _ quirks: OpenAIWire.Quirks) -> [UInt8] {
        var own: [(name: String, value: [UInt8])] = [("model", Array(JSON.text(of: .string(model)).utf8))]
        var cut: Set<String> = ["model"]
        let options = "stream_options"
        if self.isStream, !self.includesUsage, provider.settings.hasStreamOptions,
            !quirks.without.contains(options)
        {
            own.append((options, Array("{\"include_usage\":true}".utf8)))
            cut.insert(options)
        }
        if let limit {
            cut.insert("service_tier")
            if limit < self.maximumOutput ?? .max {
                own.append((OpenAIWire.limitName(for: provider, quirks), Array("\(limit)".utf8)))
                cut.formUnion(["max_tokens", "max_completion_tokens"])
            }
        }
        var writer = JSONWriter(capacity: self.inputBytes + 200)
        for (index, member) in own.enumerated() { writer.member(member.name, member.value, isFirst: index == 0) }
        for member in self.members where !cut.contains(member.name) {
            writer.member(member.name, Array(self.bytes[member.value]), isFirst: false)
        }
        writer.raw("}")
        return writer.bytes
    }

    /// What of it a bounded call leaves out.
    func ignored(isBounded: Bool) -> [String] {
        isBounded && self.members.contains { $0.name == "service_tier" } ? ["service_tier"] : []
    }
}

extension JSONWriter {
    fileprivate mutating func member(_ name: String, _ value: [UInt8], isFirst: Bool) {
        self.raw(isFirst ? "{" : ",")
        self.write(name)
        self.raw(":")
        self.raw(value)
    }
}
