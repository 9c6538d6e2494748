import Kernel
import NIOCore

/// One call of a model within a run: whom to ask next, what was said, and what it costs.
struct CallProgress {
    /// A model that may answer.
    struct Candidate {
        let open: OpenProvider
        let model: String
        let price: Price

        var key: ModelDoor.Key { .init(provider: self.open.provider.id, model: self.model) }
        var choice: ModelChoice { .init(provider: self.open.provider.name, model: self.model) }
    }

    static let tries = 3

    let span: String
    let startedAt: Timestamp
    let candidates: [Candidate]
    var index = 0
    /// Of the present candidate.
    var tried = 0
    /// Of all.
    var attempts: [JSONValue] = []
    var answer = ModelAnswer()
    var lastFailure: ModelFailure?
    /// What the provider has counted above the bound, which no budget pays.
    var overrun: Dollars = 0

    var candidate: Candidate { self.candidates[self.index] }
    var hasNext: Bool { self.index + 1 < self.candidates.count }

    /// Before the `tried`th repetition.
    func pause(_ random: Double) -> Int64 {
        let whole = 300 * Double(1 << min(10, max(0, self.tried - 1)))
        return Int64(nearest: min(30_000, whole * (0.9 + 0.2 * random)))
    }
}

/// What a model has said so far.
struct ModelAnswer {
    var text = ""
    var thinking = ""
    var refusal = ""
    var calls: [ToolCall] = []
    var kept: [JSONValue] = []
    var usage: TokenUsage?
    var isWholeUsage = false
    var finish: FinishReason?
    var id = ""
    var model: String?
    /// Bytes of everything that was said.
    var byteCount: Int64 = 0
    var firstAt: Timestamp?
    /// Whether a client has got a part of it as it came.
    var isPassedOn = false

    var hasContent: Bool { self.byteCount > 0 || !self.calls.isEmpty || self.isPassedOn }

    mutating func add(_ event: ModelEvent, at now: Timestamp) {
        switch event {
        case .text(let text):
            self.text += text
            self.note(text, now)
        case .thinking(let text):
            self.thinking += text
            self.note(text, now)
        case .refusal(let text):
            self.refusal += text
            self.note(text, now)
        case .toolCall(_, let id, let name):
            self.calls.append(ToolCall(id: id, name: name, arguments: ""))
            self.note(name, now)
        case .arguments(let index, let text):
            if self.calls.indices.contains(index) { self.calls[index].arguments += text }
            self.note(text, now)
        case .kept(let block): self.kept.append(block)
        case .usage(let usage, let isWhole): (self.usage, self.isWholeUsage) = (usage, isWhole)
        case .finish(let reason): self.finish = reason
        case .answer(let id, let model, _): (self.id, self.model) = (id, model)
        case .raw: self.isPassedOn = true
        }
    }

    private mutating func note(_ text: String, _ now: Timestamp) {
        if self.firstAt == nil { self.firstAt = now }
        self.byteCount += Int64(text.utf8.count)
    }

    /// As it goes into the history.
    var message: ModelMessage {
        var message = ModelMessage(.assistant, self.text)
        if !self.refusal.isEmpty { message.parts.append(.refusal(self.refusal)) }
        message.toolCalls = self.calls
        if !self.kept.isEmpty { message.kept = .array(self.kept) }
        return message
    }

    /// What has been used, as far as it is known; the rest is estimated so that it is never less than the truth.
    ///
    /// - Parameters:
    ///   - input: tokens of the bound.
    ///   - output: tokens of the bound.
    ///   - mayThinkUnseen: whether there may be more output than was said.
    func spent(input: Int64, output: Int64, mayThinkUnseen: Bool) -> (usage: TokenUsage, isEstimated: Bool) {
        if let usage, self.isWholeUsage, usage.isPossible { return (usage, false) }
        var spent = self.usage.flatMap { $0.isPossible ? $0 : nil } ?? TokenUsage(fresh: input)
        spent.output = mayThinkUnseen ? output : max(spent.output, min(output, self.byteCount))
        return (spent, true)
    }
}
