import Kernel
import Search
import Synchronization

/// The parser with the makers of the catalogue as it is now.
final class Understanding: Sendable {
    /// The makers are looked up again after so long.
    private static let seconds: Int64 = 5
    private static let makerLimit = 10_000

    private struct State {
        var parser = IntentParser(brands: [])
        var makers = Makers([])
        var count = -1
        var readAt: Timestamp?
    }

    private let state = Mutex(State())
    private let search: Search

    init(search: Search) { self.search = search }

    func current(at now: Timestamp) -> (parser: IntentParser, makers: Makers) {
        let isFresh = self.state.withLock { state in
            let age = state.readAt.map { now.seconds(since: $0) } ?? .max
            guard age >= Self.seconds, state.count != self.search.count || age > 600 else { return true }
            // One caller reads; the others go on with what is known.
            state.readAt = now
            return state.count == self.search.count && age <= 600
        }
        if !isFresh {
            let count = self.search.count
            let facets = self.search.answer(SearchQuery(limit: 0, facets: ["brand"], facetLimit: Self.makerLimit))
            let brands = (facets.facets["brand"] ?? []).map(\.value).filter { !$0.isEmpty }
            let parser = IntentParser(brands: brands)
            self.state.withLock { state in
                (state.parser, state.makers, state.count) = (parser, Makers(brands), count)
            }
        }
        return self.state.withLock { ($0.parser, $0.makers) }
    }
}
