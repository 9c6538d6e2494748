import Kernel

/// OpenAI's chat completions, as a model is asked and as it answers.
enum OpenAIWire {
    /// What a provider does not take of a request, learnt from its refusals.
    struct Quirks: Sendable, Equatable {
        var without: Set<String> = []
        /// Whether the token limit goes by its older name, or by its newer one.
        var limitName: String?
    }

    /// The request's body.
    static func body(of request: ModelRequest, for provider: Provider, _ quirks: Quirks) -> JSONValue {
        var body: [String: JSONValue] = [
            "model": .string(request.model), "stream": true,
            "messages": .array(
                (request.system.isEmpty ? [] : [["role": "system", "content": .string(request.system)]])
                    + request.messages.map(self.message)
            ),
        ]
        // What the provider does not take goes below.
        if provider.settings.hasStreamOptions { body["stream_options"] = ["include_usage": true] }
        body[self.limitName(for: provider, quirks)] = .int(request.maximumOutput)
        if !request.tools.isEmpty {
            body["tools"] = .array(request.tools.map(self.tool))
            body["tool_choice"] = self.choice(request.toolChoice)
            if let parallel = request.allowsParallelCalls { body["parallel_tool_calls"] = .bool(parallel) }
        }
        body["response_format"] = request.responseFormat
        if request.thinking != .off {
            body["reasoning_effort"] = .string(request.thinking == .max ? "high" : request.thinking.rawValue)
        }
        let sampling = request.sampling
        body["temperature"] = sampling.temperature.map { .number($0) }
        body["top_p"] = sampling.topP.map { .number($0) }
        body["seed"] = sampling.seed.map { .integer($0) }
        body["frequency_penalty"] = sampling.frequencyPenalty.map { .number($0) }
        body["presence_penalty"] = sampling.presencePenalty.map { .number($0) }
        if !sampling.stop.isEmpty { body["stop"] = .strings(sampling.stop) }
        for name in quirks.without { body[name] = nil }
        return .object(body)
    }

    /// What the limit of an answer is called there.
    static func limitName(for provider: Provider, _ quirks: Quirks) -> String {
        quirks.limitName ?? (provider.type == "openai" ? "max_completion_tokens" : "max_tokens")
    }

    static func message(_ message: ModelMessage) -> JSONValue {
        var members: [String: JSONValue] = ["role": .string(message.role.rawValue)]
        let isPlain = message.parts.allSatisfy { $0.text != nil }
        if message.parts.isEmpty, !message.toolCalls.isEmpty {
            members["content"] = .null
        } else {
            members["content"] = isPlain ? .string(message.text) : .array(message.parts.map(self.part))
        }
        members["name"] = message.name.map { .string($0) }
        members["tool_call_id"] = message.toolCallID.map { .string($0) }
        if !message.toolCalls.isEmpty {
            members["tool_calls"] = .array(
                message.toolCalls.map { call in
                    let function: JSONValue = ["name": .string(call.name), "arguments": .string(call.arguments)]
                    return ["id": .string(call.id), "type": "function", "function": function]
                }
            )
        }
        return .object(members)
    }

    private static func part(_ part: ModelMessage.Part) -> JSONValue {
        switch part {
        case .text(let text): return ["type": "text", "text": .string(text)]
        case .image(let url, let detail):
            var image: [String: JSONValue] = ["url": .string(url)]
            image["detail"] = detail.map { .string($0) }
            return ["type": "image_url", "image_url": .object(image)]
        case .file(let file): return ["type": "file", "file": file]
        case .refusal(let text): return ["type": "refusal", "refusal": .string(text)]
        }
    }

    private static func tool(_ tool: ModelTool) -> JSONValue {
        var function: [String: JSONValue] = [
            "name": .string(tool.name), "description": .string(tool.description), "parameters": tool.parameters,
        ]
        function["strict"] = tool.isStrict.map { .bool($0) }
        return ["type": "function", "function": .object(function)]
    }

    private static func choice(_ choice: ModelRequest.ToolChoice) -> JSONValue {
        switch choice {
        case .auto: "auto"
        case .none: "none"
        case .required: "required"
        case .named(let name): ["type": "function", "function": ["name": .string(name)]]
        // Others are not sent to the model at all.
        case .allowed(_, let isRequired): isRequired ? "required" : "auto"
        }
    }

    private static let refusals = [
        "unsupported", "not support", "unknown", "unrecognized", "not permitted", "not allowed", "instead", "extra",
    ]

    /// What to leave out after a refusal that names it; nil where it names nothing that can be.
    static func quirks(after message: String, _ known: Quirks) -> Quirks? {
        // A value out of range is the client's own mistake.
        let text = message.lowercased()
        guard Self.refusals.contains(where: { text.bytewise.contains($0) }) else { return nil }
        var quirks = known
        if message.bytewise.contains("max_completion_tokens"), known.limitName == nil {
            let wantsNew = message.bytewise.contains("max_tokens")
            quirks.limitName = wantsNew ? "max_completion_tokens" : "max_tokens"
            return quirks
        }
        if message.bytewise.contains("max_tokens"), known.limitName == nil {
            quirks.limitName = "max_completion_tokens"
            return quirks
        }
        for name in ["stream_options", "temperature", "top_p", "reasoning_effort", "parallel_tool_calls", "seed"]
        where message.bytewise.contains(name) && !known.without.contains(name) {
            quirks.without.insert(name)
            return quirks
        }
        return nil
    }
}

