import Crypto
import Kernel

/// Notices a run that goes round in circles: the same call with the same result, the same result of other calls, or reading without end.
struct LoopDetection: Sendable {
    enum Verdict: Sendable, Equatable {
        case goOn
        /// The model is told.
        case note(String)
        case stop
    }

    private var sameCalls: [[UInt8]: Int] = [:]
    private var sameResults: [[UInt8]: Int] = [:]
    private var readsInARow = 0

    /// - Parameter arguments: canonical.
    mutating func add(tool: String, arguments: String, result: String, isRead: Bool) -> Verdict {
        let outcome = Self.hash([tool, result])
        let call = Self.hash([tool, arguments, result])
        self.sameCalls[call, default: 0] += 1
        self.sameResults[outcome, default: 0] += 1
        self.readsInARow = isRead ? self.readsInARow + 1 : 0
        let (calls, results) = (self.sameCalls[call]!, self.sameResults[outcome]!)
        if calls >= 5 || results - calls + 1 >= 6 || self.readsInARow >= 36 { return .stop }
        if calls == 3 { return .note("You have made the same call three times, with the same result.") }
        if results - calls + 1 == 4 { return .note("Four different calls of \(tool) gave the same result.") }
        if self.readsInARow == 24 { return .note("You have only read for 24 calls. Act, or answer.") }
        return .goOn
    }

    private static func hash(_ parts: [String]) -> [UInt8] {
        var hash = SHA256()
        for part in parts { hash.update(data: Array("\(part.utf8.count):\(part)".utf8)) }
        return Array(hash.finalize())
    }
}
