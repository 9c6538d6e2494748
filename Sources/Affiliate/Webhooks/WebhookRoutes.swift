import HTTPTypes
import Kernel
import Platform
import Web

/// How accounts subscribe to what happens to them.
struct WebhookRoutes: Sendable {
    private static let tag = "Webhooks"

    let subscriptions: WebhookSubscriptions

    var endpoints: [Endpoint] {
        let (path, one) = ("/api/v1/webhooks", "/api/v1/webhooks/{webhook_id}")
        let tag = Self.tag
        return [
            .affiliate(.post, path, tag: tag, status: .created, self.subscribe),
            .affiliate(.get, path, tag: tag, self.list),
            .affiliate(.delete, one, tag: tag, self.delete),
            .affiliate(.post, one + "/enable", tag: tag, self.enable),
            .affiliate(.get, one + "/deliveries", tag: tag, self.deliveries),
            .affiliate(.post, one + "/deliveries/{delivery_id}/redeliver", tag: tag, self.redeliver),
            .affiliate(.post, one + "/replay", tag: tag, self.replay),
        ]
    }

    struct Subscribe: Input {
        let url: String
        let events: [String]
        let secret: String

        init(_ read: inout InputReader) {
            self.url = read.webAddress("url", "Where events are sent")
            let known = AffiliateWebhooks.events
            self.events = read.body(
                "events",
                .strings,
                "Which events: \(known.sorted().joined(separator: ", "))",
                .atLeastOne(of: "event"),
                Rule(FieldRule("of", ["values": known.sorted().joined(separator: ", ")])) {
                    Set($0).isSubset(of: known)
                }
            )
            self.secret = read.body(
                "secret",
                .string,
                "Signs what is sent (Standard Webhooks)",
                .notBlank(),
                .atMost(500)
            )
        }
    }

    struct WebhookPath: Input {
        let id: ID<WebhookEndpoint>
        init(_ read: inout InputReader) { self.id = ID(read.path("webhook_id", "The webhook")) }
    }

    struct DeliveryPath: Input {
        let webhook: ID<WebhookEndpoint>
        let delivery: ID<WebhookDelivery>

        init(_ read: inout InputReader) {
            self.webhook = ID(read.path("webhook_id", "The webhook"))
            self.delivery = ID(read.path("delivery_id", "The delivery"))
        }
    }

    struct ListInput: Input {
        let webhook: ID<WebhookEndpoint>
        let cursor: Cursor?

        init(_ read: inout InputReader) {
            self.webhook = ID(read.path("webhook_id", "The webhook"))
            let text = read.query("cursor", .string, "next_cursor of the page before")
            self.cursor = text.flatMap { Cursor(text: $0) }
        }
    }

    struct ReplayInput: Input {
        let webhook: ID<WebhookEndpoint>
        let from: Timestamp
        let to: Timestamp

        init(_ read: inout InputReader) {
            self.webhook = ID(read.path("webhook_id", "The webhook"))
            self.from = read.moment("from", "Events at or after this moment (RFC 3339)")
            self.to = read.moment("to", "Events before this moment (RFC 3339)")
        }
    }

    struct WebhookOutput: Answer {
        let endpoint: WebhookEndpoint

        static let members: [Member<Self>] = [
            Member("id", \.endpoint.id, "The webhook"),
            Member("url", \.endpoint.url, "Where deliveries go", example: "https://my-agent.example.com/webhook"),
            Member("events", \.endpoint.events, "Types of events that it gets", example: ["conversion.approved"]),
            Member("active", { $0.endpoint.state == .active }, "Whether deliveries go there"),
            Member("created_at", \.endpoint.createdAt, "When it was made"),
        ]
    }

    struct WebhookList: Answer {
        let webhooks: [WebhookOutput]

        static let members: [Member<Self>] = [
            Member("webhooks", \.webhooks, "Your webhooks"),
            Member("count", \.webhooks.count, "How many there are"),
            Member("events", { _ in AffiliateWebhooks.events.sorted() }, "Types of events that there are"),
        ]
    }

