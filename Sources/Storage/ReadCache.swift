import Synchronization

/// What was read of the database, by key, until a write says that it is stale. What is not there is asked for again each time.
package final class ReadCache<Key: Hashable & Sendable, Value: Sendable>: Sendable {
    private struct State {
        var values: [Key: Value] = [:]
        /// Grows with every invalidation, so that a row that was read before one is not kept after it.
        var generation: UInt64 = 0
    }

    private let state = Mutex(State())
    private let database: any Database
    private let limit: Int

    /// - Parameters:
    ///   - topic: of the invalidations.
    ///   - limit: more values than this make it begin anew.
    ///   - forget: takes away what an invalidation names; with nil everything may be stale.
    package init(
        _ topic: String,
        of database: any Database,
        limit: Int,
        forget: @escaping @Sendable (String?, inout [Key: Value]) -> Void = { _, values in values = [:] }
    ) {
        (self.database, self.limit) = (database, limit)
        database.invalidations.on(topic) { [weak self] stale in
            self?.state.withLock { state in
                state.generation += 1
                forget(stale, &state.values)
            }
        }
    }

    /// From memory, else as `read` finds it. Nil where there is none.
    package func find(_ key: Key, _ read: @escaping @Sendable (Transaction) throws -> Value?) async throws -> Value? {
        let (known, generation) = self.state.withLock { ($0.values[key], $0.generation) }
        if let known { return known }
        guard let found = try await self.database.read(read) else { return nil }
        self.state.withLock { state in
            guard state.generation == generation else { return }
            if state.values.count >= self.limit { state.values.removeAll(keepingCapacity: true) }
            state.values[key] = found
        }
        return found
    }

    /// From memory alone.
    package func peek(_ key: Key) -> Value? { self.state.withLock { $0.values[key] } }
}

extension ReadCache where Key == String {
    /// An invalidation names the key that is stale.
    package convenience init(keyed topic: String, of database: any Database, limit: Int) {
        self.init(topic, of: database, limit: limit) { key, values in
            if let key { values[key] = nil } else { values = [:] }
        }
    }
}
