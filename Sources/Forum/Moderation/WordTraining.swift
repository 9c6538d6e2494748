import Crypto
import Foundation
import Kernel
import NIOPosix
import Platform
import Storage

/// Trains the filter of words on what moderators have decided, and measures it on a fifth of that, which it never sees.
struct WordTraining: Sendable {
    private static let finalSeconds: Int64 = 30 * 86_400
    private static let heldOut: UInt8 = 5
    private static let rememberedLimit = 50_000
    // How much worse a new version may be to become active by itself.
    private static let worseF1 = 0.02
    private static let moreFalseAlarms = 2.0

    private static let kind = "forum_word_training"

    let database: any Database
    let ids: IDGenerator

    var kinds: [JobKind] { [JobKind(Self.kind, step: self.step)] }

    /// A post that is known to be spam, or good.
    struct Example: Sendable {
        let id: String
        let tokens: [String]
        let isSpam: Bool
        let language: String
        /// The score's sum without the words' part.
        let rules: Double
    }

    /// The last training, whether it runs or has ended.
    static func newest(in tx: Transaction) throws -> Job? {
        try tx.jobs.findNewest(self.kind, surface: ForumContract.name)
    }

    /// One training at a time: where one runs, that one is meant.
    func begin(by caller: Caller, _ trace: Trace) async throws {
        let id: ID<Job> = self.ids.next()
        try await self.database.write { tx in
            guard try Self.newest(in: tx)?.state != .running else { return }
            _ = try tx.jobs.insert(id, kind: Self.kind, input: "{}", of: caller, surface: ForumContract.name)
            try tx.audit.record(
                actor: caller.credential,
                action: "filter.training_begun",
                subject: id.text,
                trace: trace
            )
        }
    }

    /// A new version, which is used from now on unless it is worse than the one before; then a moderator has to say so.
    @Sendable private func step(_ job: Job) async throws -> JobStep {
        let examples = try await self.database.read { try Self.examples(in: $0) }
        let before = try await self.database.read { try $0.models.active() }
        let (counts, figures) = try await NIOThreadPool.singleton.runIfActive { Self.measure(examples) }
        let isWorse = before.map { Self.isWorse(figures, than: $0.figures) } ?? false
        let version = try await self.database.write { tx in
            let version = try tx.models.insert(counts, figures: figures)
            if !isWorse { try tx.models.activate(version) }
            try tx.audit.record(
                actor: job.credential,
                action: "filter.trained",
                subject: "\(version)",
                detail: "\(counts.spamPosts) spam, \(counts.goodPosts) good\(isWorse ? ", not active" : "")",
                trace: .none
            )
            return version
        }
        return JobStep(.init(done: 1, total: 1, result: JSON.text(of: ["version": .integer(version)])), isLast: true)
    }

    private static func isWorse(_ figures: JSONValue, than before: JSONValue) -> Bool {
        func value(_ figures: JSONValue, _ name: String) -> Double { figures["both"]?["all"]?[name]?.number ?? 0 }
        guard value(before, "posts") > 0 else { return false }
        return value(figures, "f1") < value(before, "f1") - Self.worseF1
            || value(figures, "falseAlarmsPerThousand")
                > value(before, "falseAlarmsPerThousand") + Self.moreFalseAlarms
    }

    // MARK: Examples

    private static func examples(in tx: Transaction) throws -> [Example] {
        let decided = try tx.decisions.final(
            before: tx.now.adding(seconds: -Self.finalSeconds),
            limit: Self.rememberedLimit
        )
        var examples = try decided.compactMap { id, isSpam in try Self.example(id, isSpam: isSpam, in: tx) }
        let spam = examples.count { $0.isSpam }
        // Old posts that nobody has complained about are good, drawn by their hash so that the same ones come again.
        let quiet = try tx.posts.quiet(before: tx.now.adding(seconds: -Self.finalSeconds), limit: Self.rememberedLimit)
        let known = Set(examples.map(\.id))
        let drawn = quiet.filter { !known.contains($0.text) }.sorted {
            Self.hash($0.text).lexicographicallyPrecedes(Self.hash($1.text))
        }
        for id in drawn.prefix(spam) {
            if let example = try Self.example(id, isSpam: false, in: tx) { examples.append(example) }
        }
        return examples.sorted { $0.id < $1.id }
    }

    private static func example(_ id: ID<Post>, isSpam: Bool, in tx: Transaction) throws -> Example? {
        guard let post = try tx.posts.find(id), let thread = try tx.threads.find(post.thread),
            let rendered = try? RenderedBody(post.body)
        else { return nil }
        let parts = post.score.parts.filter { $0.name != "words" }
        return Example(
            id: id.text,
            tokens: WordTokens.of(rendered.text, links: rendered.links),
            isSpam: isSpam,
            language: thread.language,
            rules: parts.reduce(SpamScore.base) { $0 + $1.weight * $1.value }
        )
    }

    private static func hash(_ id: String) -> [UInt8] { Array(SHA256.hash(data: Array(id.utf8))) }

    static func isHeldOut(_ id: String) -> Bool { (self.hash(id).first ?? 0) % Self.heldOut == 0 }

    // MARK: Measures

    static func measure(_ examples: [Example]) -> (WordCounts, JSONValue) {
        var counts = WordCounts()
        for example in examples where !self.isHeldOut(example.id) { counts.add(example.tokens, isSpam: example.isSpam) }
        let held = examples.filter { self.isHeldOut($0.id) }.map { example in
            (example, counts.weight(of: example.tokens))
        }
        let scores: [(String, @Sendable (Example, Double) -> Double)] = [
            ("rules", { example, _ in Self.score(example.rules) }), ("words", { Self.score($1) }),
            ("both", { Self.score($0.rules + SpamFacts.wordWeight * $1) }),
        ]
        var figures: [String: JSONValue] = [:]
        for (name, score) in scores {
            var byLanguage: [String: [FilterFigures.Judged]] = [:]
            for (example, words) in held {
                let judged = FilterFigures.Judged(score: score(example, words), isSpam: example.isSpam)
                byLanguage["all", default: []].append(judged)
                byLanguage[example.language, default: []].append(judged)
            }
            if held.isEmpty { byLanguage["all"] = [] }
            figures[name] = .object(byLanguage.mapValues { FilterFigures($0).json })
        }
        figures["strongest"] = [
            "spam": .array(
                counts.strongest(forSpam: true, limit: 20).map {
                    ["word": .string($0.word), "ratio": .number($0.ratio)]
                }
            ),
            "good": .array(
                counts.strongest(forSpam: false, limit: 20).map {
                    ["word": .string($0.word), "ratio": .number($0.ratio)]
                }
            ),
        ]
        return (counts, .object(figures))
    }

    private static func score(_ z: Double) -> Double { 1 / (1 + exp(-z)) }
}
