import Kernel
import Platform
import Storage

/// The active counts of words, and what is blocked, from memory.
final class WordFilter: Sendable {
    static let topic = "forum_model"

    /// There is one at a time.
    private static let only = 0

    static let blockedTopic = "forum_blocked"

    private let counts: ReadCache<Int, WordCounts>
    private let blockedWords: ReadCache<Int, BlockedWords>

    init(database: any Database) {
        self.counts = ReadCache(Self.topic, of: database, limit: 1)
        self.blockedWords = ReadCache(Self.blockedTopic, of: database, limit: 1)
    }

    func blocked() async throws -> BlockedWords {
        try await self.blockedWords.find(Self.only) { try $0.blockedWords.list() } ?? BlockedWords(words: [])
    }

    func weight(of rendered: RenderedBody) async throws -> Double {
        guard let counts = try await self.active(), counts.isTrained else { return 0 }
        return counts.weight(of: WordTokens.of(rendered.text, links: rendered.links))
    }

    func active() async throws -> WordCounts? {
        try await self.counts.find(Self.only) { try $0.models.active()?.counts }
    }
}
