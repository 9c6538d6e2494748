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
            Rule("Webhook URL must use HTTPS (https://)", schema: ["pattern": "^https://", "format": "uri"]) { url in
                url.lowercased().bytewise.starts(with: "https://") || url.lowercased().bytewise.starts(with: "http://")
            },
            .atMost(2000, "Webhook URL too long (max 2000)")
        )
        self.events = read.body(
            "events",
            .strings,
            "Events to subscribe to",
            Rule(
                "At least one event is required",
                schema: [
                    "minItems": 1,
                    "items": ["type": "string", "enum": .array(MarketWebhooks.events.sorted().map { .string($0) })],
                ]
            ) { !$0.isEmpty }
        )
        let unknown = Set(self.events).subtracting(MarketWebhooks.events).sorted()
        read.require(unknown.isEmpty, "events", "Invalid events: \(unknown.joined(separator: ", "))")
        self.secret = read.body(
            "secret",
            .string,
            "Secret for HMAC-SHA256 signing",
            .notBlank("Secret is required for HMAC signing"),
            .atMost(500, "Secret too long (max 500)")
        )
    }
}

struct WebhookOutput: Output {
    let id: String
    let ownerID: String
    let url: String
    let events: [String]
    let active: Bool
    let createdAt: String

    enum CodingKeys: String, CodingKey {
        case id
        case ownerID = "owner_id"
        case url, events, active
        case createdAt = "created_at"
    }

    static let example = WebhookOutput(
        id: "0198c5d2-7b40-7000-8000-000000000005",
        ownerID: "my-agent",
        url: "https://my-agent.example.com/webhook",
        events: ["payment.completed", "service.called"],
        active: true,
        createdAt: "2026-03-19T10:00:00.000000+00:00"
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
            createdAt: endpoint.createdAt.text
        )
    }
}

struct WebhookList: Output {
    let webhooks: [WebhookOutput]
    let count: Int
    static let example = WebhookList(webhooks: [.example], count: 1)
}

struct WebhookPath: Input {
    let id: ID<WebhookEndpoint>
    init(_ read: inout InputReader) { self.id = ID(read.path("webhook_id", "The webhook")) }
}

struct WebhookDeleted: Output {
    let status: String
    let webhookID: String

    enum CodingKeys: String, CodingKey {
        case status
        case webhookID = "webhook_id"
    }
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

struct DeliveryList: Output {
    let deliveries: [DeliveryOutput]
    let count: Int
    let nextCursor: String?

    enum CodingKeys: String, CodingKey {
        case deliveries, count
        case nextCursor = "next_cursor"
    }
    static let optionalFields: Set<String> = ["next_cursor", "status_code", "error"]
    static let example = DeliveryList(deliveries: [.example], count: 1, nextCursor: "4.msg_4_000000000005")
}

struct DeliveryOutput: Output {
    let id: String
    let state: String
    let createdAt: String
    let attempts: [Attempt]

    struct Attempt: Encodable, Sendable {
        let at: String
        let statusCode: Int?
        let error: String?
        let durationMilliseconds: Int64

        enum CodingKeys: String, CodingKey {
            case at
            case statusCode = "status_code"
            case error
            case durationMilliseconds = "duration_ms"
        }
    }

    enum CodingKeys: String, CodingKey {
        case id, state
        case createdAt = "created_at"
        case attempts
    }

    static let optionalFields: Set<String> = ["status_code", "error"]
    static let example = DeliveryOutput(
        id: "msg_4_000000000005",
        state: "delivered",
        createdAt: "2026-03-19T10:00:01.000000+00:00",
        attempts: [
            Attempt(at: "2026-03-19T10:00:01.100000+00:00", statusCode: 200, error: "", durationMilliseconds: 35)
        ]
    )
}

extension DeliveryOutput {
    init(_ delivery: WebhookDelivery, attempts: [WebhookAttempt]) {
        self.init(
            id: delivery.id.text,
            state: delivery.state.rawValue,
            createdAt: delivery.createdAt.text,
            attempts: attempts.map {
                Attempt(
                    at: $0.at.text,
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

struct Replayed: Output {
    let webhookID: String
    let queued: Int

    enum CodingKeys: String, CodingKey {
        case webhookID = "webhook_id"
        case queued
    }
    static let example = Replayed(webhookID: "0198c5d2-7b40-7000-8000-000000000005", queued: 12)
}
