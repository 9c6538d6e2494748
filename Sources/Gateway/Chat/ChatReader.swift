import Kernel

/// Reads a request and collects everything that is wrong with it.
struct ChatReader {
    static let messageLimit = 2000
    static let toolLimit = 128

    let body: JSONValue
    var validation = Validation()
    var request = ChatRequest()

    /// Throws every fault at once; first what cannot be asked for here at all.
    static func read(_ body: JSONValue) throws -> ChatRequest {
        guard body.object != nil else {
            var validation = Validation()
            validation.malformed("body", FieldRule("object"))
            try validation.check()
            return ChatRequest()
        }
        var reader = ChatReader(body: body)
        return try reader.read()
    }

    private init(body: JSONValue) { self.body = body }

    private mutating func read() throws -> ChatRequest {
        try self.refuseUnsupported()
        self.request.model = self.text("model") ?? ""
        self.request.isStream = self.flag("stream") ?? false
        self.request.user = self.text("user")?.nonEmpty
        self.request.isStored = self.flag("store") ?? true
        self.readStreamOptions()
        self.request.allowsParallelCalls = self.flag("parallel_tool_calls")
        self.readSampling()
        self.readMetadata()
        self.readTools()
        try self.readMessages()
        self.request.ignored = ChatRequest.withoutEffect.filter { name in self.body[name].map { $0 != .null } ?? false }
        try self.validation.check()
        return self.request
    }

    private func refuseUnsupported() throws {
        if let n = self.body["n"], n != .null, n != 1 { throw GatewayProblems.unsupported("n") }
        if self.body["logprobs"] == true { throw GatewayProblems.unsupported("logprobs") }
        if self.body["modalities"]?.array?.contains(.string("audio")) ?? false {
            throw GatewayProblems.unsupported("modalities")
        }
    }

    // MARK: Plain members

    private mutating func text(_ name: String) -> String? {
        guard let value = self.body[name], value != .null else { return nil }
        guard let text = value.string else {
            self.validation.malformed(name, FieldRule("string"))
            return nil
        }
        return text
    }

    private mutating func flag(_ name: String) -> Bool? {
        guard let value = self.body[name], value != .null else { return nil }
        guard case .bool(let flag) = value else {
            self.validation.malformed(name, FieldRule("boolean"))
            return nil
        }
        return flag
    }

    private mutating func number(_ name: String, _ range: ClosedRange<Double>) -> Double? {
        guard let value = self.body[name], value != .null else { return nil }
        guard let number = value.number else {
            self.validation.malformed(name, FieldRule("number"))
            return nil
        }
        let (low, high) = (Int(range.lowerBound), Int(range.upperBound))
        self.validation.require(range.contains(number), name, .between("\(low)", "\(high)"))
        return number
    }

    private mutating func integer(_ name: String, _ range: ClosedRange<Int64>) -> Int64? {
        guard let value = self.body[name], value != .null else { return nil }
        guard let number = value.integer else {
            self.validation.malformed(name, FieldRule("integer"))
            return nil
        }
        self.validation.require(range.contains(number), name, .between("\(range.lowerBound)", "\(range.upperBound)"))
        return number
    }

    private mutating func readStreamOptions() {
        guard let options = self.body["stream_options"], options != .null else { return }
        guard options.object != nil else {
            return self.validation.malformed("stream_options", FieldRule("object"))
        }
        let wanted = options["include_usage"] ?? .null
        if ![.null, true, false].contains(wanted) {
            self.validation.malformed("stream_options.include_usage", FieldRule("boolean"))
        }
        self.request.includesUsage = wanted == true
    }

