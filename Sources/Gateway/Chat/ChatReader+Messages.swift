import Kernel

/// What is said, part by part.
extension ChatReader {
    mutating func readMessages() throws {
        guard let messages = self.body["messages"], messages != .null else { throw GatewayProblems.messagesMissing }
        guard let list = messages.array else {
            return self.validation.malformed("messages", FieldRule("objects"))
        }
        guard !list.isEmpty else { throw GatewayProblems.messagesMissing }
        guard list.count <= Self.messageLimit else {
            let limit = FieldRule("at_most_items", ["limit": "\(Self.messageLimit)"])
            return self.validation.require(false, "messages", limit)
        }
        for (index, message) in list.enumerated() { self.read(message, at: index) }
        try self.validation.check()
        try self.checkCalls()
        let last = self.request.messages.last?.role
        self.validation.require(last != .assistant, "messages[\(list.count - 1)].role", FieldRule("last_role"))
    }

    private mutating func read(_ value: JSONValue, at index: Int) {
        let path = "messages[\(index)]"
        let roles = ["system", "developer", "user", "assistant", "tool", "function"]
        guard let word = value["role"]?.string, roles.contains(word) else {
            return self.validation.require(false, "\(path).role", .oneOf(roles))
        }
        let role: ModelMessage.Role =
            switch word {
            case "system", "developer": .system
            case "assistant": .assistant
            case "tool", "function": .tool
            default: .user
            }
        var message = ModelMessage(role, [])
        message.name = role == .tool ? nil : value["name"]?.string
        message.toolCallID = value["tool_call_id"]?.string ?? (word == "function" ? value["name"]?.string : nil)
        message.toolCalls = self.calls(value, path)
        message.parts = self.parts(value["content"], path, canBeMissing: role == .assistant)
        // Elsewhere no provider reads pictures or files, and no bound counts them.
        let isPlain = message.parts.allSatisfy { $0.text != nil || role == .assistant && $0.isRefusal }
        if role != .user { self.validation.require(isPlain, "\(path).content", .oneOf(["text"])) }
        if let refusal = value["refusal"]?.string?.nonEmpty { message.parts.append(.refusal(refusal)) }
        if role == .tool, message.toolCallID == nil { self.validation.missing("\(path).tool_call_id") }
        self.request.messages.append(message)
    }

    private mutating func calls(_ value: JSONValue, _ path: String) -> [ToolCall] {
        if let function = value["function_call"], let name = function["name"]?.string {
            return [ToolCall(id: name, name: name, arguments: function["arguments"]?.string ?? "")]
        }
        return (value["tool_calls"]?.array ?? []).enumerated().compactMap { index, call in
            guard let id = call["id"]?.string, let name = call["function"]?["name"]?.string else {
                self.validation.missing("\(path).tool_calls[\(index)].id")
                return nil
            }
            return ToolCall(id: id, name: name, arguments: call["function"]?["arguments"]?.string ?? "")
        }
    }

    private mutating func parts(_ content: JSONValue?, _ path: String, canBeMissing: Bool) -> [ModelMessage.Part] {
        guard let content, content != .null else {
            if !canBeMissing { self.validation.missing("\(path).content") }
            return []
        }
        if let text = content.string {
            if text.utf8.contains(0) { self.validation.require(false, "\(path).content", FieldRule("no_nul")) }
            return text.isEmpty ? [] : [.text(text)]
        }
        guard let list = content.array else {
            self.validation.malformed("\(path).content", FieldRule("content"))
            return []
        }
        return list.enumerated().compactMap { self.part($0.element, "\(path).content[\($0.offset)]") }
    }

    private mutating func part(_ part: JSONValue, _ path: String) -> ModelMessage.Part? {
        switch part["type"]?.string ?? "" {
        case "text":
            guard let text = part["text"]?.string else {
                self.validation.missing("\(path).text")
                return nil
            }
            if text.utf8.contains(0) { self.validation.require(false, "\(path).text", FieldRule("no_nul")) }
            return .text(text)
        case "image_url":
            let url = part["image_url"]?["url"]?.string ?? part["image_url"]?.string ?? ""
            guard Self.isImage(url) else {
                self.validation.require(false, "\(path).image_url.url", FieldRule("image"))
                return nil
            }
            return .image(url, detail: part["image_url"]?["detail"]?.string)
        case "file":
            guard let file = part["file"], file["file_data"]?.string.map({ DataURL($0) != nil }) ?? false else {
                self.validation.require(false, "\(path).file.file_data", FieldRule("file_data"))
                return nil
            }
            return .file(file)
        case "refusal": return .refusal(part["refusal"]?.string ?? "")
        default:
            self.validation.require(false, "\(path).type", .oneOf(["text", "image_url", "file", "refusal"]))
            return nil
        }
    }

    private static func isImage(_ url: String) -> Bool {
        if let data = DataURL(url) {
            let types = ["image/png", "image/jpeg", "image/gif", "image/webp"]
            return types.contains(data.mediaType) && data.byteCount <= 10 * 1024 * 1024
        }
        return url.bytewise.starts(with: "https://") && url.utf8.count <= 8192
    }

    /// Each result belongs to a call of the turn before it, and each call has its result. Throws `toolMessage`.
    private func checkCalls() throws {
        var open: [String] = []
        for message in self.request.messages {
            if message.role == .tool {
                let id = message.toolCallID ?? ""
                guard let place = open.firstIndex(of: id) else { throw GatewayProblems.toolMessage(id) }
                open.remove(at: place)
                continue
            }
            if let missing = open.first { throw GatewayProblems.toolMessage(missing) }
            open = message.toolCalls.map(\.id)
        }
        if let missing = open.first { throw GatewayProblems.toolMessage(missing) }
    }
}
