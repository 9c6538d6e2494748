import Kernel
import Search
import Storage
import Synchronization
import Web

/// What searches have found, and programs as clients see them, for a few seconds: their figures are as far behind as well.
///
/// A program that its advertiser changes is forgotten with the commit of the change, and with it every search.
final class ProgramCache: Sendable {
    private static let lifetimeSeconds: Int64 = 5
    private static let searchLimit = 1000
    private static let programLimit = 20_000
    private static let shape = ProgramOutput.shape

    struct Found: Sendable {
        let ids: [ProgramID]
        let total: Int
    }

    private struct Kept<Value: Sendable>: Sendable {
        let value: Value
        let until: Timestamp
    }

    private struct State {
        var searches: [ProgramQuery: Kept<Found>] = [:]
        var programs: [ProgramID: Kept<Written<ProgramOutput>>] = [:]
        /// Grows with every invalidation, so that a row that was read before one is not kept after it.
        var generation: UInt64 = 0
    }

    private let state = Mutex(State())
    private let database: any Database
    let search: Search
    private let clock: WallClock

    init(database: any Database, search: Search, clock: WallClock) {
        self.database = database
        self.search = search
        self.clock = clock
        database.invalidations.on(ProgramChanges.topic) { [weak self] key in self?.forget(key) }
    }

    /// The page of a search: each program's JSON, and how many there are in all.
    func search(_ query: ProgramQuery) async throws -> (programs: [Written<ProgramOutput>], total: Int) {
        let found = self.find(query)
        let now = self.clock.now()
        let (known, generation) = self.state.withLock { state in
            (found.ids.map { id in state.programs[id].flatMap { $0.until > now ? $0.value : nil } }, state.generation)
        }
        let missing = zip(found.ids, known).compactMap { $1 == nil ? $0 : nil }
        guard !missing.isEmpty else { return (known.compactMap { $0 }, found.total) }
        let programs = try await self.database.read { try $0.programs.list(missing) }
        let until = now.adding(seconds: Self.lifetimeSeconds)
        var loaded: [ProgramID: Kept<Written<ProgramOutput>>] = [:]
        for program in programs {
            let json = Written(ProgramOutput(program: program, now: now), Self.shape)
            loaded[program.id] = Kept(value: json, until: until)
        }
        let fresh = loaded
        self.state.withLock { state in
            guard state.generation == generation else { return }
            if state.programs.count + fresh.count > Self.programLimit {
                state.programs.removeAll(keepingCapacity: true)
            }
            state.programs.merge(fresh) { $1 }
        }
        return (zip(found.ids, known).compactMap { $1 ?? fresh[$0]?.value }, found.total)
    }

    private func find(_ query: ProgramQuery) -> Found {
        let now = self.clock.now()
        let (known, generation) = self.state.withLock { ($0.searches[query], $0.generation) }
        if let known, known.until > now { return known.value }
        let answer = self.search.answer(query.search(at: now))
        let found = Found(ids: answer.programs, total: answer.total)
        self.state.withLock { state in
            guard state.generation == generation else { return }
            if state.searches.count >= Self.searchLimit { state.searches.removeAll(keepingCapacity: true) }
            state.searches[query] = Kept(value: found, until: now.adding(seconds: Self.lifetimeSeconds))
        }
        return found
    }

    /// - Parameter key: a program's number; a tracking code says nothing of programs.
    private func forget(_ key: String?) {
        if let key, key.utf8.count == 32 { return }
        self.state.withLock { state in
            state.generation += 1
            state.searches = [:]
            if let id = key.flatMap({ ProgramID($0) }) { state.programs[id] = nil } else { state.programs = [:] }
        }
    }
}
