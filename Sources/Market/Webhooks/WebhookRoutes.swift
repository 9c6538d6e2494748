import HTTPTypes
import Web

struct WebhookRoutes: Sendable {
    typealias Operations = WebhookOperations<MarketWebhooks>

    let operations: Operations

    var endpoints: [Endpoint] {
        let (tag, base, one) = (Operations.tag, Operations.base, Operations.one)
        let webhook = { @Sendable (webhook: WebhookOutput) in MarketWebhook(webhook: webhook) }
        return [
            Endpoint(.post, base, tag: tag, status: .created, self.operations.subscribe.map(webhook)),
            Endpoint(.get, base, tag: tag, self.operations.list.map { MarketWebhookList(list: $0) }),
            Endpoint(.delete, one, tag: tag, self.operations.delete.map { MarketWebhookDeleted(id: $0.id) }),
            Endpoint(.post, one + "/enable", tag: tag, self.operations.enable.map(webhook)),
            Endpoint(
                .get,
                one + "/deliveries",
                tag: tag,
                self.operations.deliveries.map { MarketDeliveryList(list: $0) }
            ),
            Endpoint(
                .post,
                one + "/deliveries/{delivery_id}/redeliver",
                tag: tag,
                self.operations.redeliver.map { MarketDelivery(delivery: $0) }
            ),
            Endpoint(.post, one + "/replay", tag: tag, self.operations.replay.map { MarketReplayed(replayed: $0) }),
        ] + self.operations.inspecting
    }
}
