import Platform

/// The gateway sends no webhooks yet; what it will send has the event as its body, and the headers of Standard Webhooks.
enum GatewayWebhooks {
    static let dialect = WebhookDialect(
        surface: GatewayContract.name,
        retryDelaysSeconds: [5, 30, 120, 600, 3600],
        body: { event, _, _ in Array(event.payload.utf8) },
        headers: { _, _, _ in [] }
    )
}
