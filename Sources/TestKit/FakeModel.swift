import HTTPTypes
import Hummingbird
import Kernel
import NIOCore

/// Model servers of both formats that do what the last user message tells them:
///
/// - `say <text>` answers it, word by word; so does any other text, with a greeting;
/// - `call <tool> <JSON>` calls a tool; after the result it says what the result was;
/// - `status <code> <message>` refuses;
/// - `break <text>` says the text and ends without an end;
/// - `lie <prompt tokens> <completion tokens>` says something, and counts so.
package enum FakeModel {
    package static let name = "fake-1"

    package static let answer: FakeHost.Handler = { request in
        if request.method == "GET" {
            return FakeHost.json(200, ["object": "list", "data": [["id": .string(Self.name), "object": "model"]]])
        }
        let input = (try? JSON.read(request.body)) ?? .null
        let turn = Turn(input)
        if let (status, message) = turn.refusal {
            return FakeHost.json(status, ["error": ["message": .string(message), "type": "error"]])
        }
        return request.path.hasSuffix("/messages") ? Self.anthropic(turn, input) : Self.openAI(turn, input)
    }

    private struct Turn {
        var words: [String] = []
        var call: (name: String, arguments: String)?
        var refusal: (status: Int, message: String)?
        var isBroken = false
        var prompt: Int64 = 100
        var completion: Int64 = 10

        init(_ input: JSONValue) {
            let messages = input["messages"]?.array ?? []
            let last = messages.last ?? .null
            if last["role"] == "tool" || last["content"]?.array?.first?["type"] == "tool_result" {
                let result = last["content"]?.string ?? last["content"]?.array?.first?["content"]?.string ?? ""
                self.say("The tool says: \(result)")
                return
            }
            let order = Self.text(of: last)
            let parts = order.split(separator: " ", maxSplits: 2, omittingEmptySubsequences: true).map(String.init)
            let rest = order.drop { $0 != " " }.dropFirst()
            switch parts.first {
            case "say": self.say(String(rest))
            case "call" where parts.count == 3: self.call = (parts[1], parts[2])
            case "status": self.refusal = (Int(parts[1]) ?? 500, parts.count == 3 ? parts[2] : "no")
            case "break":
                self.say(String(rest))
                self.isBroken = true
            case "lie" where parts.count == 3:
                self.say("A lie.")
                (self.prompt, self.completion) = (Int64(parts[1]) ?? 0, Int64(parts[2]) ?? 0)
            default: self.say("Hello there.")
            }
        }

        private mutating func say(_ text: String) {
            self.words = text.split(separator: " ", omittingEmptySubsequences: false).enumerated()
                .map { $0.offset == 0 ? String($0.element) : " \($0.element)" }
        }

        private static func text(of message: JSONValue) -> String {
            let content = message["content"]
            return content?.string
                ?? (content?.array ?? []).compactMap { $0["text"]?.string }.joined(separator: " ")
        }

        var usage: JSONValue {
            [
                "prompt_tokens": .integer(self.prompt), "completion_tokens": .integer(self.completion),
                "total_tokens": .integer(self.prompt + self.completion),
            ]
        }
    }

    private static func events(_ events: [(name: String?, data: JSONValue)], last: String = "") -> Response {
        let text = events.map { event in
            (event.name.map { "event: \($0)\n" } ?? "") + "data: \(JSON.text(of: event.data))\n\n"
        }.joined()
        return Response(
            status: .ok,
            headers: [.contentType: "text/event-stream"],
            body: ResponseBody(byteBuffer: ByteBuffer(string: text + last))
        )
    }

    // MARK: OpenAI

    private static func openAI(_ turn: Turn, _ input: JSONValue) -> Response {
        let call: JSONValue? = turn.call.map { call in
            let function: JSONValue = ["name": .string(call.name), "arguments": .string(call.arguments)]
            return ["index": 0, "id": "call_fake", "type": "function", "function": function]
        }
        let reason: JSONValue = call == nil ? "stop" : "tool_calls"
        guard input["stream"] == true else {
            var message: [String: JSONValue] = ["role": "assistant", "content": .string(turn.words.joined())]
            message["tool_calls"] = call.map { [$0] }
            return FakeHost.json(
                200,
                [
                    "id": "fake", "object": "chat.completion", "created": 0, "model": .string(self.name),
                    "choices": [["index": 0, "message": .object(message), "finish_reason": reason]],
                    "usage": turn.usage,
                ]
            )
        }
        let chunk = { (choices: JSONValue, more: [String: JSONValue]) -> (name: String?, data: JSONValue) in
            let common: [String: JSONValue] = [
                "id": "fake", "object": "chat.completion.chunk", "created": 0, "model": .string(self.name),
                "choices": choices,
            ]
            return (nil, .object(common.merging(more) { $1 }))
        }
        let delta = { (delta: JSONValue, reason: JSONValue) in
            chunk([["index": 0, "delta": delta, "finish_reason": reason]], [:])
        }
        let said = turn.words.map { delta(["content": .string($0)], .null) }
        if turn.isBroken { return self.events(said) }
        let called = call.map { [delta(["tool_calls": [$0]], .null)] } ?? []
        return self.events(
            said + called + [delta([:], reason), chunk([], ["usage": turn.usage])],
            last: "data: [DONE]\n\n"
        )
    }

    // MARK: Anthropic

    private static func anthropic(_ turn: Turn, _ input: JSONValue) -> Response {
        let start: JSONValue = [
            "type": "message_start",
            "message": [
                "id": "msg_fake", "type": "message", "role": "assistant", "model": .string(self.name), "content": [],
                "usage": ["input_tokens": .integer(turn.prompt), "output_tokens": 1],
            ],
        ]
        let block: JSONValue =
            turn.call.map { ["type": "tool_use", "id": "toolu_fake", "name": .string($0.name), "input": [:]] }
            ?? ["type": "text", "text": ""]
        let deltas: [JSONValue] =
            turn.call.map { [["type": "input_json_delta", "partial_json": .string($0.arguments)]] }
            ?? turn.words.map { ["type": "text_delta", "text": .string($0)] }
        let opened: [JSONValue] = [start, ["type": "content_block_start", "index": 0, "content_block": block]]
        let said = deltas.map { delta -> JSONValue in ["type": "content_block_delta", "index": 0, "delta": delta] }
        let reason: JSONValue = turn.call == nil ? "end_turn" : "tool_use"
        let ended: [JSONValue] = [
            ["type": "content_block_stop", "index": 0],
            [
                "type": "message_delta", "delta": ["stop_reason": reason],
                "usage": ["output_tokens": .integer(turn.completion)],
            ],
            ["type": "message_stop"],
        ]
        let all = opened + said + (turn.isBroken ? [] : ended)
        return self.events(all.map { ($0["type"]?.string, $0) })
    }
}
