import Kernel

/// What clients are told of a model that has failed.
enum CallFailure {
    /// - Parameter window: tokens that the model can read, where it does not say so itself; nil where nobody knows.
    static func problem(_ failure: ModelFailure, window: Int?) -> Problem {
        switch failure {
        case .refused(let status, let message, let retryAfter): self.problem(status, message, retryAfter, window)
        case .failed(let status, let message): self.problem(status, message, nil, window)
        case .unreachable, .broken: GatewayProblems.providerFailed
        }
    }

    private static func problem(_ status: Int, _ message: String, _ retryAfter: Int64?, _ window: Int?) -> Problem {
        switch status {
        case 400, 413, 422:
            let isTooLong = ["context length", "context window", "too long", "context_length"].contains {
                message.lowercased().bytewise.contains($0)
            }
            return isTooLong
                ? GatewayProblems.contextTooLong(window: self.maximum(in: message) ?? window)
                : GatewayProblems.modelRefusedRequest(message.beginning(300))
        case 401, 402, 403, 404: return GatewayProblems.providerRefused
        case 429: return GatewayProblems.modelLimited(seconds: max(1, ((retryAfter ?? 1000) + 999) / 1000))
        default: return GatewayProblems.providerFailed
        }
    }

    /// The number that stands beside the word: `maximum context length is 8192 tokens`, `> 200000 maximum`.
    private static func maximum(in message: String) -> Int? {
        let words = message.lowercased().bytewise.split(anyOf: " ,.:;()\n").map(String.init)
        guard let place = words.firstIndex(where: { $0.bytewise.starts(with: "maximum") }) else { return nil }
        let before = place > 0 ? Int(words[place - 1]) : nil
        return before ?? words[(place + 1)...].prefix(5).lazy.compactMap { Int($0) }.first
    }
}
