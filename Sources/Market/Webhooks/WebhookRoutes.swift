import HTTPTypes
import Kernel
import Platform
import Storage
import Web

struct WebhookRoutes: Sendable {
    let database: any Database
    let outbound: Outbound
    let secrets: SecretBox
    let ids: IDGenerator

    private static let tag = "Webhooks"
    private static let replayLimit = 10_000

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

    @Sendable private func subscribe(_ input: Subscribe, _ call: Call) async throws -> WebhookOutput {
        let caller = try call.requireCaller()
        try await self.check(input.url)
        let id: ID<WebhookEndpoint> = self.ids.next()
        let sealed = try self.secrets.seal(Array(input.secret.utf8), context: id.text)
        let endpoint = try await self.database.write { tx in
            guard
                try tx.webhooks.list(of: caller.identity, surface: MarketSurface.name).count
                    < MarketWebhooks.perOwnerLimit
            else { throw MarketProblems.webhookLimit }
            let endpoint = WebhookEndpoint(
                id: id,
                surface: MarketSurface.name,
                owner: caller.identity,
                url: input.url,
                events: Set(input.events),
                sealedSecret: sealed,
                createdAt: tx.now
            )
            try tx.webhooks.insert(endpoint)
            return endpoint
        }
        return WebhookOutput(endpoint, owner: caller.name)
    }

    /// Plain http is for hosts that the operator allows, in development; everything else must be https.
    private func check(_ url: String) async throws {
        guard url.lowercased().hasPrefix("https://") || self.outbound.isAllowed(url) else {
            throw Problem(.invalid, "webhook_https", "Webhook URL must use HTTPS (https://)")
        }
        do { try await self.outbound.check(url) } catch OutboundError.forbiddenAddress {
            throw MarketProblems.webhookPrivate
        } catch OutboundError.badURL {
            throw Problem(.invalid, "webhook_url", "Webhook URL must be a valid URL")
        } catch OutboundError.cannotResolve { return }
    }

    @Sendable private func list(_: NoInput, _ call: Call) async throws -> WebhookList {
        let caller = try call.requireCaller()
        let endpoints = try await self.database.read {
            try $0.webhooks.list(of: caller.identity, surface: MarketSurface.name)
        }
        return WebhookList(webhooks: endpoints.map { WebhookOutput($0, owner: caller.name) }, count: endpoints.count)
    }

    @Sendable private func delete(_ input: WebhookPath, _ call: Call) async throws -> WebhookDeleted {
        let caller = try call.requireCaller()
        try await self.database.write { tx in
            guard try tx.webhooks.delete(input.id, of: caller.identity, surface: MarketSurface.name) else {
                throw MarketProblems.webhookNotFound
            }
        }
        return WebhookDeleted(status: "deleted", webhookID: input.id.text)
    }

    @Sendable private func enable(_ input: WebhookPath, _ call: Call) async throws -> WebhookOutput {
        let caller = try call.requireCaller()
        let endpoint = try await self.database.write { tx in
            _ = try tx.webhooks.enable(input.id, of: caller.identity, surface: MarketSurface.name)
            return try tx.webhooks.require(input.id, of: caller.identity)
        }
        return WebhookOutput(endpoint, owner: caller.name)
    }

    @Sendable private func deliveries(_ input: ListDeliveries, _ call: Call) async throws -> DeliveryList {
        let caller = try call.requireCaller()
        return try await self.database.read { tx in
            _ = try tx.webhooks.require(input.webhook, of: caller.identity)
            let page = try tx.webhooks.list(deliveriesOf: input.webhook, before: input.cursor, limit: input.limit)
            let entries = try page.items.map { delivery in
                DeliveryOutput(delivery, attempts: try tx.webhooks.list(attemptsOf: delivery.id))
            }
            return DeliveryList(deliveries: entries, count: entries.count, nextCursor: page.next?.text)
        }
    }

    @Sendable private func redeliver(_ input: DeliveryPath, _ call: Call) async throws -> DeliveryOutput {
        let caller = try call.requireCaller()
        return try await self.database.write { tx in
            guard let delivery = try tx.webhooks.find(delivery: input.delivery, of: caller.identity),
                delivery.endpoint == input.webhook
            else { throw MarketProblems.deliveryNotFound }
            try tx.webhooks.redeliver(delivery.id)
            let queued = try tx.webhooks.find(delivery: input.delivery, of: caller.identity) ?? delivery
            return DeliveryOutput(queued, attempts: try tx.webhooks.list(attemptsOf: delivery.id))
        }
    }

    @Sendable private func replay(_ input: Replay, _ call: Call) async throws -> Replayed {
        let caller = try call.requireCaller()
        return try await self.database.write { tx in
            let endpoint = try tx.webhooks.require(input.webhook, of: caller.identity)
            guard input.from < input.to else { throw MarketProblems.replayRange }
            let count = try tx.webhooks.replay(endpoint, from: input.from, to: input.to, limit: Self.replayLimit)
            return Replayed(webhookID: endpoint.id.text, queued: count)
        }
    }
}

extension WebhookStore {
    /// Throws `webhookNotFound`, also for somebody else's.
    fileprivate func require(_ id: ID<WebhookEndpoint>, of owner: ID<Identity>) throws -> WebhookEndpoint {
        guard let endpoint = try self.find(id, of: owner, surface: MarketSurface.name) else {
            throw MarketProblems.webhookNotFound
        }
        return endpoint
    }
}
