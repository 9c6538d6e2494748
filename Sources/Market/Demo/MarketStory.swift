import Foundation
import Kernel
import Ledger
import NIOHTTP1
import Platform
import ServiceLifecycle
import Storage
import Web

/// The money story, told with its real requests and answers.
struct MarketStory: Sendable {
    private let place: DemoPlace
    private let admin: String
    private let client: DemoClient

    /// - Parameter admin: what follows `Bearer ` of an administrator.
    init(in place: DemoPlace, admin: String) {
        self.place = place
        self.admin = admin
        self.client = DemoClient(url: place.url, tell: place.tell)
    }

    private static let text =
        "Agents buy and sell. A ledger remembers every payment. A payment that fails is never charged."

    /// Throws when a step does not go as it is told.
    func run() async throws {
        let run = String(UInt32.random(in: 0...UInt32.max), radix: 36)
        let seller = try await self.key("seller-\(run)", role: "provider", by: self.admin)
        let buyer = try await self.key("buyer-\(run)", role: "buyer", by: nil)

        self.place.step("A provider lists a service at 0.05 USDC a call.")
        let listed = try await self.ask(
            "POST",
            "/services",
            by: seller,
            [
                "name": "Text Summary", "endpoint": .string("\(self.place.hostURL(of: Market.name))/summary"),
                "price_per_call": "0.05",
                "category": "text",
                "tags": ["nlp"], "payment_method": "paypal",
            ],
            expecting: 201
        )
        let service = listed["id"]?.string ?? ""

        self.place.step("An agent finds it.")
        _ = try await self.ask("GET", "/discover?q=summary&sort_by=created_at&limit=1", by: nil, expecting: 200)

        self.place.step("Without money the call is refused, and nothing is charged.")
        _ = try await self.ask("POST", "/proxy/\(service)", by: buyer, ["text": .string(Self.text)], expecting: 402)

        self.place.step("The operator credits the agent's balance; the agent subscribes to what happens.")
        _ = try await self.ask(
            "POST",
            "/admin/credits",
            by: self.admin,
            ["buyer_id": .string("buyer-\(run)"), "amount": "1.00", "reason": "demo"],
            expecting: 201
        )
        try await DemoReceiver.serving(event: "X-ACF-Event", signature: "X-ACF-Signature") { receiver in
            _ = try await self.ask(
                "POST",
                "/webhooks",
                by: buyer,
                [
                    "url": .string(receiver.url), "events": ["service.called", "payment.completed"],
                    "secret": "demo-secret",
                ],
                expecting: 201
            )
            self.place.step("Now the call is paid, and the provider answers.")
            _ = try await self.ask("POST", "/proxy/\(service)", by: buyer, ["text": .string(Self.text)], expecting: 200)
            self.place.step("The webhook arrives, and its signature verifies.")
            try await self.showDelivery(of: "service.called", receiver)
            self.place.step("The operator settles with the provider and pays; the provider's webhook says so.")
            try await self.settle("seller-\(run)", seller, receiver)
        }

        self.place.step("A provider that fails is paid by nobody.")
        _ = try await self.ask(
            "PATCH",
            "/services/\(service)",
            by: seller,
            ["endpoint": "http://127.0.0.1:1/"],
            expecting: 200
        )
        _ = try await self.ask("POST", "/proxy/\(service)", by: buyer, ["text": .string(Self.text)], expecting: 502)
        let balance = try await self.ask("GET", "/balance", by: buyer, expecting: 200)
        guard balance["balance"]?.string == "0.95", balance["reserved"]?.string == "0.00" else {
            throw ConfigurationError("the balance is not 0.95")
        }
        await self.client.close()
    }

    /// In its first month a provider keeps everything.
    private func settle(_ name: String, _ seller: String, _ receiver: DemoReceiver) async throws {
        _ = try await self.ask(
            "POST",
            "/webhooks",
            by: seller,
            ["url": .string(receiver.url), "events": ["settlement.completed"], "secret": "demo-secret"],
            expecting: 201
        )
        let now = WallClock.system.now()
        let settlement = try await self.ask(
            "POST",
            "/settlements",
            by: self.admin,
            [
                "provider_id": .string(name), "period_start": .string(now.adding(seconds: -86_400).text),
                "period_end": .string(now.adding(seconds: 86_400).text),
            ],
            expecting: 201
        )
        guard let id = settlement["id"]?.string, settlement["net_amount"]?.string == "0.05" else {
            throw ConfigurationError("the settlement is not 0.05")
        }
        let path = "/settlements/\(id)/pay"
        _ = try await self.ask("PATCH", path, by: self.admin, ["payment_tx": "0xabc123"], expecting: 200)
        try await self.showDelivery(of: "settlement.completed", receiver)
    }

    private func key(_ owner: String, role: String, by caller: String?) async throws -> String {
        let answer = try await self.ask(
            "POST",
            "/keys",
            by: caller,
            ["owner_id": .string(owner), "role": .string(role)],
            expecting: 201
        )
        return "\(answer["key_id"]?.string ?? ""):\(answer["secret"]?.string ?? "")"
    }

    private func ask(
        _ method: String,
        _ path: String,
        by caller: String?,
        _ body: JSONValue? = nil,
        expecting status: Int
    ) async throws -> JSONValue {
        try await self.client.ask(method, "/market/api/v1\(path)", by: caller, body, expecting: status)
    }

    /// Waits for an event of the type; others, which come between, are passed over.
    private func showDelivery(of type: String, _ receiver: DemoReceiver) async throws {
        var next = try await receiver.next(timeoutSeconds: 15)
        while let other = next, other.event != type { next = try await receiver.next(timeoutSeconds: 15) }
        guard let delivery = next else {
            throw ConfigurationError("no webhook came: allow 127.0.0.1 with --outbound-allow")
        }
        let expected = WebhookSignature.hex(delivery.body, secret: Array("demo-secret".utf8))
        self.place.tell("   X-ACF-Event: \(delivery.event), X-ACF-Signature: \(delivery.signature)")
        self.place.tell("   \(DemoClient.shown(delivery.body))")
        guard delivery.signature == expected else { throw ConfigurationError("the signature does not verify") }
        self.place.tell("   The signature is the HMAC-SHA256 of the body under the subscriber's secret: it verifies.")
    }
}
