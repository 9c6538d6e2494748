import Kernel
import Platform
import Web

// The wire types of the webhook routes: too many to stand at the bottom of their file.

struct Subscribe: Input {
    let url: String
    let events: [String]
    let secret: String

    init(_ read: inout InputReader) {
        self.url = read.body(
            "url",
            .string,
            "Webhook endpoint URL (must use HTTPS)",
            Rule(FieldRule("https", of: "webhook_url"), schema: ["pattern": "^https://", "format": "uri"]) { url in
                url.lowercased().bytewise.starts(with: "https://") || url.lowercased().bytewise.starts(with: "http://")
            },
            .atMost(2000, of: "webhook_url")
        )
        self.events = read.body(
            "events",
            .strings,
            "Events to subscribe to",
            Rule(
                FieldRule("at_least_one_event"),
                schema: [
                    "minItems": 1,
                    "items": ["type": "string", "enum": .array(MarketWebhooks.events.sorted().map { .string($0) })],
                ]
            ) { !$0.isEmpty }
        )
        let unknown = Set(self.events).subtracting(MarketWebhooks.events).sorted()
        read.require(
            unknown.isEmpty,
            "events",
            FieldRule("unknown_events", ["values": unknown.joined(separator: ", ")])
        )
        self.secret = read.body(
            "secret",
            .string,
            "Secret for HMAC-SHA256 signing",
            Rule<String>.notBlank().saying(FieldRule("secret_required")),
            .atMost(500, of: "secret")
        )
    }
}

struct WebhookOutput: ExampleAnswer {
    let id: String
    let ownerID: String
    let url: String
    let events: [String]
    let active: Bool
    let createdAt: Timestamp

    static let members: [Member<Self>] = [
        Member("id", \.id, "The webhook"),
        Member("owner_id", \.ownerID, "Whose it is"),
        Member("url", \.url, "Where deliveries go"),
        Member("events", \.events, "Types of events that it gets"),
        Member("active", \.active, "Whether deliveries go there"),
        Member("created_at", \.createdAt, "When it was made"),
    ]

    static let example = WebhookOutput(
        id: "0198c5d2-7b40-7000-8000-000000000005",
        ownerID: "my-agent",
        url: "https://my-agent.example.com/webhook",
        events: ["payment.completed", "service.called"],
        active: true,
        createdAt: Timestamp(text: "2026-03-19T10:00:00Z")!
    )
}

extension WebhookOutput {
    init(_ endpoint: WebhookEndpoint, owner: String) {
        self.init(
            id: endpoint.id.text,
            ownerID: owner,
            url: endpoint.url,
            events: endpoint.events,
            active: endpoint.state == .active,
            createdAt: endpoint.createdAt
        )
    }
}

struct WebhookList: ExampleAnswer {
    let webhooks: [WebhookOutput]
    let count: Int

    static let members: [Member<Self>] = [
        Member("webhooks", \.webhooks, "Your webhooks"),
        Member("count", \.count, "How many stand here"),
    ]
    static let example = WebhookList(webhooks: [.example], count: 1)
}

struct WebhookPath: Input {
    let id: ID<WebhookEndpoint>
    init(_ read: inout InputReader) { self.id = ID(read.path("webhook_id", "The webhook")) }
}

struct WebhookDeleted: ExampleAnswer {
    let status: String
    let webhookID: String

    static let members: [Member<Self>] = [
        Member("status", \.status, "deleted"),
        Member("webhook_id", \.webhookID, "The webhook"),
    ]
    static let example = WebhookDeleted(status: "deleted", webhookID: "0198c5d2-7b40-7000-8000-000000000005")
}

struct ListDeliveries: Input {
    let webhook: ID<WebhookEndpoint>
    let cursor: Cursor?
    let limit: Int

    init(_ read: inout InputReader) {
        self.webhook = ID(read.path("webhook_id", "The webhook"))
        self.cursor = read.cursor()
        self.limit = read.pageLimit(default: 50)
    }
}

struct DeliveryPath: Input {
    let webhook: ID<WebhookEndpoint>
    let delivery: ID<WebhookDelivery>

    init(_ read: inout InputReader) {
        self.webhook = ID(read.path("webhook_id", "The webhook"))
        self.delivery = ID(read.path("delivery_id", "The delivery"))
    }
}

struct DeliveryList: ExampleAnswer {
    let deliveries: [DeliveryOutput]
    let count: Int
    let nextCursor: String?

    static let members: [Member<Self>] = [
        Member("deliveries", \.deliveries, "Newest first"),
        Member("count", \.count, "How many stand here"),
        Member("next_cursor", \.nextCursor, "Where the next page begins; missing on the last", leavesOutNull: true),
    ]
    static let example = DeliveryList(deliveries: [.example], count: 1, nextCursor: "4.msg_4_000000000005")
}

struct DeliveryOutput: ExampleAnswer {
    let id: ID<WebhookDelivery>
    let state: WebhookDelivery.State
    let createdAt: Timestamp
    let attempts: [Attempt]

    static let members: [Member<Self>] = [
        Member("id", \.id, "The delivery; the Webhook-Id header of each attempt"),
        Member("state", \.state, "pending, delivered or failed"),
        Member("created_at", \.createdAt, "When it was made"),
        Member("attempts", \.attempts, "Oldest first"),
    ]

    struct Attempt: Answer {
        let at: Timestamp
        let statusCode: Int?
        let error: String?
        let durationMilliseconds: Int64

        static let members: [Member<Self>] = [
            Member("at", \.at, "When it was tried"),
            Member(
                "status_code",
                \.statusCode,
                "HTTP status of the answer; missing when there was none",
                leavesOutNull: true
            ),
            Member("error", \.error, "Why it failed; empty when it did not", leavesOutNull: true),
            Member("duration_ms", \.durationMilliseconds, "How long it took", unit: "ms"),
        ]
    }

    static let example = DeliveryOutput(
        id: ID("msg_4_000000000005"),
        state: .delivered,
        createdAt: Timestamp(text: "2026-03-19T10:00:01Z")!,
        attempts: [
            Attempt(
                at: Timestamp(text: "2026-03-19T10:00:01.1Z")!,
                statusCode: 200,
                error: "",
                durationMilliseconds: 35
            )
        ]
    )
}

extension DeliveryOutput {
    init(_ delivery: WebhookDelivery, attempts: [WebhookAttempt]) {
        self.init(
            id: delivery.id,
            state: delivery.state,
            createdAt: delivery.createdAt,
            attempts: attempts.map {
                Attempt(
                    at: $0.at,
                    statusCode: $0.status,
                    error: $0.error,
                    durationMilliseconds: $0.durationMilliseconds
                )
            }
        )
    }
}

struct Replay: Input {
    let webhook: ID<WebhookEndpoint>
    let from: Timestamp
    let to: Timestamp

    init(_ read: inout InputReader) {
        self.webhook = ID(read.path("webhook_id", "The webhook"))
        self.from = read.moment("from", "Events at or after this moment (RFC 3339)")
        self.to = read.moment("to", "Events before this moment (RFC 3339)")
    }
}

struct Replayed: ExampleAnswer {
    let webhookID: String
    let queued: Int

    static let members: [Member<Self>] = [
        Member("webhook_id", \.webhookID, "The webhook"),
        Member("queued", \.queued, "Deliveries that will be sent again"),
    ]
    static let example = Replayed(webhookID: "0198c5d2-7b40-7000-8000-000000000005", queued: 12)
}
