import Kernel

/// A model that says what it is told: offline, free, and always the same. It calls a tool when told `/tool name {json}`.
struct EchoModel: Sendable {
    private var pieces: [ModelEvent]

    init(_ request: ModelRequest, callID: String) {
        let last = request.messages.last
        let prompt = (request.messages.last { $0.role == .user })?.text ?? ""
        var pieces: [ModelEvent] = []
        var said = ""
        if last?.role != .tool, let call = Self.call(prompt, among: request.tools, request.toolChoice) {
            pieces = [
                .toolCall(index: 0, id: callID, name: call.name), .arguments(index: 0, call.arguments),
                .finish(.toolCalls),
            ]
            said = call.arguments
        } else {
            // What a tool has given is told as it is.
            said = last?.role == .tool ? "Echo: \(last?.text ?? "")" : "Echo: \(prompt)"
            pieces = Self.words(said).map { .text($0) } + [.finish(.stop)]
        }
        let usage = TokenUsage(
            fresh: TokenEstimate.ofText(request.system)
                + request.messages.reduce(0) { $0 + TokenEstimate.ofText($1.text) },
            output: TokenEstimate.ofText(said)
        )
        self.pieces =
            [.answer(id: "echo-\(callID)", model: ProviderKind.echoModel)] + pieces + [.usage(usage, isWhole: true)]
        self.pieces.reverse()
    }

    mutating func next() -> ModelEvent? { self.pieces.popLast() }

    /// Words with the blanks before them.
    private static func words(_ text: String) -> [String] {
        var words: [String] = []
        var word = ""
        for scalar in text.unicodeScalars {
            if scalar == " ", !word.isEmpty {
                words.append(word)
                word = ""
            }
            word.unicodeScalars.append(scalar)
        }
        return word.isEmpty ? words : words + [word]
    }

    private static func call(
        _ prompt: String,
        among tools: [ModelTool],
        _ choice: ModelRequest.ToolChoice
    ) -> (name: String, arguments: String)? {
        guard choice != .none, let rest = prompt.bytewise.dropping(prefix: "/tool ") else { return nil }
        let (name, arguments) = rest.bytewise.cut(at: " ")
        guard tools.contains(where: { $0.name == String(name) }) else { return nil }
        return (String(name), arguments.map { String($0).trimmed } ?? "{}")
    }
}

/// How many tokens a text has, as long as nobody has counted them.
enum TokenEstimate {
    /// A quarter of its ASCII bytes, and one for each other character.
    static func ofText(_ text: String) -> Int64 {
        var ascii: Int64 = 0
        var others: Int64 = 0
        for scalar in text.unicodeScalars { if scalar.isASCII { ascii += 1 } else { others += 1 } }
        return (ascii + 3) / 4 + others
    }
}
