import Kernel
import Synchronization

/// Cards that were read lately: a card never changes, and whoever was just shown one asks for it again.
final class CardMemory: Sendable {
    struct Kept: Sendable {
        let at: Timestamp
        let bytes: [UInt8]
    }

    private let cards = Mutex(RecentValues<ID<Recommendation>, Kept>(limit: 4096))

    func find(_ id: ID<Recommendation>) -> Kept? { self.cards.withLock { $0.find(id) } }

    func keep(_ kept: Kept, as id: ID<Recommendation>) { self.cards.withLock { $0.keep(kept, id) } }
}
