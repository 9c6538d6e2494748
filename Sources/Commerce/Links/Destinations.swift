import Kernel
import Storage
import Synchronization

/// Where cards lead, mostly from memory: a card never changes, and a product's link is told when it does.
final class Destinations: Sendable {
    private static let limit = 200_000

    /// Of a product: its own link; empty where its page is here; nil where it was withdrawn.
    private struct State {
        var cards: [ID<Recommendation>: Recommendation] = [:]
        var links: [ProductID: String?] = [:]
        var generation = 0
    }

    private let state = Mutex(State())
    private let database: any Database

    init(database: any Database) {
        self.database = database
        database.invalidations.on(Product.topic) { [weak self] key in
            self?.state.withLock { state in
                state.generation += 1
                if let product = key.flatMap({ ProductID($0) }) {
                    state.links[product] = nil
                } else {
                    state.links = [:]
                }
            }
        }
    }

    /// A card with its product's link of now; nil for an unknown card, and a nil link for a product that was withdrawn.
    func find(_ id: ID<Recommendation>) async throws -> (card: Recommendation, link: String?)? {
        let (known, link, generation) = self.state.withLock { state in
            let card = state.cards[id]
            return (card, card.flatMap { state.links[$0.product] }, state.generation)
        }
        if let known, let link { return (known, link) }
        let found = try await self.database.read { tx -> (Recommendation, String?)? in
            guard let card = try known ?? tx.cards.find(id) else { return nil }
            let product = try tx.products.find(card.product)
            return (card, product.flatMap { $0.isWithdrawn ? nil : $0.content.link })
        }
        guard let (card, current) = found else { return nil }
        self.state.withLock { state in
            if state.cards.count >= Self.limit { state.cards.removeAll(keepingCapacity: true) }
            state.cards[id] = card
            guard state.generation == generation else { return }
            if state.links.count >= Self.limit { state.links.removeAll(keepingCapacity: true) }
            state.links[card.product] = .some(current)
        }
        return (card, current)
    }
}
