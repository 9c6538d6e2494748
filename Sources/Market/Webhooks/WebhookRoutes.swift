import HTTPTypes
import Kernel
import Platform
import Storage
import Web

struct WebhookRoutes: Sendable {
    let subscriptions: WebhookSubscriptions

    private static let tag = "Webhooks"

    var endpoints: [Endpoint] {
        let base = "/api/v1/webhooks"
        return [
            Endpoint(.post, base, tag: Self.tag, status: .created, self.subscribe),
            Endpoint(.get, base, tag: Self.tag, self.list),
            Endpoint(.delete, base + "/{webhook_id}", tag: Self.tag, self.delete),
            Endpoint(.post, base + "/{webhook_id}/enable", tag: Self.tag, self.enable),
            Endpoint(.get, base + "/{webhook_id}/deliveries", tag: Self.tag, self.deliveries),
            Endpoint(.post, base + "/{webhook_id}/deliveries/{delivery_id}/redeliver", tag: Self.tag, self.redeliver),
            Endpoint(.post, base + "/{webhook_id}/replay", tag: Self.tag, self.replay),
        ]
    }

    var subscribe: Operation<Subscribe, WebhookOutput> {
        Operation("Subscribe", access: .anyKey, effect: .write) { input, caller, call in
            let endpoint = try await self.subscriptions.subscribe(
                input.url,
                to: input.events,
                secret: input.secret,
                by: caller.identity
            )
            return WebhookOutput(endpoint, owner: caller.name)
        }
    }

    var list: Operation<NoInput, WebhookList> {
        Operation("List webhooks", access: .anyKey) { _, caller, call in
            let endpoints = try await self.subscriptions.list(of: caller.identity)
            return WebhookList(
                webhooks: endpoints.map { WebhookOutput($0, owner: caller.name) },
                count: endpoints.count
            )
        }
    }

    var delete: Operation<WebhookPath, WebhookDeleted> {
        Operation("Unsubscribe", access: .anyKey, effect: .write) { input, caller, call in
            try await self.subscriptions.delete(input.id, of: caller.identity)
            return WebhookDeleted(status: "deleted", webhookID: input.id.text)
        }
    }

    var enable: Operation<WebhookPath, WebhookOutput> {
        Operation("Enable a webhook", access: .anyKey, effect: .write) { input, caller, call in
            return WebhookOutput(try await self.subscriptions.enable(input.id, of: caller.identity), owner: caller.name)
        }
    }

    var deliveries: Operation<ListDeliveries, DeliveryList> {
        Operation("List deliveries", access: .anyKey) { input, caller, call in
            let page = try await self.subscriptions.deliveries(
                of: input.webhook,
                of: caller.identity,
                before: input.cursor,
                limit: input.limit
            )
            let entries = page.items.map { DeliveryOutput($0.delivery, attempts: $0.attempts) }
            return DeliveryList(deliveries: entries, count: entries.count, nextCursor: page.next?.text)
        }
    }

    var redeliver: Operation<DeliveryPath, DeliveryOutput> {
        Operation("Send a delivery again", access: .anyKey, effect: .write) { input, caller, call in
            let entry = try await self.subscriptions.redeliver(
                input.delivery,
                of: input.webhook,
                of: caller.identity
            )
            return DeliveryOutput(entry.delivery, attempts: entry.attempts)
        }
    }

    var replay: Operation<Replay, Replayed> {
        Operation("Send a range again", access: .anyKey, effect: .write) { input, caller, call in
            let queued = try await self.subscriptions.replay(
                input.webhook,
                of: caller.identity,
                from: input.from,
                to: input.to
            )
            return Replayed(webhookID: input.webhook.text, queued: queued)
        }
    }
}
