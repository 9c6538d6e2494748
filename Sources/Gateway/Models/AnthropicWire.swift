import Kernel

/// Anthropic's messages, as a model is asked and as it answers.
enum AnthropicWire {
    static let newVersion = "2026-10-21"
    static let oldVersion = "2023-06-01"

    /// What a provider does not take, learnt from its refusals.
    struct Quirks: Sendable, Equatable {
        /// Whether thinking is asked for by a number of tokens.
        var hasThinkingBudget = false
    }

    static func version(of provider: Provider) -> String {
        if let set = provider.settings.anthropicVersion { return set }
        return provider.apiBase.bytewise.starts(with: "https://api.anthropic.com") ? self.newVersion : self.oldVersion
    }

    /// The request's body, and the names of what it leaves out.
    static func body(of request: ModelRequest, for provider: Provider, _ quirks: Quirks)
        -> (body: JSONValue, ignored: [String])
    {
        var body: [String: JSONValue] = [
            "model": .string(request.model), "stream": true, "max_tokens": .int(request.maximumOutput),
            "messages": .array(self.messages(request.messages)), "cache_control": ["type": "ephemeral"],
        ]
        if !request.system.isEmpty { body["system"] = .string(request.system) }
        if !request.tools.isEmpty {
            body["tools"] = .array(
                request.tools.map { tool in
                    [
                        "name": .string(tool.name), "description": .string(tool.description),
                        "input_schema": tool.parameters,
                    ]
                }
            )
            body["tool_choice"] = self.choice(request)
        }
        if !request.sampling.stop.isEmpty { body["stop_sequences"] = .strings(request.sampling.stop) }
        var ignored: [String] = []
        let sampling = request.sampling
        let isNew = self.version(of: provider) != self.oldVersion
        if let temperature = sampling.temperature {
            if isNew { ignored.append("temperature") } else { body["temperature"] = .number(min(1, temperature)) }
        }
        if sampling.topP != nil { ignored.append("top_p") }
        if sampling.seed != nil { ignored.append("seed") }
        if sampling.frequencyPenalty != nil { ignored.append("frequency_penalty") }
        if sampling.presencePenalty != nil { ignored.append("presence_penalty") }
        if request.responseFormat.map({ $0["type"] != "text" }) ?? false { ignored.append("response_format") }
        if request.thinking != .off { self.addThinking(request, quirks, to: &body) }
        return (.object(body), ignored)
    }

    private static func addThinking(
        _ request: ModelRequest,
        _ quirks: Quirks,
        to body: inout [String: JSONValue]
    ) {
        body["temperature"] = nil
        guard quirks.hasThinkingBudget else {
            let effort = request.thinking == .minimal ? "low" : request.thinking.rawValue
            body["thinking"] = ["type": "adaptive"]
            body["output_config"] = ["effort": .string(effort)]
            return
        }
        let budgets: [ThinkingLevel: Int] = [.minimal: 1024, .low: 1024, .medium: 4096, .high: 16_384, .max: 32_768]
        let budget = min(budgets[request.thinking] ?? 1024, request.maximumOutput - 1)
        if budget >= 1024 { body["thinking"] = ["type": "enabled", "budget_tokens": .int(budget)] }
    }

    private static func choice(_ request: ModelRequest) -> JSONValue {
        var choice: [String: JSONValue] =
            switch request.toolChoice {
            case .auto: ["type": "auto"]
            case .none: ["type": "none"]
            case .required: ["type": "any"]
            case .named(let name): ["type": "tool", "name": .string(name)]
            case .allowed(_, let isRequired): ["type": isRequired ? "any" : "auto"]
            }
        if request.allowsParallelCalls == false, request.toolChoice != .none {
            choice["disable_parallel_tool_use"] = true
        }
        return .object(choice)
    }

    /// Turns of one role are one; results of tools stand first in a user's turn.
    private static func messages(_ messages: [ModelMessage]) -> [JSONValue] {
        var turns: [(role: String, blocks: [JSONValue])] = []
        for message in messages {
            let role = message.role == .assistant ? "assistant" : "user"
            let blocks = self.blocks(of: message)
            guard !blocks.isEmpty else { continue }
            if turns.last?.role == role {
                turns[turns.count - 1].blocks += blocks
            } else {
                turns.append((role, blocks))
            }
        }
        return turns.map { turn in
            let results = turn.blocks.filter { $0["type"] == "tool_result" }
            let others = turn.blocks.filter { $0["type"] != "tool_result" }
            return ["role": .string(turn.role), "content": .array(results + others)]
        }
    }

    private static func blocks(of message: ModelMessage) -> [JSONValue] {
        if message.role == .tool {
            return [
                [
                    "type": "tool_result", "tool_use_id": .string(message.toolCallID ?? ""),
                    "content": .string(message.text), "is_error": .bool(message.isError),
                ]
            ]
        }
        let kept = message.kept?.array ?? []
        let calls = message.toolCalls.map { call -> JSONValue in
            // What could not be read goes back empty.
            let input = JSONValue.object(call.parsed ?? [:])
            return ["type": "tool_use", "id": .string(call.id), "name": .string(call.name), "input": input]
        }
        return kept + message.parts.compactMap(self.block) + calls
    }

    private static func block(_ part: ModelMessage.Part) -> JSONValue? {
        switch part {
        case .text(let text), .refusal(let text): return text.isEmpty ? nil : ["type": "text", "text": .string(text)]
        case .image(let url, _):
            guard let data = DataURL(url) else {
                return ["type": "image", "source": ["type": "url", "url": .string(url)]]
            }
            let source: JSONValue = [
                "type": "base64", "media_type": .string(data.mediaType), "data": .string(data.base64),
            ]
            return ["type": "image", "source": source]
        case .file(let file):
            guard let data = file["file_data"]?.string.flatMap({ DataURL($0) }) else { return nil }
            let source: JSONValue = [
                "type": "base64", "media_type": .string(data.mediaType), "data": .string(data.base64),
            ]
            return ["type": "document", "source": source]
        }
    }
}

