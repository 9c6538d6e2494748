import Kernel
import Logging
import Platform
import ServiceLifecycle
import Storage
import Synchronization

/// Partners from memory, and how many requests each has made in this hour.
final class PartnerDirectory: Sendable {
    static let topic = "forum_partner"
    private static let windowSeconds: Int64 = 3600

    private struct Hour {
        var start: Int64 = 0
        var counts: [ID<Partner>: Int] = [:]
        /// What other nodes had counted when they last said so.
        var elsewhere: [ID<Partner>: Int] = [:]
        /// Whose counts have grown since this node last said so.
        var grown: Set<ID<Partner>> = []
    }

    private let partners: ReadCache<ID<Identity>, Partner>
    private let hour = Mutex(Hour())
    private let clock: WallClock
    private let usualLimit: Int
    private let database: any Database
    /// Of this process: what it counted before it was started anew is another's.
    private let node = String(UInt64.random(in: .min ... .max), radix: 16)

    init(database: any Database, clock: WallClock, usualLimit: Int) {
        self.partners = ReadCache(Self.topic, of: database, limit: 10_000)
        (self.database, self.clock, self.usualLimit) = (database, clock, usualLimit)
    }

    /// The partner of a key, and how its limit stands; nil for none. Counts the request. Throws `unauthorized`, `rateLimited`, `notApproved`.
    func enter(_ caller: Caller) async throws -> (partner: Partner, limit: LimitDecision?) {
        let found = try await self.partners.find(caller.identity) { try $0.partners.find(caller.identity) }
        guard let partner = found else { throw ForumProblems.unauthorized }
        let decision = try self.count(partner)
        guard partner.status == .approved else {
            throw ForumProblems.notApproved(partner.status).adding(decision?.headers ?? [])
        }
        return (partner, decision)
    }

    /// The hours of the clock are the windows: only so, one instant is right for all who ask.
    private func count(_ partner: Partner) throws -> LimitDecision? {
        let now = self.clock.now()
        let start = now.seconds / Self.windowSeconds * Self.windowSeconds
        let limit = partner.rateLimit ?? self.usualLimit
        guard limit > 0 else { return nil }
        let count = self.hour.withLock { hour in
            if hour.start != start { hour = Hour(start: start) }
            hour.counts[partner.id, default: 0] += 1
            hour.grown.insert(partner.id)
            return hour.counts[partner.id, default: 0] + hour.elsewhere[partner.id, default: 0]
        }
        let end = Timestamp(seconds: start + Self.windowSeconds)
        let isAllowed = count <= limit
        let decision = LimitDecision(
            isAllowed: isAllowed,
            policy: "partner",
            limit: limit,
            remaining: max(0, limit - count),
            resetSeconds: Int(ForumProblems.seconds(end, now)),
            windowSeconds: Int(Self.windowSeconds)
        )
        guard isAllowed else {
            throw ForumProblems.rateLimited(limit: limit, until: end, now: now).adding(decision.headers)
        }
        return decision
    }

    /// Says what this node has counted, and hears what the others have. What this node says is lost with a failure, and is said again with the next count.
    func exchange() async throws {
        let start = self.clock.now().seconds / Self.windowSeconds * Self.windowSeconds
        let node = self.node
        let grown = self.hour.withLock { hour in
            defer { hour.grown = [] }
            return hour.start == start ? hour.counts.filter { hour.grown.contains($0.key) } : [:]
        }
        if !grown.isEmpty {
            try await self.database.write { tx in
                for (partner, count) in grown { try tx.requestCounts.set(count, of: partner, by: node, hour: start) }
                try tx.requestCounts.deleteBefore(hour: start)
            }
        }
        let elsewhere = try await self.database.read { try $0.requestCounts.sums(besides: node, hour: start) }
        self.hour.withLock { hour in
            if hour.start < start { hour = Hour(start: start) }
            if hour.start == start { hour.elsewhere = elsewhere }
        }
    }
}

/// Tells the other nodes each second how many requests this one has had.
struct RequestExchange: Service {
    let directory: PartnerDirectory
    let logger: Logger

    func run() async throws {
        let directory = self.directory
        await poll(everySeconds: 1, else: "cannot exchange the counts of requests with other nodes", self.logger) {
            try await directory.exchange()
        }
    }
}
