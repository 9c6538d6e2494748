import HummingbirdCore
import Kernel

/// Events of a run as lines of a stream.
struct ChatLine: Sendable {
    let chunks: ChatAnswer.Chunks
    /// Whether the model's own chunks are passed on.
    var isRelayed = false

    /// What a stream begins with; a comment where the model's own chunks follow.
    var first: [UInt8] { self.isRelayed ? ChatAnswer.Chunks.comment("relayed") : self.chunks.first }

    func bytes(_ event: RunEvent) -> [UInt8] {
        switch event {
        case .text(let text): self.chunks.text(text)
        case .refusal(let text): self.chunks.text(text, as: "refusal")
        case .toolStarted(let name): ChatAnswer.Chunks.comment("tool \(name)")
        case .clientCall(let index, let id, let name): self.chunks.call(index, id, name)
        case .clientArguments(let index, let text): self.chunks.arguments(index, text)
        case .raw(let bytes): Self.event(bytes)
        case .waiting: ChatAnswer.Chunks.comment("keep-alive")
        }
    }

    /// Data of several lines is as many lines.
    private static func event(_ data: [UInt8]) -> [UInt8] {
        var bytes = Array("data: ".utf8)
        bytes.reserveCapacity(data.count + 8)
        for byte in data {
            bytes.append(byte)
            if byte == .lineFeed { bytes += Array("data: ".utf8) }
        }
        return bytes + [.lineFeed, .lineFeed]
    }

    /// What follows the last word: the label of advertising, the finish, the usage, `[DONE]`.
    ///
    /// - Parameter overhead: milliseconds of the server's own, where it is known.
    func end(_ result: RunResult, label: String, overhead: Int64? = nil) -> [UInt8] {
        let last = label.isEmpty ? [] : self.chunks.text(label)
        let usage = self.chunks.usageLine(result.totals.usage)
        let comment = overhead.map { ChatAnswer.Chunks.comment("overhead_ms=\($0)") } ?? []
        if self.isRelayed { return comment + ChatAnswer.Chunks.done }
        return last + self.chunks.finish(result.stopReason) + usage + comment + ChatAnswer.Chunks.done
    }
}

extension ChatAnswer.Chunks {
    /// Empty where the client has not asked for it.
    func usageLine(_ usage: TokenUsage) -> [UInt8] { self.includesUsage ? self.usage(usage) : [] }
}