    struct DeliveryOutput: Answer {
        let entry: WebhookSubscriptions.Entry

        struct Attempt: Answer {
            let attempt: WebhookAttempt

            static let members: [Member<Self>] = [
                Member("at", \.attempt.at, "When it was tried"),
                Member("status_code", \.attempt.status, "HTTP status of the answer", example: 200),
                Member("error", \.attempt.error, "Why it failed; empty when it did not", example: ""),
                Member("duration_ms", \.attempt.durationMilliseconds, "How long it took", unit: "ms", example: 35),
            ]
        }

        static let members: [Member<Self>] = [
            Member("id", \.entry.delivery.id, "The delivery; the Webhook-Id header of each attempt"),
            Member("state", \.entry.delivery.state, "pending, delivered or failed", example: "delivered"),
            Member("created_at", \.entry.delivery.createdAt, "When it was made"),
            Member("attempts", { $0.entry.attempts.map(Attempt.init) }, "Oldest first"),
        ]
    }

    struct DeliveryList: Answer {
        let page: Page<WebhookSubscriptions.Entry>

        static let members: [Member<Self>] = [
            Member("deliveries", { $0.page.items.map(DeliveryOutput.init) }, "Newest first"),
            Member("next_cursor", \.page.next, "Where the next page begins; null on the last"),
        ]
    }

    struct Deleted: Done {
        static let name = "deleted"
        static let summary = "true"
    }

    struct Queued: Answer {
        let count: Int
        static let members = [Member<Self>("queued", \.count, "Deliveries that will be sent again", example: 12)]
    }

    var subscribe: Operation<Subscribe, WebhookOutput> {
        Operation("Subscribe", access: .roles(nil), effect: .write) { input, caller, _ in
            WebhookOutput(
                endpoint: try await self.subscriptions.subscribe(
                    input.url,
                    to: input.events,
                    secret: input.secret,
                    by: caller.identity
                )
            )
        }
    }

    var list: Operation<NoInput, WebhookList> {
        Operation("List my webhooks", access: .roles(nil)) { _, caller, _ in
            let found = try await self.subscriptions.list(of: caller.identity)
            return WebhookList(webhooks: found.map(WebhookOutput.init))
        }
    }

    var delete: Operation<WebhookPath, Deleted> {
        Operation("Unsubscribe", access: .roles(nil), effect: .write) { input, caller, _ in
            try await self.subscriptions.delete(input.id, of: caller.identity)
            return Deleted()
        }
    }

    var enable: Operation<WebhookPath, WebhookOutput> {
        Operation("Enable a webhook", access: .roles(nil), effect: .write) { input, caller, _ in
            WebhookOutput(endpoint: try await self.subscriptions.enable(input.id, of: caller.identity))
        }
    }

    var deliveries: Operation<ListInput, DeliveryList> {
        Operation("List deliveries", access: .roles(nil)) { input, caller, _ in
            DeliveryList(
                page: try await self.subscriptions.deliveries(
                    of: input.webhook,
                    of: caller.identity,
                    before: input.cursor,
                    limit: 50
                )
            )
        }
    }

    var redeliver: Operation<DeliveryPath, DeliveryOutput> {
        Operation("Send a delivery again", access: .roles(nil), effect: .write) { input, caller, _ in
            let owner = caller.identity
            return DeliveryOutput(
                entry: try await self.subscriptions.redeliver(input.delivery, of: input.webhook, of: owner)
            )
        }
    }

    var replay: Operation<ReplayInput, Queued> {
        Operation("Send a range again", access: .roles(nil), effect: .write) { input, caller, _ in
            let owner = caller.identity
            return Queued(
                count: try await self.subscriptions.replay(input.webhook, of: owner, from: input.from, to: input.to)
            )
        }
    }
}
