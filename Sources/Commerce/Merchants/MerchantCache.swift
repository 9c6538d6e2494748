import Kernel
import Storage
import Synchronization

/// Merchants as every card and redirect needs them: there are few, and they seldom change.
final class MerchantCache: Sendable {
    static let topic = "commerce.merchant"

    private struct State {
        var merchants: [String: Merchant] = [:]
        var generation = 0
    }

    private let state = Mutex(State())
    private let database: any Database

    init(database: any Database) {
        self.database = database
        database.invalidations.on(Self.topic) { [weak self] key in
            self?.state.withLock { state in
                state.generation += 1
                if let key { state.merchants[key] = nil } else { state.merchants = [:] }
            }
        }
    }

    func find(_ id: String) async throws -> Merchant? {
        let (known, generation) = self.state.withLock { ($0.merchants[id], $0.generation) }
        if let known { return known }
        guard let found = try await self.database.read({ try $0.merchants.find(id) }) else { return nil }
        self.state.withLock { if $0.generation == generation { $0.merchants[id] = found } }
        return found
    }
}
