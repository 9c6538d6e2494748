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
            Endpoint(.post, base, "Subscribe", tag: Self.tag, access: .anyKey, status: .created, self.subscribe),
            Endpoint(.get, base, "List webhooks", tag: Self.tag, access: .anyKey, self.list),
            Endpoint(.delete, base + "/{webhook_id}", "Unsubscribe", tag: Self.tag, access: .anyKey, self.delete),
            Endpoint(
                .post,
                base + "/{webhook_id}/enable",
                "Enable a webhook",
                tag: Self.tag,
                access: .anyKey,
                self.enable
            ),
            Endpoint(
                .get,
                base + "/{webhook_id}/deliveries",
                "List deliveries",
                tag: Self.tag,
                access: .anyKey,
                self.deliveries
            ),
            Endpoint(
                .post,
                base + "/{webhook_id}/deliveries/{delivery_id}/redeliver",
                "Send a delivery again",
                tag: Self.tag,
                access: .anyKey,
                self.redeliver
            ),
            Endpoint(
                .post,
                base + "/{webhook_id}/replay",
                "Send a range again",
                tag: Self.tag,
                access: .anyKey,
                self.replay
            ),
        ]
    }

    @Sendable private func subscribe(_ input: Subscribe, _ caller: Caller, _ call: Call) async throws -> WebhookOutput {
        let endpoint = try await self.subscriptions.subscribe(
            input.url,
            to: input.events,
            secret: input.secret,
            by: caller.identity
        )
        return WebhookOutput(endpoint, owner: caller.name)
    }

    @Sendable private func list(_: NoInput, _ caller: Caller, _ call: Call) async throws -> WebhookList {
        let endpoints = try await self.subscriptions.list(of: caller.identity)
        return WebhookList(webhooks: endpoints.map { WebhookOutput($0, owner: caller.name) }, count: endpoints.count)
    }

    @Sendable private func delete(_ input: WebhookPath, _ caller: Caller, _ call: Call) async throws -> WebhookDeleted {
        try await self.subscriptions.delete(input.id, of: caller.identity)
        return WebhookDeleted(status: "deleted", webhookID: input.id.text)
    }

    @Sendable private func enable(_ input: WebhookPath, _ caller: Caller, _ call: Call) async throws -> WebhookOutput {
        return WebhookOutput(try await self.subscriptions.enable(input.id, of: caller.identity), owner: caller.name)
    }

    @Sendable private func deliveries(_ input: ListDeliveries, _ caller: Caller, _ call: Call) async throws
        -> DeliveryList
    {
        let page = try await self.subscriptions.deliveries(
            of: input.webhook,
            of: caller.identity,
            before: input.cursor,
            limit: input.limit
        )
        let entries = page.items.map { DeliveryOutput($0.delivery, attempts: $0.attempts) }
        return DeliveryList(deliveries: entries, count: entries.count, nextCursor: page.next?.text)
    }

    @Sendable private func redeliver(_ input: DeliveryPath, _ caller: Caller, _ call: Call) async throws
        -> DeliveryOutput
    {
        let entry = try await self.subscriptions.redeliver(
            input.delivery,
            of: input.webhook,
            of: caller.identity
        )
        return DeliveryOutput(entry.delivery, attempts: entry.attempts)
    }

    @Sendable private func replay(_ input: Replay, _ caller: Caller, _ call: Call) async throws -> Replayed {
        let queued = try await self.subscriptions.replay(
            input.webhook,
            of: caller.identity,
            from: input.from,
            to: input.to
        )
        return Replayed(webhookID: input.webhook.text, queued: queued)
    }
}
