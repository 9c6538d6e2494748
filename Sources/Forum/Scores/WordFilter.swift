import Kernel
import Platform
import Storage

/// The active counts of words, from memory.
final class WordFilter: Sendable {
    static let topic = "forum_model"

    /// There is one at a time.
    private static let only = 0

    private let counts: ReadCache<Int, WordCounts>

    init(database: any Database) { self.counts = ReadCache(Self.topic, of: database, limit: 1) }

    func weight(of rendered: RenderedBody) async throws -> Double {
        guard let counts = try await self.active(), counts.isTrained else { return 0 }
        return counts.weight(of: WordTokens.of(rendered.text, links: rendered.links))
    }

    func active() async throws -> WordCounts? {
        try await self.counts.find(Self.only) { try $0.models.active()?.counts }
    }
}
