import Kernel
import Synchronization

/// Cards that were read lately: a card never changes, and whoever was just shown one asks for it again.
final class CardMemory: Sendable {
    struct Kept: Sendable {
        let at: Timestamp
        let bytes: [UInt8]
    }

    private static let limit = 4096

    /// Two generations: what was asked for since the last change of them stays.
    private struct State {
        var young: [ID<Recommendation>: Kept] = [:]
        var old: [ID<Recommendation>: Kept] = [:]
    }

    private let state = Mutex(State())

    func find(_ id: ID<Recommendation>) -> Kept? {
        self.state.withLock { state in
            if let kept = state.young[id] { return kept }
            guard let kept = state.old[id] else { return nil }
            Self.keep(kept, id, &state)
            return kept
        }
    }

    func keep(_ kept: Kept, as id: ID<Recommendation>) { self.state.withLock { Self.keep(kept, id, &$0) } }

    private static func keep(_ kept: Kept, _ id: ID<Recommendation>, _ state: inout State) {
        if state.young.count >= self.limit { (state.young, state.old) = ([:], state.young) }
        state.young[id] = kept
    }
}
