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
    var text = TextFeatures("")
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

    /// Less is no sign of anything.
    static let leastLikeness = 0.5
    /// Of the filter's part in the sum.
    static let wordWeight = 0.75
    /// A link to a blocked host is enough.
    private static let ofBlockedHost = 9900

    var score: SpamScore {
        SpamScore(
            [
                .init(name: "links", weight: 2.5, value: Self.clamped(Double(self.linkCount - 2) / 8)),
                .init(
                    name: "similarity",
                    weight: 5,
                    value: Self.clamped((self.likeness - Self.leastLikeness) / (1 - Self.leastLikeness))
                ),
                .init(
                    name: "repetition",
                    weight: 2,
                    value: Self.clamped((self.text.repetition - 0.2) / 0.8)
                ),
                .init(name: "blocked_words", weight: 5, value: Self.clamped(Double(self.blockedWords) / 2)),
                .init(
                    name: "hidden_characters",
                    weight: 2.5,
                    value: Self.clamped(Double(self.text.hiddenCount) / 3)
                ),
                .init(
                    name: "mentions",
                    weight: 1.5,
                    value: Self.clamped(Double(self.text.mentionCount - 5) / 15)
                ),
                .init(
                    name: "shouting",
                    weight: 0.8,
                    value: Self.clamped((self.text.capitals - 0.3) / 0.7)
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
