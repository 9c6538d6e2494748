import Foundation
import Kernel

/// How well scores tell spam from good posts, on posts that the filter has not seen.
struct FilterFigures: Sendable, Equatable {
    /// A post with its score, and what it is.
    struct Judged: Sendable {
        let score: Double
        let isSpam: Bool
    }

    private static let threshold = 0.8

    private(set) var truePositives = 0
    private(set) var falsePositives = 0
    private(set) var trueNegatives = 0
    private(set) var falseNegatives = 0
    /// How often a spam post scores above a good one; 0.5 where that cannot be said.
    let auc: Double

    init(_ posts: [Judged]) {
        for post in posts {
            switch (post.score > Self.threshold, post.isSpam) {
            case (true, true): self.truePositives += 1
            case (true, false): self.falsePositives += 1
            case (false, true): self.falseNegatives += 1
            case (false, false): self.trueNegatives += 1
            }
        }
        self.auc = Self.auc(posts)
    }

    /// By ranks; equal scores count half.
    private static func auc(_ posts: [Judged]) -> Double {
        let sorted = posts.sorted { $0.score < $1.score }
        let spam = Double(posts.count { $0.isSpam })
        let good = Double(posts.count) - spam
        guard spam > 0, good > 0 else { return 0.5 }
        var (sum, start) = (0.0, 0)
        while start < sorted.count {
            var end = start
            while end < sorted.count, sorted[end].score == sorted[start].score { end += 1 }
            let rank = Double(start + end + 1) / 2
            sum += rank * Double(sorted[start..<end].count { $0.isSpam })
            start = end
        }
        return (sum - spam * (spam + 1) / 2) / (spam * good)
    }

    var count: Int { self.truePositives + self.falsePositives + self.trueNegatives + self.falseNegatives }
    var precision: Double { Self.share(self.truePositives, of: self.truePositives + self.falsePositives) }
    var recall: Double { Self.share(self.truePositives, of: self.truePositives + self.falseNegatives) }
    var f1: Double {
        let sum = self.precision + self.recall
        return sum == 0 ? 0 : 2 * self.precision * self.recall / sum
    }
    /// Good posts of a thousand that would be queued.
    var falseAlarms: Double { 1000 * Self.share(self.falsePositives, of: self.falsePositives + self.trueNegatives) }

    private static func share(_ part: Int, of whole: Int) -> Double { whole == 0 ? 0 : Double(part) / Double(whole) }

    var json: JSONValue {
        [
            "posts": .int(self.count), "precision": Self.rounded(self.precision), "recall": Self.rounded(self.recall),
            "f1": Self.rounded(self.f1), "auc": Self.rounded(self.auc),
            "falseAlarmsPerThousand": Self.rounded(self.falseAlarms),
            "matrix": [
                "spamQueued": .int(self.truePositives), "spamMissed": .int(self.falseNegatives),
                "goodQueued": .int(self.falsePositives), "goodPublished": .int(self.trueNegatives),
            ],
        ]
    }

    private static func rounded(_ value: Double) -> JSONValue { .number((value * 10_000).rounded() / 10_000) }
}
