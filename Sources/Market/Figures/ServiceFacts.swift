import Kernel
import Platform
import Storage
import Web

/// What the market has measured of a service.
struct ServiceFacts: Sendable {
    /// Of all time.
    var calls: Int64 = 0
    var lastCalledAt: Timestamp?
    /// Of the last 30 days.
    var recent = Figures()
    var latency: (half: Int64, most: Int64)?
    /// 0 to 10, in hundredths, as reputation is computed; nil before the first call.
    var reputation: Int?
}

extension FigureStore {
    /// Of each service that was ever called.
    func list(factsOf listings: [ID<Listing>]) throws -> [ID<Listing>: ServiceFacts] {
        guard !listings.isEmpty else { return [:] }
        var facts: [ID<Listing>: ServiceFacts] = [:]
        for (listing, figures) in try self.list(listings, in: [.all]) {
            facts[listing] = ServiceFacts(
                calls: figures.calls,
                lastCalledAt: figures.lastAt,
                reputation: figures.calls > 0 ? Reputation.hundredths(Reputation(figures).overall) : nil
            )
        }
        guard !facts.isEmpty else { return [:] }
        let called = Array(facts.keys).sorted()
        let days = FigurePeriod.last(Int(LatencyStore.days), before: self.tx.now)
        for (listing, figures) in try self.list(called, in: days) { facts[listing]?.recent = figures }
        for (listing, latency) in try self.tx.latencies.quantiles(of: called) { facts[listing]?.latency = latency }
        return facts
    }

    private func list(_ listings: [ID<Listing>], in periods: [FigurePeriod]) throws -> [(ID<Listing>, Figures)] {
        try self.tx.rows(
            """
            SELECT r.listing_id, \(raw: Self.sums) FROM market_rollup r
            WHERE r.period IN (\(list: periods)) AND r.listing_id IN (\(list: listings)) GROUP BY r.listing_id
            """
        ) { (try $0.column(ID<Listing>.self), try Figures(row: &$0)) }
    }
}

/// As everybody may see it.
struct ServiceFactsOutput: Answer {
    let facts: ServiceFacts
    let listedAt: Timestamp

    static let members: [Member<Self>] = [
        Member("calls", \.facts.calls, "Calls so far", example: 1523),
        Member(
            "success_rate",
            { $0.facts.recent.calls > 0 ? $0.facts.recent.successRate : nil },
            "Calls of the last 30 days that were answered below 400; null without calls",
            unit: "%",
            example: 99.2
        ),
        Member(
            "error_rate",
            { $0.facts.recent.calls > 0 ? $0.facts.recent.errorRate : nil },
            "Calls of the last 30 days that were answered with 500 or above, or not at all",
            unit: "%",
            example: 0.3
        ),
        Member(
            "p50_latency_ms",
            { $0.facts.latency?.half },
            "Half of the answers of the last 30 days began within this time; 9 % too long at most",
            unit: "ms",
            example: 120
        ),
        Member(
            "p95_latency_ms",
            { $0.facts.latency?.most },
            "95 % of the answers of the last 30 days began within this time; 9 % too long at most",
            unit: "ms",
            example: 410
        ),
        Member("reputation", { $0.facts.reputation.map { Hundredths($0) } }, "The service's own score, 0 to 10", example: 9.1),
        Member("listed_at", \.listedAt, "Since when it is on the market"),
        Member("last_called_at", { $0.facts.lastCalledAt }, "When it was last called; null for never"),
    ]
}
