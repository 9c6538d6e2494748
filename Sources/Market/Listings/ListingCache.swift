import Kernel
import Storage
import Synchronization
import Web

/// Listings in memory, each with its public JSON, so that the hot paths await no database.
final class ListingCache: Sendable {
    static let topic = "market.listing"
    static let limit = 50_000
    private static let shape = ServiceOutput.shape

    struct Entry: Sendable {
        let listing: Listing
        let json: Written<ServiceOutput>
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
        guard let entry = try await self.list([id]).first else { throw MarketProblems.serviceNotFound }
        return entry
    }

    /// In the order of the ids; unknown ones are left out. Newer than the read that found the ids, if a service changed meanwhile.
    func list(_ ids: [ID<Listing>]) async throws -> [Entry] {
        let (known, generation) = self.state.withLock { state in (ids.map { state.entries[$0] }, state.generation) }
        let missing = zip(ids, known).compactMap { $1 == nil ? $0 : nil }
        guard !missing.isEmpty else { return known.compactMap { $0 } }
        let listings = try await self.database.read { try $0.listings.list(missing) }
        let loaded = Dictionary(
            uniqueKeysWithValues: listings.map { listing in
                (listing.id, Entry(listing: listing, json: Written(ServiceOutput(listing), Self.shape)))
            }
        )
        self.state.withLock { state in
            guard state.generation == generation else { return }
            if state.entries.count + loaded.count > Self.limit { state.entries.removeAll(keepingCapacity: true) }
            state.entries.merge(loaded) { $1 }
        }
        return zip(ids, known).compactMap { $1 ?? loaded[$0] }
    }

    private func forget(_ id: String?) {
        self.state.withLock { state in
            state.generation += 1
            if let id { state.entries[ID(id)] = nil } else { state.entries = [:] }
        }
    }
}
