import HTTPTypes
import Hummingbird
import Kernel
import Logging
import NIOCore
import ServiceLifecycle

/// The model of the demo: a small server that speaks OpenAI's format and answers from a script, word by word.
struct ScriptedModel: Service {
    static let name = "scripted-1"
    /// US dollars for a million tokens.
    static let price = Price(
        model: ScriptedModel.name,
        rates: .init(input: 500_000, output: 1_500_000, cacheRead: 50_000, cacheWrite: 500_000),
        contextWindow: 128_000,
        maximumOutput: 8192,
        source: "the demo",
        asOf: "2026-11-29"
    )

    private let application: any Service

    /// - Parameter port: 0 takes a free one; `ready` is told which.
    init(port: Int, ready: @escaping @Sendable (Int) -> Void = { _ in }) {
        let router = Router()
        router.get("/v1/models") { _, _ in
            Self.json(
                .ok,
                ["object": "list", "data": [["id": .string(Self.name), "object": "model", "owned_by": "demo"]]]
            )
        }
        router.post("/v1/chat/completions") { request, _ in
            let body = try await request.body.collect(upTo: 20 * 1024 * 1024)
            guard let input: JSONValue = try? JSON.read(body.readableBytesView), let messages = input["messages"]?.array
            else {
                return Self.json(.badRequest, ["error": ["message": "send messages", "type": "invalid_request_error"]])
            }
            return Self.answer(input, messages)
        }
        self.application = Application(
            router: router,
            configuration: .init(address: .hostname("127.0.0.1", port: port)),
            onServerRunning: { ready($0.localAddress?.port ?? 0) },
            logger: Logger(label: "demo") { _ in SwiftLogNoOpLogHandler() }
        )
    }

    func run() async throws { try await self.application.run() }

    private static func json(_ status: HTTPResponse.Status, _ value: JSONValue) -> Response {
        Response(
            status: status,
            headers: [.contentType: "application/json"],
            body: ResponseBody(byteBuffer: ByteBuffer(string: JSON.text(of: value)))
        )
    }

    private static func answer(_ input: JSONValue, _ messages: [JSONValue]) -> Response {
        let turn = Script(
            messages,
            tools: Set((input["tools"]?.array ?? []).compactMap { $0["function"]?["name"]?.string })
        ).turn
        let prompt = JSON.text(of: .array(messages)).utf8.count / 4
        let said = turn.text.utf8.count / 4 + turn.calls.reduce(0) { $0 + $1.arguments.utf8.count / 4 + 8 }
        let usage: JSONValue = [
            "prompt_tokens": .int(prompt), "completion_tokens": .int(max(1, said)),
            "total_tokens": .int(prompt + max(1, said)),
        ]
        let reason: JSONValue = turn.calls.isEmpty ? "stop" : "tool_calls"
        guard input["stream"] == true else {
            let message: JSONValue = [
                "role": "assistant", "content": .string(turn.text), "tool_calls": .array(turn.calls.map(Self.call)),
            ]
            return self.json(
                .ok,
                [
                    "id": "chatcmpl-demo", "object": "chat.completion", "created": 0, "model": .string(Self.name),
                    "choices": [["index": 0, "message": message, "finish_reason": reason]], "usage": usage,
                ]
            )
        }
        let deltas: [JSONValue] =
            [["role": "assistant", "content": ""]] + Self.words(turn.text).map { ["content": .string($0)] }
            + turn.calls.enumerated().map { index, call in
                ["tool_calls": [Self.call(call).adding("index", .int(index))]]
            }
        let chunks = deltas.map { Self.chunk($0) } + [Self.chunk([:], reason: reason), Self.end(usage)]
        return Response(
            status: .ok,
            headers: [.contentType: "text/event-stream"],
            body: ResponseBody { writer in
                for chunk in chunks {
                    try await writer.write(ByteBuffer(string: "data: \(JSON.text(of: chunk))\n\n"))
                    try await Task.sleep(for: .milliseconds(8))
                }
                try await writer.write(ByteBuffer(string: "data: [DONE]\n\n"))
                try await writer.finish(nil)
            }
        )
    }

    private static func call(_ call: ToolCall) -> JSONValue {
        let function: JSONValue = ["name": .string(call.name), "arguments": .string(call.arguments)]
        return ["id": .string(call.id), "type": "function", "function": function]
    }

