import Kernel
import Platform
import Storage
import Synchronization

/// Partners from memory, and how many requests each has made in this hour.
final class PartnerDirectory: Sendable {
    static let topic = "forum_partner"
    private static let windowSeconds: Int64 = 3600

    private struct Hour {
        var start: Int64 = 0
        var counts: [ID<Partner>: Int] = [:]
    }

    private let partners: ReadCache<ID<Identity>, Partner>
    private let hour = Mutex(Hour())
    private let clock: WallClock
    private let usualLimit: Int

    init(database: any Database, clock: WallClock, usualLimit: Int) {
        self.partners = ReadCache(Self.topic, of: database, limit: 10_000)
        (self.clock, self.usualLimit) = (clock, usualLimit)
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
            return hour.counts[partner.id] ?? 1
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
}
