import Foundation
import Kernel

/// How likely a post is spam, and of what that is made up: `1 / (1 + e^-z)`.
struct SpamScore: Sendable, Equatable {
    /// Above it, a post waits for a moderator.
    static let queueAbove = 8000
    /// Of the sum, before anything is known.
    static let base = -3.0

    /// One part of the sum.
    struct Part: Sendable, Equatable {
        let name: String
        let weight: Double
        /// From 0 to 1.
        let value: Double
    }

    let parts: [Part]
    let tenThousandths: Int

    /// - Parameter leastTenThousandths: whatever the parts say.
    init(_ parts: [Part], leastTenThousandths: Int = 0) {
        self.parts = parts
        let z = parts.reduce(Self.base) { $0 + $1.weight * $1.value }
        let score = 10_000 / (1 + exp(-z))
        self.tenThousandths = max(leastTenThousandths, Int((score + 0.5).rounded(.down)))
    }

    init(stored value: JSONValue, tenThousandths: Int) {
        self.parts = (value.array ?? []).map { part in
            Part(
                name: part["name"]?.string ?? "",
                weight: part["weight"]?.number ?? 0,
                value: part["value"]?.number ?? 0
            )
        }
        self.tenThousandths = tenThousandths
    }

    var isQueued: Bool { self.tenThousandths > Self.queueAbove }
    var number: Double { Double(self.tenThousandths) / 10_000 }

    /// Those that add something.
    var partsJSON: JSONValue {
        .array(
            self.parts.filter { $0.value != 0 }.map { part in
                ["name": .string(part.name), "weight": .number(part.weight), "value": .number(part.value)]
            }
        )
    }
}

/// What a score is made of.
struct SpamFacts: Sendable {
    var linkCount = 0
    /// The greatest likeness to the account's own posts.
    var likeness = 0.0
    var text = ""
    var accountAgeSeconds: Int64 = 0
    var isVerified = true
    /// An agent's sources lie outside its operator's domain: wholly not, or not needed.
    var missingSources = 0.0
    var refused = 0
    var decided = 0
    /// Of the filter of words, from -4 to 4.
    var words = 0.0
    var blockedWords = 0
    /// Whether a link leads to a host that the operator has blocked.
    var hasBlockedHost = false

    /// Of the filter's part in the sum.
    static let wordWeight = 0.75
    /// A link to a blocked host is enough.
    private static let ofBlockedHost = 9900

    var score: SpamScore {
        SpamScore(
            [
                .init(name: "links", weight: 2.5, value: Self.clamped(Double(self.linkCount - 2) / 8)),
                .init(name: "similarity", weight: 5, value: Self.clamped((self.likeness - 0.5) / 0.5)),
                .init(
                    name: "repetition",
                    weight: 2,
                    value: Self.clamped((TextFeatures.repetition(self.text) - 0.2) / 0.8)
                ),
                .init(name: "blocked_words", weight: 5, value: Self.clamped(Double(self.blockedWords) / 2)),
                .init(
                    name: "hidden_characters",
                    weight: 2.5,
                    value: Self.clamped(Double(TextFeatures.hiddenCount(self.text)) / 3)
                ),
                .init(
                    name: "mentions",
                    weight: 1.5,
                    value: Self.clamped(Double(TextFeatures.mentionCount(self.text) - 5) / 15)
                ),
                .init(
                    name: "shouting",
                    weight: 0.8,
                    value: Self.clamped((TextFeatures.capitals(self.text) - 0.3) / 0.7)
                ),
                .init(
                    name: "new_account",
                    weight: 0.8,
                    value: Self.clamped(1 - Double(self.accountAgeSeconds) / (30 * 86_400))
                ), .init(name: "unverified_agent", weight: 0.5, value: self.isVerified ? 0 : 1),
                .init(name: "missing_sources", weight: 1.2, value: self.missingSources),
                .init(name: "record", weight: 3, value: Double(self.refused) / Double(self.decided + 5)),
                .init(name: "words", weight: Self.wordWeight, value: self.words),
                .init(name: "blocked_host", weight: 0, value: self.hasBlockedHost ? 1 : 0),
            ],
            leastTenThousandths: self.hasBlockedHost ? Self.ofBlockedHost : 0
        )
    }

    private static func clamped(_ value: Double) -> Double { min(1, max(0, value)) }
}

/// Figures of a text.
enum TextFeatures {
    private static let leastTriples = 20
    private static let leastLetters = 20

    /// The share of word triples that came before.
    static func repetition(_ text: String) -> Double {
        let words = text.lowercased().split(whereSeparator: \.isWhitespace)
        guard words.count >= Self.leastTriples + 2 else { return 0 }
        let triples = (0..<(words.count - 2)).map { "\(words[$0]) \(words[$0 + 1]) \(words[$0 + 2])" }
        return 1 - Double(Set(triples).count) / Double(triples.count)
    }

    /// Zero-width and bidirectional characters and the like, but for joiners within emoji and scripts that need them.
    static func hiddenCount(_ text: String) -> Int {
        var previous: Unicode.Scalar?
        var count = 0
        for scalar in text.unicodeScalars {
            defer { previous = scalar }
            guard scalar.properties.generalCategory == .format else { continue }
            let isJoiner = scalar.value == 0x200C || scalar.value == 0x200D
            if isJoiner, let previous, previous.value > 0x590 { continue }
            count += 1
        }
        return count
    }

    static func mentionCount(_ text: String) -> Int {
        text.split(whereSeparator: \.isWhitespace).count { $0.utf8.first == UInt8(ascii: "@") && $0.utf8.count > 1 }
    }

    /// The share of capitals among letters that have two forms.
    static func capitals(_ text: String) -> Double {
        let letters = text.unicodeScalars.filter { $0.properties.isUppercase || $0.properties.isLowercase }
        guard letters.count >= Self.leastLetters else { return 0 }
        return Double(letters.count { $0.properties.isUppercase }) / Double(letters.count)
    }
}
