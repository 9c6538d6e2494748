import Kernel
import Search

/// Fills a list up that has fewer hits than were asked for. What fills it is held to the same limits.
extension RecommendService {
    /// Products that are looked at.
    private static let shelfLimit = 40

    /// What is looked at now, of the same kind first; then of each kind what scores best.
    func fill(_ question: Question, _ inquiry: Inquiry, besides picks: [Pick]) async throws -> [Pick] {
        let missing = inquiry.limit - picks.count
        var shown = Set(picks.map(\.facts.product.id))
        let categories = Set(question.parsed.categories)
        var filled: [Pick] = []
        let trending = try await self.products.find(self.trending.first(100).filter { !shown.contains($0) })
        let ranked = self.trending.first(100).compactMap { trending[$0] }.filter {
            question.constraints.allow($0.product)
        }
        let sameFirst =
            ranked.filter { categories.contains($0.product.content.category) }
            + ranked.filter { !categories.contains($0.product.content.category) }
        for facts in sameFirst.prefix(missing) {
            shown.insert(facts.product.id)
            filled.append(self.pick(facts, .trending))
        }
        guard filled.count < missing else { return filled }
        let shelf = SearchQuery(
            filters: question.constraints.filters,
            sort: .descending("released"),
            limit: Self.shelfLimit
        )
        let found = self.search.answer(shelf).hits.compactMap { ProductID($0.id) }.filter { !shown.contains($0) }
        let facts = try await self.products.find(found)
        let scored = found.compactMap { facts[$0] }.filter { question.constraints.allow($0.product) }.map { facts in
            (facts: facts, score: self.maker.score(facts, .shelf).value.value)
        }
        let sorted = scored.sorted { left, right in
            (right.score, left.facts.product.id) < (left.score, right.facts.product.id)
        }
        return filled + self.varied(sorted.map(\.facts), missing - filled.count).map { self.pick($0, .shelf) }
    }

    /// One of a kind and two of a maker, until the list is full; then what is left.
    private func varied(_ all: [ProductFacts], _ count: Int) -> [ProductFacts] {
        var (kinds, makers): ([String: Int], [String: Int]) = ([:], [:])
        var (chosen, rest): ([ProductFacts], [ProductFacts]) = ([], [])
        for facts in all {
            let (kind, maker) = (facts.product.content.category, facts.product.content.brand)
            let isNew =
                (kind.isEmpty || kinds[kind, default: 0] < 1) && (maker.isEmpty || makers[maker, default: 0] < 2)
            guard isNew, chosen.count < count else {
                rest.append(facts)
                continue
            }
            kinds[kind, default: 0] += 1
            makers[maker, default: 0] += 1
            chosen.append(facts)
        }
        return chosen + rest.prefix(count - chosen.count)
    }

    private func pick(_ facts: ProductFacts, _ reason: CardMaker.Reason) -> Pick {
        Pick(facts: facts, reason: reason, score: FixedPoint(0, places: 6), tier: .none, why: [])
    }
}
