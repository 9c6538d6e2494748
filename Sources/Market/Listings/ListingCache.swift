import Kernel
import Platform
import Storage
import Synchronization
import Web

/// Listings in memory, each with its public JSON, so that the hot paths await no database. What is measured of them is brought up to
/// date when they are shown.
final class ListingCache: Sendable {
    static let topic = "market.listing"
    static let limit = 50_000
    /// Of the JSON of all of them.
    static let byteLimit = 256 << 20
    /// How old what is shown of a service may be.
    static let showSeconds: Int64 = 30
    private static let shape = ServiceOutput.shape

    struct Entry: Sendable {
        let listing: Listing
        let facts: ServiceFacts
        let json: Written<ServiceOutput>
        let readAt: Timestamp
    }

    private struct State {
        var entries: [ID<Listing>: Entry] = [:]
        var bytes = 0
        /// Grows with every invalidation, so that a row that was read before one is not kept after it.
        var generation: UInt64 = 0
    }

    private let state = Mutex(State())
    private let database: any Database
    private let clock: WallClock
    private let publicURL: String
    private let measure: Measure

    /// What is measured of services; nothing for one that was never called.
    typealias Measure = @Sendable ([ID<Listing>]) async throws -> [ID<Listing>: ServiceFacts]

    init(database: any Database, clock: WallClock, publicURL: String, measure: @escaping Measure) {
        (self.database, self.clock, self.publicURL, self.measure) = (database, clock, publicURL, measure)
        database.invalidations.on(Self.topic) { [weak self] key in self?.forget(key) }
    }

    /// Throws `serviceNotFound`.
    func require(_ id: ID<Listing>) async throws -> Entry {
        guard let entry = try await self.list([id], isShown: false).first else { throw MarketProblems.serviceNotFound }
        return entry
    }

    /// With figures that are not old. Throws `serviceNotFound`.
    func show(_ id: ID<Listing>) async throws -> Entry {
        guard let entry = try await self.list([id]).first else { throw MarketProblems.serviceNotFound }
        return entry
    }

    /// In the order of the ids; unknown ones are left out. Newer than the read that found the ids, if a service changed meanwhile.
    ///
    /// - Parameter isShown: whether its figures are looked at.
    func list(_ ids: [ID<Listing>], isShown: Bool = true) async throws -> [Entry] {
        let oldest = isShown ? self.clock.now().adding(seconds: -Self.showSeconds) : Timestamp(seconds: 0)
        let (known, generation) = self.state.withLock { state in
            (ids.map { id in state.entries[id].flatMap { $0.readAt >= oldest ? $0 : nil } }, state.generation)
        }
        let missing = zip(ids, known).compactMap { $1 == nil ? $0 : nil }
        guard !missing.isEmpty else { return known.compactMap { $0 } }
        let facts = isShown ? try await self.measure(missing) : [:]
        let (listings, now) = try await self.database.read { (try $0.listings.list(missing), $0.now) }
        // What nobody has looked at yet is measured when somebody does.
        let readAt = isShown ? now : Timestamp(seconds: 0)
        let loaded = Dictionary(
            uniqueKeysWithValues: listings.map { listing in
                let facts = facts[listing.id] ?? ServiceFacts()
                let output = ServiceOutput(listing, facts, publicURL: self.publicURL)
                let json = Written(output, Self.shape)
                return (listing.id, Entry(listing: listing, facts: facts, json: json, readAt: readAt))
            }
        )
        self.state.withLock { state in
            guard state.generation == generation else { return }
            for (id, entry) in loaded {
                state.bytes += entry.json.bytes.count - (state.entries[id]?.json.bytes.count ?? 0)
            }
            if state.entries.count + loaded.count > Self.limit || state.bytes > Self.byteLimit {
                state.entries.removeAll(keepingCapacity: true)
                state.bytes = loaded.reduce(0) { $0 + $1.value.json.bytes.count }
            }
            state.entries.merge(loaded) { $1 }
        }
        return zip(ids, known).compactMap { $1 ?? loaded[$0] }
    }

    private func forget(_ id: String?) {
        self.state.withLock { state in
            state.generation += 1
            guard let id else { return (state.entries, state.bytes) = ([:], 0) }
            state.bytes -= state.entries.removeValue(forKey: ID(id))?.json.bytes.count ?? 0
        }
    }
}
