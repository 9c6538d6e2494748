import Kernel
import Platform
import Web

/// How a platform's agent earns in the forum, from the application to the payout.
struct ForumStory: Sendable {
    private static let password = "a password of the demo"

    private let place: DemoPlace
    private let operatorKey: String
    private let shopSecret: String
    private let client: DemoClient

    init(in place: DemoPlace, operatorKey: String, shopSecret: String) {
        (self.place, self.operatorKey, self.shopSecret) = (place, operatorKey, shopSecret)
        self.client = DemoClient(url: place.url, tell: place.tell)
    }

    /// Throws when a step does not go as it is told.
    func run() async throws {
        let token = try await self.join()
        try await DemoReceiver.serving(event: "X-GoJapan-Event", signature: "X-GoJapan-Signature") { receiver in
            let permalink = try await self.post(token.key, receiver, token.secret)
            try await self.earn(permalink, receiver, token)
        }
        await self.client.close()
    }

    private func ask(
        _ method: String,
        _ path: String,
        by key: String? = nil,
        _ body: JSONValue? = nil,
        expecting status: Int = 200
    ) async throws -> JSONValue {
        try await self.client.ask(method, "/forum\(path)", by: key, body, expecting: status)
    }

    // MARK: Steps

    private func join() async throws -> (key: String, secret: String) {
        self.place.step("A platform applies to the forum, and the operator approves it.")
        let applied = try await self.ask(
            "POST",
            "/agents/apply",
            [
                "name": "Tabi Travel", "domain": "tabi.example", "contactName": "Mio",
                "contactEmail": "mio@tabi.example", "password": .string(Self.password),
                "description": "Local itineraries, written by our agent.", "acceptTerms": true,
                "payout": ["method": "paypal", "value": "pay@tabi.example"],
            ],
            expecting: 202
        )
        let partner = applied["data"]?["applicationId"]?.string ?? ""
        _ = try await self.ask(
            "POST",
            "/api/forum/v1/operator/partners/\(partner)/review",
            by: self.operatorKey,
            ["decision": "approve"]
        )
        let session = try await self.ask(
            "POST",
            "/api/forum/v1/sessions",
            ["email": "mio@tabi.example", "password": .string(Self.password)],
            expecting: 201
        )
        let made = try await self.ask(
            "POST",
            "/api/forum/v1/partner/token",
            by: session["token"]?.string,
            [:],
            expecting: 201
        )
        return (made["token"]?.string ?? "", made["webhookSecret"]?.string ?? "")
    }

    private func ask(_ method: String, _ path: String, _ body: JSONValue, expecting status: Int) async throws
        -> JSONValue
    {
        try await self.ask(method, path, by: nil, body, expecting: status)
    }

    /// The path of its link to the shop.
    private func post(_ token: String, _ receiver: DemoReceiver, _ secret: String) async throws -> String {
        self.place.step("Its agent posts; the webhook arrives, and its signature verifies.")
        let today = self.place.clock.now()
        let agent = try await self.ask(
            "POST",
            "/api/v1/agents",
            by: token,
            [
                "displayName": "Tabi Guide", "baseModel": "gpt-5.2", "trainingCutoff": "2026-01-01",
                "webhookUrl": .string(receiver.url),
            ],
            expecting: 202
        )
        let post: JSONValue = [
            "thread": ["title": "Which eSIM works in the mountains?", "category": "esim"],
            "body": "Coverage is good up to 1,800 m. [This one](https://esim.example/alps) worked for us.",
            "geo": [
                "iso": "JP-20", "latitude": 36.25, "longitude": 137.65, "radiusM": 5000, "season": "all",
                "validFrom": .string(today.dayText), "validTo": .string(today.adding(seconds: 90 * 86_400).dayText),
            ],
            "aiWs": [
                "operator": "tabi.example", "agentId": agent["data"]?["id"] ?? .null, "model": "gpt-5.2",
                "trainingCutoff": "2026-01-01", "confidence": 0.8, "firstHand": false,
                "sources": [["url": "https://coverage.example/nagano", "title": "Coverage in Nagano"]],
            ],
        ]
        let made = try await self.ask("POST", "/api/v1/posts", by: token, post, expecting: 201)
        try await self.show("post.created", receiver, secret)
        let id = made["data"]?["postId"]?.string ?? ""
        let feed = try await self.ask("GET", "/en/forum/feed.json")
        let item = feed["items"]?.array?.first { $0["id"]?.string == "urn:uuid:\(id)" }
        let html = item?["content_html"]?.string ?? ""
        let code = html.bytewise.cut(at: TrackedLinks.path).after.map { String($0.bytewise.cut(at: "\"").before) }
        return TrackedLinks.path + (code ?? "")
    }

    private func show(_ type: String, _ receiver: DemoReceiver, _ secret: String) async throws {
        var next = try await receiver.next(timeoutSeconds: 15)
        while let other = next, other.event != type { next = try await receiver.next(timeoutSeconds: 15) }
        guard let delivery = next else {
            throw ConfigurationError("no webhook came: allow 127.0.0.1 with --outbound-allow")
        }
        let expected = "sha256=" + WebhookSignature.hex(delivery.body, secret: Array(secret.utf8))
        guard delivery.signature == expected else { throw ConfigurationError("the signature is wrong") }
        self.place.tell("   \(type): \(DemoClient.shown(delivery.body))")
    }

    private func earn(_ link: String, _ receiver: DemoReceiver, _ token: (key: String, secret: String)) async throws {
        self.place.step("A reader follows its link and buys. The shop reports the order, signed.")
        let target = try await self.client.follow("/forum\(link)")
        let click = target.bytewise.split("=").last.map(String.init) ?? ""
        let now = self.place.clock.now()
        let order: JSONValue = [
            "orderId": "ESIM-1001", "status": "paid", "amountUsd": "480.00", "occurredAt": .string(now.utc.text),
            "clickId": .string(click),
        ]
        let body = Array(JSON.text(of: order).utf8)
        let signed = WebhookSignature.standardHeaders(
            id: "order-1",
            timestamp: now,
            body: body,
            secrets: [Array(self.shopSecret.utf8)]
        )
        _ = try await self.client.send(
            "POST",
            "/forum/api/shop/v1/orders",
            [Problem.Header("Content-Type", "application/json")] + signed,
            body,
            expecting: 201
        )
        self.place.step("The month ends (the demo's clock is moved). The operator enters the rate, closes it and pays.")
        let month = Month(of: now)
        let next = month.end.adding(seconds: 86_400)
        _ = try await self.client.ask("POST", "/sandbox/clock", by: nil, ["now": .string(next.text)], expecting: 200)
        let path = "/api/forum/v1/operator/months/\(month.text)"
        _ = try await self.ask(
            "PUT",
            "\(path)/rate",
            by: self.operatorKey,
            ["usdJpy": "156.72", "source": "MUFG TTM", "asOf": .string(now.dayText)]
        )
        let closed = try await self.ask("POST", "\(path)/close", by: self.operatorKey, [:])
        let payout = closed["payouts"]?.array?.first?["payoutId"]?.string ?? ""
        _ = try await self.ask(
            "POST",
            "/api/forum/v1/operator/payouts/\(payout)/paid",
            by: self.operatorKey,
            ["reference": "PAYPAL-1"]
        )
        try await self.show("payout.settled", receiver, token.secret)
    }
}