    private static func chunk(_ delta: JSONValue, reason: JSONValue = .null) -> JSONValue {
        [
            "id": "chatcmpl-demo", "object": "chat.completion.chunk", "created": 0, "model": .string(Self.name),
            "choices": [["index": 0, "delta": delta, "finish_reason": reason]],
        ]
    }

    private static func end(_ usage: JSONValue) -> JSONValue {
        [
            "id": "chatcmpl-demo", "object": "chat.completion.chunk", "created": 0, "model": .string(Self.name),
            "choices": [], "usage": usage,
        ]
    }

    private static func words(_ text: String) -> [String] {
        text.bytewise.split(" ", keepsEmpty: true).enumerated().map {
            $0.offset == 0 ? String($0.element) : " \($0.element)"
        }
    }
}

/// What the demo's model does next: it follows the tools that it has, and the results that it was given.
private struct Script {
    let turn: (text: String, calls: [ToolCall])

    init(_ messages: [JSONValue], tools: Set<String>) {
        let prompt = messages.last { $0["role"] == "user" }?["content"]?.string ?? ""
        let place = messages.lastIndex { $0["role"] == "user" } ?? 0
        let results = messages[place...].filter { $0["role"] == "tool" }.compactMap { $0["content"]?.string }.map(
            Self.bare
        )
        let wanted = prompt.lowercased()
        let has = tools.contains
        if wanted.bytewise.contains("note"), has("write_file") {
            self.turn = Self.note(prompt, results)
        } else if wanted.bytewise.contains("keyword"), has("market_call") {
            self.turn = Self.keywords(prompt, results)
        } else if wanted.bytewise.contains("recommend"), has("affiliate_recommend") {
            self.turn = Self.recommend(prompt, results)
        } else {
            self.turn = ("You said: \(prompt)", [])
        }
    }

    /// Without the marks around what strangers wrote.
    private static func bare(_ result: String) -> String {
        result.bytewise.split("\n").filter { !$0.bytewise.starts(with: "<<<") }.joined(separator: "\n")
    }

    /// Writes a note, reads it again, and says what it says.
    private static func note(_ prompt: String, _ results: [String]) -> (String, [ToolCall]) {
        switch results.count {
        case 0: ("I write it down.", [Self.call(1, "write_file", ["path": "note.txt", "content": .string(prompt)])])
        case 1: ("", [Self.call(2, "read_file", ["path": "note.txt"])])
        default: ("The note is kept. It says: \(results[1])", [])
        }
    }

    /// Finds a service of the market, pays for a call of it, and tells the result.
    private static func keywords(_ prompt: String, _ results: [String]) -> (String, [ToolCall]) {
        switch results.count {
        case 0: return ("", [Self.call(1, "market_search", ["query": "keyword extraction"])])
        case 1:
            let id = results[0].bytewise.find("service_id: ").map { found in
                String(results[0][found.upperBound...].bytewise.split(anyOf: " \n").first ?? "")
            }
            let text = prompt.bytewise.cut(at: ":").after.map(String.init) ?? prompt
            let body = JSON.text(of: ["text": .string(text)])
            let arguments: JSONValue = ["service_id": .text(id), "body": .string(body), "max_price": "0.05"]
            return ("", [Self.call(2, "market_call", arguments)])
        default: return ("The service answers: \(results[1])", [])
        }
    }

    /// Looks for programs, and tells them with their links.
    private static func recommend(_ prompt: String, _ results: [String]) -> (String, [ToolCall]) {
        guard let found = results.first else {
            let need = prompt.bytewise.cut(at: ":").after.map(String.init) ?? prompt
            return ("", [Self.call(1, "affiliate_recommend", ["query": .string(need.trimmed)])])
        }
        // As a careless model would: the links without what stands beside them.
        let links = found.bytewise.split("\n").compactMap { line -> String? in
            line.bytewise.dropping(prefix: "link: ").map { String($0.bytewise.split(" ").first ?? "") }
        }
        return (links.isEmpty ? found : "Look here: \(links.joined(separator: " "))", [])
    }

    private static func call(_ number: Int, _ name: String, _ arguments: JSONValue) -> ToolCall {
        ToolCall(id: "call_demo_\(number)", name: name, arguments: JSON.text(of: arguments))
    }
}
