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
            .affiliate(
                .post,
                path,
                "Subscribe",
                tag: tag,
                for: nil,
                status: .created,
                self.subscribe
            ),
            .affiliate(
                .get,
                path,
                "List my webhooks",
                tag: tag,
                for: nil,
                self.list
            ),
            .affiliate(.delete, one, "Unsubscribe", tag: tag, for: nil, self.delete),
            .affiliate(
                .post,
                one + "/enable",
                "Enable a webhook",
                tag: tag,
                for: nil,
                self.enable
            ),
            .affiliate(
                .get,
                one + "/deliveries",
                "List deliveries",
                tag: tag,
                for: nil,
                self.deliveries
            ),
            .affiliate(
                .post,
                one + "/deliveries/{delivery_id}/redeliver",
                "Send a delivery again",
                tag: tag,
                for: nil,
                self.redeliver
            ),
            .affiliate(
                .post,
                one + "/replay",
                "Send a range again",
                tag: tag,
                for: nil,
                self.replay
            ),
        ]
    }

    private struct Subscribe: Input {
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
                .atLeastOne("events must name at least one event"),
                Rule("events must be of \(known.sorted().joined(separator: ", "))") { Set($0).isSubset(of: known) }
            )
            self.secret = read.body(
                "secret",
                .string,
                "Signs what is sent (Standard Webhooks)",
                .notBlank("secret must not be empty"),
                .atMost(500, "secret must be at most 500 characters")
            )
        }
    }

    private struct WebhookPath: Input {
        let id: ID<WebhookEndpoint>
        init(_ read: inout InputReader) { self.id = ID(read.path("webhook_id", "The webhook")) }
    }

    private struct DeliveryPath: Input {
        let webhook: ID<WebhookEndpoint>
        let delivery: ID<WebhookDelivery>

        init(_ read: inout InputReader) {
            self.webhook = ID(read.path("webhook_id", "The webhook"))
            self.delivery = ID(read.path("delivery_id", "The delivery"))
        }
    }

    private struct ListInput: Input {
        let webhook: ID<WebhookEndpoint>
        let cursor: Cursor?

        init(_ read: inout InputReader) {
            self.webhook = ID(read.path("webhook_id", "The webhook"))
            let text = read.query("cursor", .string, "next_cursor of the page before")
            self.cursor = text.flatMap { Cursor(text: $0) }
        }
    }

    private struct ReplayInput: Input {
        let webhook: ID<WebhookEndpoint>
        let from: Timestamp
        let to: Timestamp

        init(_ read: inout InputReader) {
            self.webhook = ID(read.path("webhook_id", "The webhook"))
            self.from = read.moment("from", "Events at or after this moment (RFC 3339)")
            self.to = read.moment("to", "Events before this moment (RFC 3339)")
        }
    }

    private struct WebhookOutput: Answer {
        let endpoint: WebhookEndpoint

        static let members: [Member<Self>] = [
            Member("id", \.endpoint.id, "The webhook"),
            Member("url", \.endpoint.url, "Where deliveries go", example: "https://my-agent.example.com/webhook"),
            Member("events", \.endpoint.events, "Types of events that it gets", example: ["conversion.approved"]),
            Member("active", { $0.endpoint.state == .active }, "Whether deliveries go there"),
            Member("created_at", \.endpoint.createdAt, "When it was made"),
        ]
    }

    private struct WebhookList: Answer {
        let webhooks: [WebhookOutput]

        static let members: [Member<Self>] = [
            Member("webhooks", \.webhooks, "Your webhooks"),
            Member("count", \.webhooks.count, "How many there are"),
            Member("events", { _ in AffiliateWebhooks.events.sorted() }, "Types of events that there are"),
        ]
    }

    private struct DeliveryOutput: Answer {
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
            Member("state", \.entry.delivery.state.rawValue, "pending, delivered or failed", example: "delivered"),
            Member("created_at", \.entry.delivery.createdAt, "When it was made"),
            Member("attempts", { $0.entry.attempts.map(Attempt.init) }, "Oldest first"),
        ]
    }

    private struct DeliveryList: Answer {
        let page: Page<WebhookSubscriptions.Entry>

        static let members: [Member<Self>] = [
            Member("deliveries", { $0.page.items.map(DeliveryOutput.init) }, "Newest first"),
            Member("next_cursor", \.page.next, "Where the next page begins; null on the last"),
        ]
    }

    private struct Deleted: Done {
        static let name = "deleted"
        static let summary = "true"
    }

    private struct Queued: Answer {
        let count: Int
        static let members = [Member<Self>("queued", \.count, "Deliveries that will be sent again", example: 12)]
    }

    @Sendable private func subscribe(_ input: Subscribe, _ caller: Caller, _: Call) async throws -> WebhookOutput {
        WebhookOutput(
            endpoint: try await self.subscriptions.subscribe(
                input.url,
                to: input.events,
                secret: input.secret,
                by: caller.identity
            )
        )
    }

    @Sendable private func list(_: NoInput, _ caller: Caller, _: Call) async throws -> WebhookList {
        let found = try await self.subscriptions.list(of: caller.identity)
        return WebhookList(webhooks: found.map(WebhookOutput.init))
    }

    @Sendable private func delete(_ input: WebhookPath, _ caller: Caller, _: Call) async throws -> Deleted {
        try await self.subscriptions.delete(input.id, of: caller.identity)
        return Deleted()
    }

    @Sendable private func enable(_ input: WebhookPath, _ caller: Caller, _: Call) async throws -> WebhookOutput {
        WebhookOutput(endpoint: try await self.subscriptions.enable(input.id, of: caller.identity))
    }

    @Sendable private func deliveries(_ input: ListInput, _ caller: Caller, _: Call) async throws -> DeliveryList {
        DeliveryList(
            page: try await self.subscriptions.deliveries(
                of: input.webhook,
                of: caller.identity,
                before: input.cursor,
                limit: 50
            )
        )
    }

    @Sendable private func redeliver(_ input: DeliveryPath, _ caller: Caller, _: Call) async throws -> DeliveryOutput {
        let owner = caller.identity
        return DeliveryOutput(
            entry: try await self.subscriptions.redeliver(input.delivery, of: input.webhook, of: owner)
        )
    }

    @Sendable private func replay(_ input: ReplayInput, _ caller: Caller, _: Call) async throws -> Queued {
        let owner = caller.identity
        return Queued(
            count: try await self.subscriptions.replay(input.webhook, of: owner, from: input.from, to: input.to)
        )
    }
}
