package import Kernel

/// What a try of a delivery sends. Made of the event, the endpoint and the moment alone, so that it can be shown afterwards.
package struct WebhookMessage: Sendable {
    package let headers: [Problem.Header]
    package let body: [UInt8]

    init(
        _ delivery: ID<WebhookDelivery>,
        of event: RecordedEvent,
        to endpoint: WebhookEndpoint,
        in dialect: WebhookDialect,
        secrets: SecretBox,
        at now: Timestamp
    ) throws {
        let secret = try secrets.open(endpoint.sealedSecret, context: endpoint.id.text)
        let previous = try Self.previousSecret(of: endpoint, secrets, at: now)
        let body = try dialect.body(event, endpoint, delivery)
        self.body = body
        self.headers =
            [Problem.Header("Content-Type", "application/json"), .init("User-Agent", "Souk-Webhooks/1")]
            + dialect.headers(event, body, secret) + previous.flatMap { dialect.previousHeaders(body, $0) }
            + WebhookSignature.standardHeaders(
                id: delivery.text,
                timestamp: now,
                body: body,
                secrets: [secret] + previous
            )
    }

    private static func previousSecret(of endpoint: WebhookEndpoint, _ secrets: SecretBox, at now: Timestamp) throws
        -> [[UInt8]]
    {
        guard let sealed = endpoint.sealedPreviousSecret, let until = endpoint.previousUntil, now < until else {
            return []
        }
        return [try secrets.open(sealed, context: endpoint.id.text)]
    }
}
