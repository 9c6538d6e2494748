import HTTPTypes
import Kernel
import Platform
import Web

/// How accounts subscribe to what happens to them.
struct WebhookRoutes: Sendable {
    private static let tag = "Webhooks"

    let subscriptions: WebhookSubscriptions

    private static let example: JSONValue = [
        "id": "0198c5d2-7b40-7000-8000-000000000005", "url": "https://my-agent.example.com/webhook",
        "events": ["conversion.approved"], "active": true, "created_at": "2026-03-19T10:00:00.000000+00:00",
    ]
    private static let deliveryExample: JSONValue = [
        "id": "msg_4_000000000005", "state": "delivered", "created_at": "2026-03-19T10:00:01.000000+00:00",
        "attempts": [
            ["at": "2026-03-19T10:00:01.100000+00:00", "status_code": 200, "error": "", "duration_ms": 35]
        ],
    ]
    private static let optional: Set<String> = ["status_code", "error", "next_cursor"]

    var endpoints: [Endpoint] {
        let (path, one) = ("/api/v1/webhooks", "/api/v1/webhooks/{webhook_id}")
        let (tag, optional) = (Self.tag, Self.optional)
        return [
            .affiliate(
                .post,
                path,
                "Subscribe",
                tag: tag,
                for: nil,
                status: .created,
                example: Self.example,
                self.subscribe
            ),
            .affiliate(
                .get,
                path,
                "List my webhooks",
                tag: tag,
                for: nil,
                example: ["webhooks": [Self.example], "count": 1, "events": ["conversion.approved"]],
                self.list
            ),
            .affiliate(.delete, one, "Unsubscribe", tag: tag, for: nil, example: ["deleted": true], self.delete),
            .affiliate(
                .post,
                one + "/enable",
                "Enable a webhook",
                tag: tag,
                for: nil,
                example: Self.example,
                self.enable
            ),
            .affiliate(
                .get,
                one + "/deliveries",
                "List deliveries",
                tag: tag,
                for: nil,
                example: ["deliveries": [Self.deliveryExample], "next_cursor": "4.msg_4_000000000005"],
                optional: optional,
                self.deliveries
            ),
            .affiliate(
                .post,
                one + "/deliveries/{delivery_id}/redeliver",
                "Send a delivery again",
                tag: tag,
                for: nil,
                example: Self.deliveryExample,
                optional: optional,
                self.redeliver
            ),
            .affiliate(
                .post,
                one + "/replay",
                "Send a range again",
                tag: tag,
                for: nil,
                example: ["queued": 12],
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

    private static func json(_ endpoint: WebhookEndpoint) -> JSONValue {
        [
            "id": .string(endpoint.id.text), "url": .string(endpoint.url), "events": .strings(endpoint.events),
            "active": .bool(endpoint.state == .active), "created_at": .time(endpoint.createdAt),
        ]
    }

    private static func json(_ entry: WebhookSubscriptions.Entry) -> JSONValue {
        [
            "id": .string(entry.delivery.id.text), "state": .string(entry.delivery.state.rawValue),
            "created_at": .time(entry.delivery.createdAt),
            "attempts": .array(
                entry.attempts.map { attempt in
                    [
                        "at": .time(attempt.at), "status_code": attempt.status.map { .int($0) } ?? .null,
                        "error": .text(attempt.error), "duration_ms": .integer(attempt.durationMilliseconds),
                    ]
                }
            ),
        ]
    }

    @Sendable private func subscribe(_ input: Subscribe, _ caller: Caller, _ call: Call) async throws -> JSONValue {
        Self.json(
            try await self.subscriptions.subscribe(
                input.url,
                to: input.events,
                secret: input.secret,
                by: caller.identity
            )
        )
    }

    @Sendable private func list(_: NoInput, _ caller: Caller, _ call: Call) async throws -> JSONValue {
        let found = try await self.subscriptions.list(of: caller.identity)
        return [
            "webhooks": .array(found.map(Self.json)), "count": .count(found),
            "events": .strings(AffiliateWebhooks.events.sorted()),
        ]
    }

    @Sendable private func delete(_ input: WebhookPath, _ caller: Caller, _ call: Call) async throws -> JSONValue {
        try await self.subscriptions.delete(input.id, of: caller.identity)
        return ["deleted": true]
    }

    @Sendable private func enable(_ input: WebhookPath, _ caller: Caller, _ call: Call) async throws -> JSONValue {
        Self.json(try await self.subscriptions.enable(input.id, of: caller.identity))
    }

    @Sendable private func deliveries(_ input: ListInput, _ caller: Caller, _ call: Call) async throws -> JSONValue {
        let page = try await self.subscriptions.deliveries(
            of: input.webhook,
            of: caller.identity,
            before: input.cursor,
            limit: 50
        )
        return ["deliveries": .array(page.items.map(Self.json)), "next_cursor": .text(page.next?.text)]
    }

    @Sendable private func redeliver(_ input: DeliveryPath, _ caller: Caller, _ call: Call) async throws -> JSONValue {
        let owner = caller.identity
        return Self.json(try await self.subscriptions.redeliver(input.delivery, of: input.webhook, of: owner))
    }

    @Sendable private func replay(_ input: ReplayInput, _ caller: Caller, _ call: Call) async throws -> JSONValue {
        let owner = caller.identity
        let queued = try await self.subscriptions.replay(input.webhook, of: owner, from: input.from, to: input.to)
        return ["queued": .int(queued)]
    }
}
