import Kernel
import Platform
import Web

/// What the market has measured of a service.
struct ServiceFacts: Sendable {
    /// Of all time.
    var calls: Int64 = 0
    var lastCalledAt: Timestamp?
    /// Of the last 30 days, in percent; nil without calls.
    var successRate: Double?
    var errorRate: Double?
    var latency: (half: Int64, most: Int64)?
    /// 0 to 10, in hundredths, as reputation is computed; nil before the first call.
    var reputation: Int?
}

/// As everybody may see it.
struct ServiceFactsOutput: Answer {
    let facts: ServiceFacts
    let listedAt: Timestamp

    static let members: [Member<Self>] = [
        Member("calls", \.facts.calls, "Calls so far", example: 1523),
        Member(
            "success_rate",
            \.facts.successRate,
            "Calls of the last 30 days that were answered below 400; null without calls",
            unit: "%",
            example: 99.2
        ),
        Member(
            "error_rate",
            \.facts.errorRate,
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
        Member(
            "reputation",
            { $0.facts.reputation.map { Hundredths($0) } },
            "The service's own score, 0 to 10",
            example: 9.1
        ),
        Member("listed_at", \.listedAt, "Since when it is on the market"),
        Member("last_called_at", { $0.facts.lastCalledAt }, "When it was last called; null for never"),
    ]
}
