import Kernel
import Web

/// A whole answer, in OpenAI's form.
struct ChatCompletion: Answer {
    let answer: ChatAnswer
    let choice: ChatChoice
    let usage: ChatUsage

    static let members: [Member<Self>] = [
        Member("id", \.answer.id, "The completion", example: "chatcmpl-0198c5d27b407000800000000000000a"),
        Member("object", { _ in "chat.completion" }, "What it is", example: "chat.completion"),
        Member("created", \.answer.created, "When it was asked for, in seconds since 1970", example: 1_796_000_000),
        Member("model", \.answer.model, "As it was asked for", example: "goclaw:default"),
        Member("choices", { [$0.choice] }, "The answer"), Member("usage", \.usage, "Tokens of all calls of the run"),
        Member("system_fingerprint", { _ in String?.none }, "Always null"),
    ]
}

struct ChatChoice: Answer {
    let result: RunResult
    let answer: ChatAnswer

    static let members: [Member<Self>] = [
        Member("index", { _ in 0 }, "Always 0", example: 0),
        Member("message", { ChatMessage(choice: $0) }, "What is said"),
        Member("logprobs", { _ in String?.none }, "Always null"),
        Member("finish_reason", { $0.answer.finishReason($0.result.stopReason) }, "Why it ended", example: "stop"),
    ]
}

struct ChatMessage: Answer {
    let choice: ChatChoice

    static let members: [Member<Self>] = [
        Member("role", { _ in "assistant" }, "Who says it", example: "assistant"),
        Member("content", \.content, "The text of all turns; null beside calls without one", example: "Hello."),
        Member("refusal", \.choice.result.refusal, "What the model refuses with"),
        Member("tool_calls", \.calls, "Tools of the client that are called", leavesOutNull: true),
        Member("function_call", \.function, "The same in the older form", leavesOutNull: true),
    ]

    private var content: String? {
        let result = self.choice.result
        return result.content.isEmpty && !result.clientCalls.isEmpty ? nil : result.content
    }

    private var calls: [JSONValue]? {
        let calls = self.choice.result.clientCalls
        guard !calls.isEmpty, !self.choice.answer.isLegacy else { return nil }
        return calls.map { ["id": .string($0.id), "type": "function", "function": Self.function($0)] }
    }

    private var function: JSONValue? {
        guard self.choice.answer.isLegacy else { return nil }
        return self.choice.result.clientCalls.first.map(Self.function)
    }

    private static func function(_ call: ToolCall) -> JSONValue {
        ["name": .string(call.name), "arguments": .string(call.arguments)]
    }
}

/// Tokens, as OpenAI's clients count them.
struct ChatUsage: Answer {
    let usage: TokenUsage
    init(_ usage: TokenUsage) { self.usage = usage }

    static let members: [Member<Self>] = [
        Member("prompt_tokens", \.usage.input, "Tokens read"),
        Member("completion_tokens", \.usage.output, "Tokens written"),
        Member("total_tokens", \.usage.total, "Their sum"),
        Member("prompt_tokens_details", { PromptTokens(usage: $0.usage) }, "Of the tokens read"),
        Member("completion_tokens_details", { CompletionTokens(usage: $0.usage) }, "Of the tokens written"),
    ]
}

private struct PromptTokens: Answer {
    let usage: TokenUsage
    static let members: [Member<Self>] = [
        Member("cached_tokens", \.usage.cached, "Read from a cache"),
        Member("cache_write_tokens", \.usage.written, "Written to a cache"), Member("audio_tokens", { _ in 0 }, "None"),
    ]
}

private struct CompletionTokens: Answer {
    let usage: TokenUsage
    static let members: [Member<Self>] = [
        Member("reasoning_tokens", \.usage.reasoning, "Thought and not said"),
        Member("audio_tokens", { _ in 0 }, "None"), Member("accepted_prediction_tokens", { _ in 0 }, "None"),
        Member("rejected_prediction_tokens", { _ in 0 }, "None"),
    ]
}
