package import Kernel
package import Platform

/// A webhook as its owner sees it.
package struct WebhookOutput: Answer {
    package let endpoint: WebhookEndpoint
    /// The owner's name, for contracts that tell it.
    package let owner: String
    /// One that was made for the subscriber, who has not seen it yet.
    var madeSecret: String?

    package static let members: [Member<Self>] = [
        Member("id", \.endpoint.id, "The webhook"),
        Member("url", \.endpoint.url, "Where deliveries go", example: "https://my-agent.example.com/webhook"),
        Member("events", \.endpoint.events, "Types of events that it gets"),
        Member("active", { $0.endpoint.state == .active }, "Whether deliveries go there"),
        Member("created_at", \.endpoint.createdAt, "When it was made"),
        Member(
            "disabled_reason",
            \.endpoint.disabledReason,
            "Why nothing goes there any more",
            example: nil,
            leavesOutNull: true
        ),
        Member(
            "failing_since",
            \.endpoint.failingSince,
            "Since when every delivery has failed",
            example: nil,
            leavesOutNull: true
        ),
        Member(
            "secret",
            \.madeSecret,
            "What signs deliveries, where it was made for you: it is shown this once",
            example: nil,
            leavesOutNull: true
        ),
    ]
}

package struct WebhookList: Answer {
    package let webhooks: [WebhookOutput]
    let events: [String]

    package static let members: [Member<Self>] = [
        Member("webhooks", \.webhooks, "Your webhooks"),
        Member("count", \.webhooks.count, "How many there are"),
        Member("events", \.events, "Types of events that there are"),
    ]
}

package struct WebhookDeleted: Answer {
    package let id: ID<WebhookEndpoint>
    package static let members = [Member<Self>("deleted", { _ in true }, "true")]
}

package struct DeliveryOutput: Answer {
    package let entry: WebhookSubscriptions.Entry

    package struct Attempt: Answer {
        package let attempt: WebhookAttempt

        package static let members: [Member<Self>] = [
            Member("at", \.attempt.at, "When it was tried"),
            Member("status_code", \.attempt.status, "HTTP status of the answer", example: 200),
            Member("error", \.attempt.error, "Why it failed; empty when it did not", example: ""),
            Member("answer", \.attempt.answer, "How the answer begins, 1,000 bytes at most", leavesOutNull: true),
            Member("duration_ms", \.attempt.durationMilliseconds, "How long it took", unit: "ms", example: 35),
        ]
    }

    package var attempts: [Attempt] { self.entry.attempts.map { Attempt(attempt: $0) } }

    package static let members: [Member<Self>] = [
        Member("id", \.entry.delivery.id, "The delivery; the Webhook-Id header of each attempt"),
        Member(
            "event_type",
            \.entry.delivery.eventType,
            "The type of the event; missing for old deliveries",
            example: "settlement.completed",
            leavesOutNull: true
        ),
        Member("state", \.entry.delivery.state, "Its state"),
        Member("created_at", \.entry.delivery.createdAt, "When it was made"),
        Member("attempts", \.attempts, "Oldest first"),
    ]
}

/// A delivery with what was sent.
package struct SentDelivery: Answer {
    package let sent: WebhookSubscriptions.Sent

    package struct Header: Answer {
        let header: Problem.Header
        package static let members: [Member<Self>] = [
            Member("name", \.header.name, "Its name", example: "webhook-id"),
            Member("value", \.header.value, "Its value", example: "msg_12_7b4000000001"),
        ]
    }

    var delivery: DeliveryOutput { DeliveryOutput(entry: self.sent.entry) }
    var headers: [Header] { (self.sent.message?.headers ?? []).map { Header(header: $0) } }
    package var body: String? { self.sent.message.map { String(decoding: $0.body, as: UTF8.self) } }

    package static let members: [Member<Self>] =
        Member.all(of: \.delivery, but: ["event_type"]) + [
            Member(
                "event_type",
                \.sent.type,
                "The type of the event; null where it is in the archive",
                example: "settlement.completed"
            ),
            Member("url", \.sent.url, "Where it goes", example: "https://my-agent.example.com/webhook"),
            Member("headers", \.headers, "Of the last try, or of one now; made with the present secret"),
            Member("body", \.body, "The bytes that are signed; null where the event is in the archive", example: "{}"),
        ]
}

package struct SignatureChecked: Answer {
    package let outcome: ShownSignature.Outcome
    package static let members = [
        Member<Self>(
            "outcome",
            \.outcome.rawValue,
            "valid, valid_trimmed (without the spaces around the body) or invalid",
            example: "valid"
        )
    ]
}

package struct DeliveryList: Answer {
    package let deliveries: [DeliveryOutput]
    package let next: Cursor?

    package static let members: [Member<Self>] = [
        Member("deliveries", \.deliveries, "Newest first"),
        Member("next_cursor", \.next, "Where the next page begins; null on the last"),
    ]
}

package struct Replayed: Answer {
    package let webhook: ID<WebhookEndpoint>
    package let queued: Int
    package static let members = [Member<Self>("queued", \.queued, "Deliveries that will be sent again", example: 12)]
}
