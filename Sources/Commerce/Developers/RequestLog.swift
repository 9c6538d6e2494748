import Kernel
import Logging
import Platform
import ServiceLifecycle
import Storage
import Synchronization
import Web

/// A request of a key that was let in.
struct LoggedRequest: Sendable, RowDecodable {
    let number: Int64
    let requestID: String
    let owner: ID<Identity>
    let key: ID<APIKey>
    let channel: String
    let method: String
    /// Without its query, which may hold what a shopper said.
    let path: String
    let status: Int
    let milliseconds: Int64
    /// Of a recommendation.
    let tier: String
    let at: Timestamp

    static let columns: StaticString = """
        r.number, r.request_id, r.identity_id, r.key_id, r.channel, r.method, r.path, r.status, r.duration_ms, r.match_tier,
        r.at
        """

    init(row: inout Row) throws {
        self.number = try row.column()
        self.requestID = try row.column()
        self.owner = try row.column()
        self.key = try row.column()
        self.channel = try row.column()
        self.method = try row.column()
        self.path = try row.column()
        self.status = try row.column()
        self.milliseconds = try row.column()
        self.tier = try row.column()
        self.at = try row.column()
    }
}

/// Writes requests down in batches, beside the requests: what waits is lost by a crash, and what a full queue leaves out is counted.
final class RequestLog: Service {
    private static let batch = 500
    private static let queueLimit = 20_000
    /// Beyond it, an identifier is not kept for a request that tells no end.
    private static let noteLimit = 10_000

    struct Entry: Sendable {
        let requestID: String
        let caller: Caller
        let channel: String
        let method: String
        let path: String
        let status: Int
        let milliseconds: Int64
        var tier = ""
        let at: Timestamp
    }

    private struct State {
        var entries: [Entry] = []
        var tiers: [String: String] = [:]
        var dropped = 0
    }

    private let state = Mutex(State())
    private let database: any Database
    private let days: Int64
    private let clock: WallClock
    private let logger: Logger

    init(database: any Database, days: Int64, clock: WallClock, logger: Logger) {
        (self.database, self.days, self.clock, self.logger) = (database, days, clock, logger)
    }

    /// How closely a recommendation met the words, told before its request ends.
    func note(tier: Tier, of requestID: String) {
        self.state.withLock { state in
            if state.tiers.count >= Self.noteLimit { state.tiers = [:] }
            state.tiers[requestID] = tier.rawValue
        }
    }

    func add(_ entry: Entry) {
        self.state.withLock { state in
            guard state.entries.count < Self.queueLimit else {
                state.dropped += 1
                return
            }
            var entry = entry
            entry.tier = state.tiers.removeValue(forKey: entry.requestID) ?? ""
            state.entries.append(entry)
        }
    }

    func run() async throws {
        await poll(everySeconds: 1, else: "cannot write the request log", self.logger) {
            try await self.flush()
            try await self.prune()
        }
        // The server ends in good order: what waits is written.
        do { try await self.flush() } catch {
            self.logger.warning("the last requests were not logged", metadata: ["error": "\(error)"])
        }
    }

    /// Writes what waits.
    func flush() async throws {
        while true {
            let (entries, dropped) = self.state.withLock { state -> ([Entry], Int) in
                let first = Array(state.entries.prefix(Self.batch))
                state.entries.removeFirst(first.count)
                defer { state.dropped = 0 }
                return (first, state.dropped)
            }
            if dropped > 0 { self.logger.warning("requests were not logged", metadata: ["count": "\(dropped)"]) }
            guard !entries.isEmpty else { return }
            do { try await self.database.write { tx in try tx.requestLog.insert(entries) } } catch {
                self.state.withLock { $0.entries.insert(contentsOf: entries, at: 0) }
                throw error
            }
        }
    }

    private func prune() async throws {
        let moment = self.clock.now().adding(seconds: -self.days * 86_400)
        let isDue = try await self.database.read { try $0.requestLog.has(before: moment) }
        guard isDue else { return }
        while try await self.database.write({ try $0.requestLog.prune(before: moment, limit: 1000) }) == 1000 {}
    }
}
