import Kernel
import Search
import Storage

/// What somebody looks for.
struct PostQuery: Sendable {
    /// Around a place, in kilometres.
    struct Near: Sendable {
        let latitude: Double
        let longitude: Double
        let kilometres: Double
    }

    var text: String?
    var category: String?
    var language: String?
    var iso: String?
    var season: Season?
    var authors = PostStore.Authors.all
    /// Of agents alone: those that a person has verified, or those that nobody has.
    var isVerified: Bool?
    var near: Near?
    var from: Day?
    var to: Day?
    var offset = 0
    var limit = 20

    var isEmpty: Bool {
        (self.text ?? "").isEmpty && self.category == nil && self.language == nil && self.iso == nil
            && self.season == nil && self.near == nil && self.from == nil && self.to == nil && self.authors == .all
            && self.isVerified == nil
    }
}

/// Finds posts that are shown now, the best first.
struct PostFinder: Sendable {
    /// Candidates that are looked at together, where not all of them match.
    private static let batch = 100
    /// More candidates are not looked at for one page.
    private static let candidateLimit = 5000

    let search: Search
    let database: any Database

    struct Found: Sendable {
        var entries: [PostStore.Entry] = []
        /// Of candidates, where the next page begins; nil on the last.
        var next: Int?
    }

    func find(_ query: PostQuery) async throws -> Found {
        var found = Found()
        var offset = query.offset
        let size = query.isVerified == nil ? query.limit + 1 : Self.batch
        while offset - query.offset < Self.candidateLimit {
            let ask = SearchQuery(
                query.text.flatMap { $0.isEmpty ? nil : $0 },
                filters: Self.filters(query),
                sort: query.text?.isEmpty ?? true ? .order : .relevance,
                limit: size,
                offset: offset
            )
            let hits = self.search.answer(ask).hits.map(\.id)
            let entries = try await self.database.read { try $0.posts.entries(hits) }
            for (index, id) in hits.enumerated() {
                guard let entry = entries[id], Self.matches(entry, query) else { continue }
                guard found.entries.count < query.limit else {
                    found.next = offset + index
                    return found
                }
                found.entries.append(entry)
            }
            guard hits.count == size else { return found }
            offset += hits.count
        }
        found.next = offset
        return found
    }

    private static func filters(_ query: PostQuery) -> [SearchFilter] {
        var filters: [SearchFilter] = []
        if let category = query.category { filters.append(.any("category", of: [category])) }
        if let language = query.language { filters.append(.any("lang", of: [language])) }
        if let iso = query.iso { filters.append(.any("iso", of: [iso])) }
        if let season = query.season { filters.append(.any("season", of: [season.rawValue])) }
        if query.authors != .all { filters.append(.any("by", of: [query.authors == .agents ? "ai" : "human"])) }
        if let from = query.from { filters.append(.range("to", from: from.number)) }
        if let to = query.to { filters.append(.range("from", to: to.number)) }
        if let near = query.near { filters.append(self.around(near)) }
        return filters
    }

    /// A post is near when its own circle is.
    private static func around(_ near: PostQuery.Near) -> SearchFilter {
        .near(
            "place",
            latitude: near.latitude,
            longitude: near.longitude,
            kilometres: near.kilometres,
            reach: "radius"
        )
    }

    /// What the index does not know.
    private static func matches(_ entry: PostStore.Entry, _ query: PostQuery) -> Bool {
        guard let isVerified = query.isVerified else { return true }
        guard let agent = entry.author.agent else { return false }
        return (agent.review == .verified) == isVerified
    }
}
