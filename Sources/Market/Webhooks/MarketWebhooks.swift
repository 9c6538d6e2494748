import Kernel
import Platform
import Web

/// How the market words and signs its webhooks (contract, section Webhooks).
enum MarketWebhooks: WebhookCatalogue {
    static let described = [
        event("service.called", "Your service was called, or you called one", CallEvent.self),
        event("payment.completed", "A call was paid", CallEvent.self),
        event("reputation.updated", "The score of your agent has changed", ReputationEvent.self),
        event("settlement.completed", "You were paid", SettlementEvent.self),
    ]

    private static func event<Payload: Answer>(_ type: String, _ summary: String, _: Payload.Type) -> WebhookEvent {
        WebhookEvent(
            type,
            summary,
            of: Body<Payload>.self,
            named: "event",
            headers: [
                "X-ACF-Signature": "HMAC-SHA256 of the body with the secret, hexadecimal",
                "X-ACF-Event": "The type of the event",
            ]
        )
    }

    /// What ``dialect`` writes.
    private struct Body<Payload: Answer>: Answer {
        let event: String
        let payload: Payload
        let timestamp: Timestamp
        let webhook: ID<WebhookEndpoint>

        static var members: [Member<Self>] {
            [
                Member("event", \.event, "The type of the event"),
                Member("payload", \.payload, "What happened"),
                Member("timestamp", \.timestamp, "When it happened"),
                Member("webhook_id", \.webhook, "The webhook"),
            ]
        }
    }

    static let problems = WebhookSubscriptions.Problems(
        limit: MarketProblems.webhookLimit,
        webhookNotFound: MarketProblems.webhookNotFound,
        deliveryNotFound: MarketProblems.deliveryNotFound,
        privateAddress: MarketProblems.webhookPrivate,
        replayRange: MarketProblems.replayRange
    )

    static let dialect = WebhookDialect(
        surface: MarketContract.name,
        retryDelaysSeconds: [1, 2, 4],
        body: { event, endpoint, _ in
            let text = """
                {"event":"\(event.type)","payload":\(event.payload),"timestamp":"\(event.createdAt.text)",\
                "webhook_id":"\(endpoint.id.text)"}
                """
            return Array(text.utf8)
        },
        headers: { event, body, secret in
            [
                .init("X-ACF-Signature", WebhookSignature.hex(body, secret: secret)),
                .init("X-ACF-Event", event.type),
            ]
        }
    )
}
