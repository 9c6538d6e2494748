import Foundation
import Kernel

/// In how many posts, good and bad, each word stands: naive Bayes without a prior.
struct WordCounts: Sendable, Equatable {
    /// Fewer posts of either kind say nothing.
    static let least = 50
    private static let strongest = 15
    private static let limit = 4.0

    struct Count: Sendable, Equatable {
        var spam = 0
        var good = 0
    }

    private(set) var spamPosts = 0
    private(set) var goodPosts = 0
    private(set) var words: [String: Count] = [:]

    init() {}

    var isTrained: Bool { self.spamPosts >= Self.least && self.goodPosts >= Self.least }

    mutating func add(_ tokens: [String], isSpam: Bool) {
        if isSpam { self.spamPosts += 1 } else { self.goodPosts += 1 }
        for token in tokens {
            if isSpam {
                self.words[token, default: Count()].spam += 1
            } else {
                self.words[token, default: Count()].good += 1
            }
        }
    }

    /// How much likelier a word is in spam, as a logarithm.
    func ratio(_ count: Count) -> Double {
        log((Double(count.spam) + 0.5) / Double(self.spamPosts + 1))
            - log((Double(count.good) + 0.5) / Double(self.goodPosts + 1))
    }

    /// Of the strongest words of a text, from -4 to 4; 0 where too little is known.
    func weight(of tokens: [String]) -> Double {
        guard self.isTrained else { return 0 }
        let ratios = tokens.compactMap { token in self.words[token].map { (token, self.ratio($0)) } }
        let strongest = ratios.sorted { left, right in
            let (a, b) = (abs(left.1), abs(right.1))
            return a != b ? a > b : left.0.utf8.lexicographicallyPrecedes(right.0.utf8)
        }.prefix(Self.strongest)
        return min(Self.limit, max(-Self.limit, strongest.reduce(0) { $0 + $1.1 }))
    }

    /// The words that speak most for one side.
    func strongest(forSpam: Bool, limit: Int) -> [(word: String, ratio: Double)] {
        let all = self.words.map { (word: $0.key, ratio: self.ratio($0.value)) }.filter { ($0.ratio > 0) == forSpam }
        return Array(
            all.sorted { left, right in
                let (a, b) = (abs(left.ratio), abs(right.ratio))
                return a != b ? a > b : left.word.utf8.lexicographicallyPrecedes(right.word.utf8)
            }.prefix(limit)
        )
    }

    // MARK: Stored

    /// The same counts are the same bytes.
    var json: JSONValue {
        [
            "spam": .int(self.spamPosts), "good": .int(self.goodPosts),
            "words": .object(self.words.mapValues { [.int($0.spam), .int($0.good)] }),
        ]
    }

    init(_ json: JSONValue) {
        self.spamPosts = Int(json["spam"]?.number ?? 0)
        self.goodPosts = Int(json["good"]?.number ?? 0)
        self.words = (json["words"]?.object ?? [:]).mapValues { counts in
            let numbers = (counts.array ?? []).map { Int($0.number ?? 0) }
            return Count(spam: numbers.first ?? 0, good: numbers.last ?? 0)
        }
    }
}