    private mutating func readSampling() {
        let newer = self.integer("max_completion_tokens", 1...10_000_000)
        let older = self.integer("max_tokens", 1...10_000_000)
        self.request.maximumOutput = (newer ?? older).map { Int($0) }
        self.request.sampling.temperature = self.number("temperature", 0...2)
        self.request.sampling.topP = self.number("top_p", 0...1)
        self.request.sampling.seed = self.integer("seed", .min ... .max)
        self.request.sampling.frequencyPenalty = self.number("frequency_penalty", -2...2)
        self.request.sampling.presencePenalty = self.number("presence_penalty", -2...2)
        if let stop = self.body["stop"], stop != .null {
            let words = stop.string.map { [$0] } ?? stop.array?.compactMap(\.string)
            if let words, words.count == stop.array?.count ?? 1 {
                self.validation.require(words.count <= 4, "stop", FieldRule("at_most_items", ["limit": "4"]))
                self.request.sampling.stop = words
            } else {
                self.validation.malformed("stop", FieldRule("strings"))
            }
        }
        if let effort = self.text("reasoning_effort") {
            let levels = ["none": ThinkingLevel.off, "xhigh": .max]
            let level = levels[effort] ?? ThinkingLevel(rawValue: effort)
            self.validation.require(
                level != nil,
                "reasoning_effort",
                .oneOf(["none"] + ThinkingLevel.allCases.map(\.rawValue))
            )
            self.request.thinking = level
        }
        if let format = self.body["response_format"], format != .null {
            let types = ["text", "json_object", "json_schema"]
            let isKnown = format["type"]?.string.map(types.contains) ?? false
            self.validation.require(isKnown, "response_format.type", .oneOf(types))
            if format["type"] == "json_schema" {
                let schema = format["json_schema"]
                if schema?["name"]?.string == nil { self.validation.missing("response_format.json_schema.name") }
                if let schema = schema?["schema"], schema.object == nil {
                    self.validation.malformed("response_format.json_schema.schema", FieldRule("object"))
                }
            }
            self.request.responseFormat = format
        }
    }

    private mutating func readMetadata() {
        guard let metadata = self.body["metadata"], metadata != .null else { return }
        guard let members = metadata.object, members.values.allSatisfy({ $0.string != nil }) else {
            return self.validation.malformed("metadata", FieldRule("object"))
        }
        self.validation.require(members.count <= 16, "metadata", FieldRule("at_most_items", ["limit": "16"]))
        self.request.metadata = metadata
    }

    // MARK: Tools

    private mutating func readTools() {
        for name in ["tools", "functions"] {
            guard let list = self.body[name], list != .null, list.array == nil else { continue }
            self.validation.malformed(name, FieldRule("objects"))
        }
        var tools = (self.body["tools"]?.array ?? []).map {
            ($0["function"], $0["type"]?.string ?? "function", "tools")
        }
        if let functions = self.body["functions"]?.array, !functions.isEmpty {
            self.validation.require(tools.isEmpty, "functions", FieldRule("tools_twice"))
            tools = functions.map { ($0, "function", "functions") }
            self.request.isLegacy = true
        }
        let limit = FieldRule("at_most_items", ["limit": "\(Self.toolLimit)"])
        guard tools.count <= Self.toolLimit else { return self.validation.require(false, "tools", limit) }
        var names: Set<String> = []
        for (index, tool) in tools.enumerated() {
            let (function, type, list) = tool
            let path = list == "tools" ? "tools[\(index)].function" : "functions[\(index)]"
            guard type == "function", let function, let name = function["name"]?.string, PlainName.isName(name) else {
                self.validation.require(false, "\(path).name", FieldRule("tool_name"))
                continue
            }
            if let parameters = function["parameters"], parameters.object == nil {
                self.validation.malformed("\(path).parameters", FieldRule("object"))
            }
            self.validation.require(names.insert(name).inserted, "\(path).name", FieldRule("tool_twice"))
            self.request.tools.append(
                ModelTool(
                    name: name,
                    description: function["description"]?.string ?? "",
                    parameters: function["parameters"] ?? ["type": "object", "properties": [:]],
                    isStrict: function["strict"] == true ? true : nil
                )
            )
        }
        self.readChoice()
    }

    private mutating func readChoice() {
        guard let choice = self.body["tool_choice"] ?? self.body["function_call"], choice != .null else { return }
        if let word = choice.string {
            let known: [String: ModelRequest.ToolChoice] = ["auto": .auto, "none": .none, "required": .required]
            self.validation.require(known[word] != nil, "tool_choice", .oneOf(["auto", "none", "required"]))
            self.request.toolChoice = known[word] ?? .auto
        } else if choice["type"] == "allowed_tools", let allowed = choice["allowed_tools"] ?? choice.array?.first {
            let names = (allowed["tools"]?.array ?? []).compactMap {
                $0["function"]?["name"]?.string ?? $0["name"]?.string
            }
            self.request.toolChoice = .allowed(names, isRequired: allowed["mode"] == "required")
        } else if let name = choice["function"]?["name"]?.string ?? choice["name"]?.string {
            self.request.toolChoice = .named(name)
        } else {
            self.validation.malformed("tool_choice", FieldRule("tool_choice"))
        }
    }
}
