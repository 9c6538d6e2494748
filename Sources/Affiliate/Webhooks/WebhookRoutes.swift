import HTTPTypes
import Web

struct WebhookRoutes: Sendable {
    typealias Operations = WebhookOperations<AffiliateWebhooks>

    let operations: Operations

    var endpoints: [Endpoint] {
        let (tag, base, one) = (Operations.tag, Operations.base, Operations.one)
        return [
            .affiliate(.post, base, tag: tag, status: .created, self.operations.subscribe),
            .affiliate(.get, base, tag: tag, self.operations.list),
            .affiliate(.delete, one, tag: tag, self.operations.delete),
            .affiliate(.post, one + "/enable", tag: tag, self.operations.enable),
            .affiliate(.get, one + "/deliveries", tag: tag, self.operations.deliveries),
            .affiliate(.post, one + "/deliveries/{delivery_id}/redeliver", tag: tag, self.operations.redeliver),
            .affiliate(.post, one + "/replay", tag: tag, self.operations.replay),
            .affiliate(.get, one + "/deliveries/{delivery_id}", tag: tag, self.operations.delivery),
            .affiliate(.post, one + "/test", tag: tag, status: .accepted, self.operations.test),
            .affiliate(.post, one + "/check-signature", tag: tag, self.operations.checkSignature),
        ]
    }
}
