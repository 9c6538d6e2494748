import Kernel
import Web

/// A chat completion, whole or in chunks, in OpenAI's form.
struct ChatAnswer: Sendable {
    var id: String
    var created: Int64
    /// As it was asked for.
    var model: String
    let isLegacy: Bool

    func whole(_ result: RunResult) -> ChatCompletion {
        ChatCompletion(
            answer: self,
            choice: ChatChoice(result: result, answer: self),
            usage: ChatUsage(result.totals.usage)
        )
    }

    func finishReason(_ reason: RunResult.StopReason) -> String {
        switch reason {
        case .maxTokens: "length"
        case .clientToolCalls: self.isLegacy ? "function_call" : "tool_calls"
        case .refusal: "content_filter"
        default: "stop"
        }
    }

    // MARK: Chunks

    /// Writes lines of a stream. What every chunk has is written once.
    struct Chunks: Sendable {
        private let start: [UInt8]
        private let end: [UInt8]
        let includesUsage: Bool
        private let answer: ChatAnswer

        init(_ answer: ChatAnswer, includesUsage: Bool) {
            var writer = JSONWriter(capacity: 200)
            writer.raw("data: {\"id\":")
            writer.write(answer.id)
            writer.raw(",\"object\":\"chat.completion.chunk\",\"created\":")
            writer.write(answer.created)
            writer.raw(",\"model\":")
            writer.write(answer.model)
            self.start = writer.bytes
            self.end = Array((includesUsage ? ",\"usage\":null}\n\n" : "}\n\n").utf8)
            self.includesUsage = includesUsage
            self.answer = answer
        }

        private func chunk(_ write: (inout JSONWriter) -> Void, finish: String? = nil) -> [UInt8] {
            var writer = JSONWriter(capacity: self.start.count + 160)
            writer.raw(self.start)
            writer.raw(",\"choices\":[{\"index\":0,\"delta\":")
            write(&writer)
            writer.raw(",\"logprobs\":null,\"finish_reason\":")
            if let finish { writer.write(finish) } else { writer.raw("null") }
            writer.raw("}]")
            writer.raw(self.end)
            return writer.bytes
        }

        var first: [UInt8] { self.chunk { $0.raw("{\"role\":\"assistant\",\"content\":\"\",\"refusal\":null}") } }

        func text(_ text: String, as name: StaticString = "content") -> [UInt8] {
            self.chunk { writer in
                writer.raw("{\"")
                writer.raw(name)
                writer.raw("\":")
                writer.write(text)
                writer.raw("}")
            }
        }

        func call(_ index: Int, _ id: String, _ name: String) -> [UInt8] {
            let function: JSONValue = ["name": .string(name), "arguments": ""]
            if self.answer.isLegacy { return self.chunk { $0.write(["function_call": function]) } }
            let call: JSONValue = [
                "index": .int(index), "id": .string(id), "type": "function", "function": function,
            ]
            return self.chunk { $0.write(["tool_calls": [call]]) }
        }

        func arguments(_ index: Int, _ text: String) -> [UInt8] {
            if self.answer.isLegacy { return self.chunk { $0.write(["function_call": ["arguments": .string(text)]]) } }
            let call: JSONValue = ["index": .int(index), "function": ["arguments": .string(text)]]
            return self.chunk { $0.write(["tool_calls": [call]]) }
        }

        func finish(_ reason: RunResult.StopReason) -> [UInt8] {
            self.chunk({ $0.raw("{}") }, finish: self.answer.finishReason(reason))
        }

        func usage(_ usage: TokenUsage) -> [UInt8] {
            var writer = JSONWriter(capacity: self.start.count + 300)
            writer.raw(self.start)
            writer.raw(",\"choices\":[],\"usage\":")
            writer.raw(ChatUsage.shape.bytes(of: ChatUsage(usage)))
            writer.raw("}\n\n")
            return writer.bytes
        }

        static func comment(_ text: String) -> [UInt8] {
            Array(": \(text.bytewise.replacing("\n", with: " "))\n\n".utf8)
        }

        static func failure(_ error: [String: JSONValue]) -> [UInt8] {
            Array("data: \(JSON.text(of: ["error": .object(error)]))\n\n".utf8)
        }

        static let done = Array("data: [DONE]\n\n".utf8)
    }
}
