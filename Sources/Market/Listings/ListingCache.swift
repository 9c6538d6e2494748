import Kernel
import NIOCore
import Storage
import Synchronization

/// Listings in memory, each with its public JSON, so that the hot paths await no database.
final class ListingCache: Sendable {
    static let topic = "market.listing"
    static let limit = 50_000

    struct Entry: Sendable {
        let listing: Listing
        let json: ByteBuffer
    }

    private struct State {
        var entries: [ID<Listing>: Entry] = [:]
        /// Grows with every invalidation, so that a row that was read before one is not kept after it.
        var generation: UInt64 = 0
    }

    private let state = Mutex(State())
    private let database: any Database

    init(database: any Database) {
        self.database = database
        database.invalidations.on(Self.topic) { [weak self] key in self?.forget(key) }
    }

    /// Throws `serviceNotFound`.
    func require(_ id: ID<Listing>) async throws -> Entry {
        let (known, generation) = self.state.withLock { ($0.entries[id], $0.generation) }
        if let known { return known }
        let listing = try await self.database.read { try $0.listings.require(id) }
        let entry = Entry(listing: listing, json: ByteBuffer(bytes: try JSON.encode(ServiceOutput(listing))))
        self.state.withLock { state in
            guard state.generation == generation else { return }
            if state.entries.count >= Self.limit { state.entries.removeAll(keepingCapacity: true) }
            state.entries[id] = entry
        }
        return entry
    }

    private func forget(_ id: String?) {
        self.state.withLock { state in
            state.generation += 1
            if let id { state.entries[ID(id)] = nil } else { state.entries = [:] }
        }
    }
}
