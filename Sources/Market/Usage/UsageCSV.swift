import Kernel

/// A buyer's calls as a table.
enum UsageCSV {
    static let columns = [
        "usage_id", "called_at", "service_id", "status_code", "latency_ms", "amount", "outcome",
    ]

    static func line(_ usage: Usage) -> [String] {
        [
            usage.id.text, usage.calledAt.text, usage.listing.text, "\(usage.statusCode)",
            "\(usage.latencyMilliseconds)", usage.amount.text, usage.outcome.rawValue,
        ]
    }
}
