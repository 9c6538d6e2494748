import Kernel
import Platform

/// How the market words and signs its webhooks (contract, section Webhooks).
enum MarketWebhooks {
    static let events: Set<String> = [
        "service.called", "payment.completed", "reputation.updated", "settlement.completed",
    ]
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
        body: { event, endpoint in
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
