import Kernel
import Platform
import Storage
import Web

/// Why calls of a service fail: what the breaker does, the last hour by minute, and the last failed calls.
struct ServiceHealth: ExampleAnswer {
    static let minutes: Int64 = 60

    let id: ID<Listing>
    let breaker: BreakerOutput
    let minutes: [Minute]
    let failures: [FailedCall]

    static let members: [Member<Self>] = [
        Member("service_id", \.id, "The service"),
        Member("breaker", \.breaker, "Whether calls go through"),
        Member("minutes", \.minutes, "Minutes of the last hour with calls, oldest first"),
        Member(
            "failures",
            { $0.failures.map { FailedCallOutput(call: $0) } },
            "The last 100 failed calls of 7 days, newest first"
        ),
    ]

    /// Answers of one minute by their kind.
    struct Minute: Answer {
        let start: Timestamp
        let answered: Int64
        let refused: Int64
        let failed: Int64

        static let members: [Member<Self>] = [
            Member("minute", \.start, "When it begins"),
            Member("answered", \.answered, "Calls that were answered below 400", example: 40),
            Member("refused", \.refused, "Calls that were answered with 400 to 499", example: 2),
            Member("failed", \.failed, "Calls that were answered with 500 or above, or not at all", example: 1),
        ]
    }

    /// Of this node: each finds out for itself.
    struct BreakerOutput: Answer {
        /// Nil where calls go through.
        let secondsLeft: Int64?

        static let members: [Member<Self>] = [
            Member(
                "state",
                { $0.secondsLeft == nil ? "closed" : "open" },
                "closed: calls go through; open: none is made after five failures in a row",
                example: "closed"
            ),
            Member("seconds_left", \.secondsLeft, "Until the next try; null while closed", unit: "s", example: nil),
        ]
    }

    static let example = ServiceHealth(
        id: Listing.example.id,
        breaker: BreakerOutput(secondsLeft: nil),
        minutes: [Minute(start: Self.exampleTime, answered: 40, refused: 2, failed: 1)],
        failures: [
            FailedCall(
                usage: ID("550e8400-e29b-41d4-a716-446655440001"),
                listing: Listing.example.id,
                calledAt: Self.exampleTime,
                method: "POST",
                path: "/",
                status: 500,
                latencyMilliseconds: 38,
                reason: nil,
                head: "{\"error\":\"out of memory\"}"
            )
        ]
    )

    private static let exampleTime = Timestamp(text: "2026-03-19T15:30:00Z") ?? Timestamp(seconds: 0)
}

struct FailedCallOutput: Answer {
    let call: FailedCall

    static let members: [Member<Self>] = [
        Member("usage_id", \.call.usage, "Its usage record"),
        Member("called_at", \.call.calledAt, "When it was made"),
        Member("method", \.call.method, "Its method", example: "POST"),
        Member("path", \.call.path, "Below the service, without the query", example: "/"),
        Member("status_code", \.call.status, "What was answered; 502 and 504 where nothing was", example: 500),
        Member("latency_ms", \.call.latencyMilliseconds, "Time to the answer", unit: "ms", example: 38),
        Member(
            "reason",
            { $0.call.reason?.rawValue },
            "timeout or unreachable; null where it was answered",
            example: nil
        ),
        Member("answer_head", \.call.head, "How the answer began, secrets taken out", example: "{\"error\":\"…\"}"),
    ]
}