/// `data:image/png;base64,…`
struct DataURL: Sendable {
    let mediaType: String
    let base64: String

    init?(_ text: String) {
        guard let rest = text.bytewise.dropping(prefix: "data:") else { return nil }
        let (head, data) = rest.bytewise.cut(at: ",")
        guard let data, let type = head.bytewise.dropping(suffix: ";base64") else { return nil }
        (self.mediaType, self.base64) = (String(type), String(data))
    }

    /// Of the content, without decoding it.
    var byteCount: Int { self.base64.utf8.count / 4 * 3 }
}

/// Reads the events of an answer.
struct AnthropicDecoder: Sendable {
    private var usage = TokenUsage()
    /// Blocks that are being said, by their place.
    private var blocks: [Int64: JSONValue] = [:]
    private var calls: [Int64: Int] = [:]
    private var thoughts: [Int64: (thinking: String, signature: String)] = [:]
    private(set) var hasEnded = false

    /// Throws ``ModelFailure``.
    mutating func read(_ data: [UInt8]) throws -> [ModelEvent] {
        guard let event = try? JSON.read(data) else { throw ModelFailure.broken("an event is no JSON") }
        switch event["type"]?.string ?? "" {
        case "message_start":
            let message = event["message"] ?? .null
            self.count(message["usage"] ?? .null)
            return [
                .answer(id: message["id"]?.string ?? "", model: message["model"]?.string),
                .usage(self.usage, isWhole: false),
            ]
        case "content_block_start": return self.begin(event)
        case "content_block_delta": return self.read(delta: event["delta"] ?? .null, at: event["index"]?.integer ?? 0)
        case "content_block_stop": return self.end(event["index"]?.integer ?? 0)
        case "message_delta":
            self.count(event["usage"] ?? .null)
            let reason = event["delta"]?["stop_reason"]?.string.map { ModelEvent.finish(Self.reason($0)) }
            let counted: [ModelEvent] = self.usage.isPossible ? [.usage(self.usage, isWhole: true)] : []
            return counted + [reason].compactMap { $0 }
        case "message_stop":
            self.hasEnded = true
            return []
        case "error": throw Self.failure(event["error"] ?? .null)
        // Pings, and what is not known yet.
        default: return []
        }
    }

    /// Counts are of the whole answer so far.
    private mutating func count(_ value: JSONValue) {
        let count = { (name: String) in value[name]?.integer.flatMap { TokenUsage.counts.contains($0) ? $0 : nil } }
        self.usage.fresh = count("input_tokens") ?? self.usage.fresh
        self.usage.cached = count("cache_read_input_tokens") ?? self.usage.cached
        self.usage.written = count("cache_creation_input_tokens") ?? self.usage.written
        self.usage.output = count("output_tokens") ?? self.usage.output
    }

    private mutating func begin(_ event: JSONValue) -> [ModelEvent] {
        let (index, block) = (event["index"]?.integer ?? 0, event["content_block"] ?? .null)
        self.blocks[index] = block
        switch block["type"]?.string ?? "" {
        case "text": return block["text"]?.string.flatMap { $0.isEmpty ? nil : [.text($0)] } ?? []
        case "tool_use":
            let place = self.calls.count
            self.calls[index] = place
            return [.toolCall(index: place, id: block["id"]?.string ?? "", name: block["name"]?.string ?? "")]
        case "thinking": self.thoughts[index] = (block["thinking"]?.string ?? "", block["signature"]?.string ?? "")
        case "redacted_thinking": return [.kept(block)]
        default: break
        }
        return []
    }

    private mutating func read(delta: JSONValue, at index: Int64) -> [ModelEvent] {
        switch delta["type"]?.string ?? "" {
        case "text_delta": return delta["text"]?.string.map { [.text($0)] } ?? []
        case "input_json_delta":
            guard let place = self.calls[index], let text = delta["partial_json"]?.string, !text.isEmpty else {
                return []
            }
            return [.arguments(index: place, text)]
        case "thinking_delta":
            let text = delta["thinking"]?.string ?? ""
            self.thoughts[index]?.thinking += text
            return text.isEmpty ? [] : [.thinking(text)]
        case "signature_delta":
            self.thoughts[index]?.signature += delta["signature"]?.string ?? ""
            return []
        default: return []
        }
    }

    private mutating func end(_ index: Int64) -> [ModelEvent] {
        guard let thought = self.thoughts.removeValue(forKey: index) else { return [] }
        return [
            .kept([
                "type": "thinking", "thinking": .string(thought.thinking), "signature": .string(thought.signature),
            ])
        ]
    }

    private static func reason(_ text: String) -> FinishReason {
        switch text {
        case "max_tokens", "model_context_window_exceeded": .length
        case "tool_use": .toolCalls
        case "refusal": .contentFilter
        case "pause_turn": .pause
        default: .stop
        }
    }

    static func failure(_ error: JSONValue) -> ModelFailure {
        let statuses = [
            "invalid_request_error": 400, "authentication_error": 401, "permission_error": 403, "not_found_error": 404,
            "request_too_large": 413, "rate_limit_error": 429, "overloaded_error": 503,
        ]
        return .failed(
            status: error["type"]?.string.flatMap { statuses[$0] } ?? 500,
            message: error["message"]?.string ?? ""
        )
    }
}