/// Reads the chunks of an answer.
struct OpenAIDecoder: Sendable {
    /// What a model writes between two calls, whose ids and places it leaves out.
    private var calls: [(id: String, place: Int)] = []
    private var hasFinished = false
    private(set) var hasEnded = false

    /// Throws ``ModelFailure``.
    mutating func read(_ data: [UInt8]) throws -> [ModelEvent] {
        if data.elementsEqual("[DONE]".utf8) {
            self.hasEnded = true
            return []
        }
        guard let chunk = try? JSON.read(data) else { throw ModelFailure.broken("an event is no JSON") }
        if let error = chunk["error"], error != .null { throw Self.failure(error) }
        var events: [ModelEvent] = []
        if let id = chunk["id"]?.string {
            events.append(.answer(id: id, model: chunk["model"]?.string, created: chunk["created"]?.integer))
        }
        // Of several answers, the first one is read.
        if let choice = chunk["choices"]?.array?.first(where: { $0["index"]?.integer ?? 0 == 0 }) {
            // A whole answer comes where a stream was asked for.
            let delta = choice["delta"] ?? choice["message"] ?? .null
            events += self.read(delta: delta)
            if let reason = choice["finish_reason"]?.string { events.append(.finish(self.reason(reason))) }
        }
        if let usage = chunk["usage"], usage != .null, let counted = Self.usage(usage) {
            events.append(.usage(counted, isWhole: true))
        }
        return events
    }

    private mutating func read(delta: JSONValue) -> [ModelEvent] {
        var events: [ModelEvent] = []
        for name in ["reasoning_content", "reasoning"] {
            if let text = delta[name]?.string, !text.isEmpty { events.append(.thinking(text)) }
        }
        if let text = delta["content"]?.string, !text.isEmpty { events.append(.text(text)) }
        if let text = delta["refusal"]?.string, !text.isEmpty { events.append(.refusal(text)) }
        for call in delta["tool_calls"]?.array ?? [] { events += self.read(call: call) }
        return events
    }

    private mutating func read(call: JSONValue) -> [ModelEvent] {
        let (id, name) = (call["id"]?.string?.nonEmpty, call["function"]?["name"]?.string?.nonEmpty)
        let place = call["index"]?.integer.map { Int($0) }
        var events: [ModelEvent] = []
        let known = self.calls.firstIndex { one in
            if let place { return one.place == place && (id == nil || id == one.id) }
            return id.map { $0 == one.id } ?? (name == nil && one.place == self.calls.last?.place)
        }
        var index = known ?? self.calls.count
        if known == nil {
            guard let name else { return [] }
            index = self.calls.count
            let given = id ?? "call_\(index)"
            self.calls.append((given, place ?? index))
            events.append(.toolCall(index: index, id: given, name: name))
        }
        let arguments = call["function"]?["arguments"]
        let text = arguments?.string ?? arguments.flatMap { $0.object == nil ? nil : JSON.text(of: $0) } ?? ""
        if !text.isEmpty { events.append(.arguments(index: index, text)) }
        return events
    }

    /// Some say that they have stopped beside the calls that they make.
    private func reason(_ text: String) -> FinishReason {
        if !self.calls.isEmpty, text == "stop" { return .toolCalls }
        return switch text {
        case "length": .length
        case "tool_calls", "function_call": .toolCalls
        case "content_filter": .contentFilter
        default: .stop
        }
    }

    static func failure(_ error: JSONValue) -> ModelFailure {
        let status = error["code"]?.integer.map { Int($0) } ?? error["status"]?.integer.map { Int($0) } ?? 500
        return .failed(status: (400..<600).contains(status) ? status : 500, message: Self.text(of: error))
    }

    static func text(of error: JSONValue) -> String { error["message"]?.string ?? error.string ?? "" }

    /// Nil for counts that cannot be. Of the output counts whatever is more: some count thoughts beside what is said.
    static func usage(_ value: JSONValue) -> TokenUsage? {
        guard let prompt = value["prompt_tokens"]?.integer, let said = value["completion_tokens"]?.integer else {
            return nil
        }
        let details = value["prompt_tokens_details"]
        let cached = details?["cached_tokens"]?.integer ?? value["prompt_cache_hit_tokens"]?.integer ?? 0
        let written = details?["cache_write_tokens"]?.integer ?? 0
        let total = value["total_tokens"]?.integer ?? 0
        let thought = value["completion_tokens_details"]?["reasoning_tokens"]?.integer ?? 0
        guard [prompt, said, cached, written, total, thought].allSatisfy(TokenUsage.counts.contains) else { return nil }
        let usage = TokenUsage(
            fresh: prompt - cached - written,
            cached: cached,
            written: written,
            output: max(said, total - prompt),
            reasoning: min(thought, max(said, total - prompt))
        )
        return usage.isPossible ? usage : nil
    }
}
