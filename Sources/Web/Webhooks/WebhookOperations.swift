import HTTPTypes
import Kernel
package import Platform

/// How accounts subscribe to what happens to them, look at deliveries and send again: the same on every surface.
package struct WebhookOperations<Catalogue: WebhookCatalogue>: Sendable {
    private let subscriptions: WebhookSubscriptions
    private let access: Access<Caller>

    package init(_ subscriptions: WebhookSubscriptions, access: Access<Caller> = .anyKey) {
        self.subscriptions = subscriptions
        self.access = access
    }

    /// Their routes, for contracts that say nothing else.
    package var endpoints: [Endpoint] {
        let (tag, base, one) = (Self.tag, Self.base, Self.one)
        return [
            Endpoint(.post, base, tag: tag, status: .created, self.subscribe),
            Endpoint(.get, base, tag: tag, self.list),
            Endpoint(.delete, one, tag: tag, self.delete),
            Endpoint(.post, one + "/enable", tag: tag, self.enable),
            Endpoint(.get, one + "/deliveries", tag: tag, self.deliveries),
            Endpoint(.post, one + "/deliveries/{delivery_id}/redeliver", tag: tag, self.redeliver),
            Endpoint(.post, one + "/replay", tag: tag, self.replay),
        ] + self.inspecting
    }

    /// What helps to find a fault, in the same form on every surface.
    package var inspecting: [Endpoint] {
        let (tag, one) = (Self.tag, Self.one)
        return [
            Endpoint(.get, one + "/deliveries/{delivery_id}", tag: tag, self.delivery),
            Endpoint(.post, one + "/test", tag: tag, status: .accepted, self.test),
            Endpoint(.post, one + "/check-signature", tag: tag, self.checkSignature),
        ]
    }

    package static var tag: String { "Webhooks" }
    package static var base: String { "/api/v1/webhooks" }
    package static var one: String { "/api/v1/webhooks/{webhook_id}" }

    package var subscribe: Operation<Subscribe<Catalogue>, WebhookOutput> {
        Operation("Subscribe", access: self.access, effect: .write) { input, caller, _ in
            let owner = caller.identity
            let made = input.secret == nil ? self.subscriptions.makeSecret() : nil
            let endpoint = try await self.subscriptions.subscribe(
                input.url,
                to: input.events,
                secret: input.secret ?? made ?? "",
                by: owner
            )
            return WebhookOutput(endpoint: endpoint, owner: caller.name, madeSecret: made)
        }
        .refusing(
            WebhookSubscriptions.Problems.notURL,
            WebhookSubscriptions.Problems.notHTTPS,
            self.subscriptions.problems.privateAddress,
            self.subscriptions.problems.limit
        )
    }

    package var list: Operation<NoInput, WebhookList> {
        Operation("List my webhooks", access: self.access) { _, caller, _ in
            let found = try await self.subscriptions.list(of: caller.identity)
            return WebhookList(
                webhooks: found.map { WebhookOutput(endpoint: $0, owner: caller.name) },
                events: Catalogue.events
            )
        }
    }

    package var delete: Operation<WebhookPath, WebhookDeleted> {
        Operation("Unsubscribe", access: self.access, effect: .write) { input, caller, _ in
            try Door.requireUncapped(caller)
            try await self.subscriptions.delete(input.id, of: caller.identity)
            return WebhookDeleted(id: input.id)
        }
        .refusing(Door.cappedKey, self.subscriptions.problems.webhookNotFound)
    }

    package var enable: Operation<WebhookPath, WebhookOutput> {
        Operation("Enable a webhook", access: self.access, effect: .write) { input, caller, _ in
            let endpoint = try await self.subscriptions.enable(input.id, of: caller.identity)
            return WebhookOutput(endpoint: endpoint, owner: caller.name)
        }
        .refusing(self.subscriptions.problems.webhookNotFound)
    }

    package var deliveries: Operation<ListDeliveries, DeliveryList> {
        Operation("List deliveries", access: self.access) { input, caller, _ in
            let page = try await self.subscriptions.deliveries(
                of: input.webhook,
                of: caller.identity,
                before: input.cursor,
                limit: input.limit
            )
            return DeliveryList(deliveries: page.items.map { DeliveryOutput(entry: $0) }, next: page.next)
        }
        .refusing(self.subscriptions.problems.webhookNotFound)
    }

    package var redeliver: Operation<DeliveryPath, DeliveryOutput> {
        Operation("Send a delivery again", access: self.access, effect: .write) { input, caller, _ in
            let owner = caller.identity
            return DeliveryOutput(
                entry: try await self.subscriptions.redeliver(input.delivery, of: input.webhook, of: owner)
            )
        }
        .refusing(
            self.subscriptions.problems.webhookNotFound,
            self.subscriptions.problems.deliveryNotFound,
            WebhookSubscriptions.Problems.disabled
        )
    }

    package var delivery: Operation<DeliveryPath, SentDelivery> {
        Operation("Get a delivery with what was sent", access: self.access) { input, caller, _ in
            SentDelivery(
                sent: try await self.subscriptions.delivery(input.delivery, of: input.webhook, of: caller.identity)
            )
        }
        .refusing(self.subscriptions.problems.webhookNotFound, self.subscriptions.problems.deliveryNotFound)
    }

    package var test: Operation<WebhookPath, DeliveryOutput> {
        Operation("Send a test event", access: self.access, effect: .write) { input, caller, _ in
            DeliveryOutput(entry: try await self.subscriptions.test(input.id, of: caller.identity))
        }
        .refusing(self.subscriptions.problems.webhookNotFound, WebhookSubscriptions.Problems.disabled)
    }

    package var checkSignature: Operation<CheckSignature, SignatureChecked> {
        Operation("Check a signature that I was sent", access: self.access) { input, caller, _ in
            SignatureChecked(
                outcome: try await self.subscriptions.check(input.shown, of: input.webhook, of: caller.identity)
            )
        }
        .refusing(self.subscriptions.problems.webhookNotFound)
    }

    package var replay: Operation<ReplayRange, Replayed> {
        Operation("Send a range again", access: self.access, effect: .write) { input, caller, _ in
            let owner = caller.identity
            let queued = try await self.subscriptions.replay(input.webhook, of: owner, from: input.from, to: input.to)
            return Replayed(webhook: input.webhook, queued: queued)
        }
        .refusing(
            self.subscriptions.problems.webhookNotFound,
            WebhookSubscriptions.Problems.disabled,
            self.subscriptions.problems.replayRange
        )
    }
}
