import Foundation
import HTTPTypes
import Hummingbird
import Kernel
import Ledger
import Market
import Platform
import Server
import ServerTestKit
import Storage
import TestKit
import Testing

@Suite("x402 payments whose outcome is not clear")
struct X402Tests {
    private static let settings: [Setting: String] = [
        .x402Network: "eip155:84532", .x402Asset: "0xA55e7", .x402PayTo: "0xFee",
    ]

    private static let nonce = "0x" + String(repeating: "a1", count: 32)

    /// What the facilitator answers to `settle`; it finds every payment good.
    private enum Settlement: Sendable {
        case success, successWithout, refused(String), silence
    }

    private struct Fixture: Sendable {
        let server: TestServer
        let client: TestClient
        let buyer: String
        let service: String

        /// Calls with a payment whose authorization has the nonce.
        func pay(nonce: String = X402Tests.nonce) async throws -> TestClient.Answer {
            let path = "/market/api/v1/proxy/\(self.service)/x"
            let poor = try await self.server.key(MarketRole.buyer, of: "poor")
            let required = try await self.client.send(.post, path, key: poor).header("PAYMENT-REQUIRED")
            return try await self.client.send(
                .post,
                path,
                key: self.buyer,
                headers: ["PAYMENT-SIGNATURE": try X402Tests.payment(required, nonce: nonce, value: "50000")]
            )
        }

        func balance() async throws -> String? {
            try await self.client.send(.get, "/market/api/v1/balance", key: self.buyer).json["balance"]?.string
        }

        func reconcile() async throws {
            self.server.clock.advance(seconds: 600)
            try await self.server.slice(Market.self).reconcile()
        }
    }

    private static func payment(_ required: String?, nonce: String, value: String) throws -> String {
        let offer: JSONValue = try JSON.read([UInt8](Data(base64Encoded: required ?? "") ?? Data()))
        let payment: JSONValue = [
            "x402Version": 2, "accepted": offer["accepts"]?.array?.first ?? .null,
            "payload": [
                "signature": "0x1",
                "authorization": [
                    "from": "0xB0b0000000000000000000000000000000000B0b", "to": "0xfee", "value": .string(value),
                    "nonce": .string(nonce),
                ],
            ],
        ]
        return Data(try JSON.encode(payment)).base64EncodedString()
    }

    private func fixture(
        _ settlement: Locked<Settlement>,
        _ body: @escaping @Sendable (Fixture, FakeHost) async throws -> Void
    ) async throws {
        try await FakeHost.serving({ request in
            guard request.path.hasSuffix("/settle") || request.path.hasSuffix("/verify") else {
                return FakeHost.json(200, ["answer": 42])
            }
            if request.path.hasSuffix("/verify") { return FakeHost.json(200, ["isValid": true]) }
            switch settlement.value {
            case .success:
                return FakeHost.json(200, ["success": true, "transaction": "0x7", "network": "eip155:84532"])
            case .successWithout: return FakeHost.json(200, ["success": true, "transaction": ""])
            case .refused(let reason): return FakeHost.json(200, ["success": false, "errorReason": .string(reason)])
            case .silence: return FakeHost.json(502, [:])
            }
        }) { host async throws in
            let settings = Self.settings.merging([.x402Facilitator: host.url]) { $1 }
            let server = try await TestServer(settings: settings, systemIDs: true)
            let provider = try await server.key(MarketRole.provider, of: "provider")
            let buyer = try await server.key(MarketRole.buyer, of: "buyer")
            try await server.test { client async throws in
                let listed = try await client.send(
                    .post,
                    "/market/api/v1/services",
                    key: provider,
                    json: ["name": "Paid", "endpoint": .string(host.url + "/v1"), "price_per_call": "0.05"]
                )
                let service = try #require(listed.json["id"]?.string)
                try await body(Fixture(server: server, client: client, buyer: buyer, service: service), host)
                #expect(try await server.house.database.read { try $0.ledger.verify() } == [])
            }
        }
    }

    @Test("an outcome that is learnt later is the buyer's balance, and the repeated call uses it")
    func learntLater() async throws {
        let settlement = Locked(Settlement.silence)
        try await self.fixture(settlement) { fixture, host async throws in
            #expect(try await fixture.pay().status == 504)
            // Asked without a payment, the server does not ask for another one.
            let open = try await fixture.client.send(
                .post,
                "/market/api/v1/proxy/\(fixture.service)/x",
                key: fixture.buyer
            )
            #expect(open.status == 504)
            #expect(try await fixture.balance() == "0.00")
            try await fixture.reconcile()
            #expect(try await fixture.balance() == "0.00")
            settlement.change { $0 = .success }
            try await fixture.reconcile()
            try await fixture.reconcile()
            #expect(try await fixture.balance() == "0.05")
            let repeated = try await fixture.client.send(
                .post,
                "/market/api/v1/proxy/\(fixture.service)/x",
                key: fixture.buyer
            )
            #expect(repeated.status == 200)
            #expect(try await fixture.balance() == "0.00")
            #expect(host.requests.filter { $0.path.hasSuffix("/settle") }.count == 3)
        }
    }

    @Test("a used nonce does not say who used it: the payment stays open for the operator")
    func nonceSeen() async throws {
        let settlement = Locked(Settlement.silence)
        try await self.fixture(settlement) { fixture, _ async throws in
            #expect(try await fixture.pay().status == 504)
            settlement.change { $0 = .refused("invalid_exact_evm_nonce_already_used") }
            try await fixture.reconcile()
            #expect(try await fixture.balance() == "0.00")
            settlement.change { $0 = .success }
            try await fixture.reconcile()
            #expect(try await fixture.balance() == "0.05")
        }
    }

    @Test("a refusal that is learnt later charges nobody; a pending settlement is no refusal")
    func refusedLater() async throws {
        let settlement = Locked(Settlement.refused("settlement_pending"))
        try await self.fixture(settlement) { fixture, _ async throws in
            #expect(try await fixture.pay().status == 504)
            settlement.change { $0 = .refused("insufficient_funds") }
            try await fixture.reconcile()
            #expect(try await fixture.balance() == "0.00")
            #expect(try await fixture.pay().status == 402)
        }
    }

    @Test("an authorization has one spelling, so that it pays once")
    func spellings() async throws {
        try await self.fixture(Locked(.success)) { fixture, host async throws in
            #expect(try await fixture.pay().status == 200)
            let digits = String(repeating: "a1", count: 32)
            #expect(try await fixture.pay(nonce: "0x\(digits.uppercased())").status == 402)
            for other in [
                digits, "0x\(digits) ", "\t0x\(digits)", "0x00\(digits)", "0X\(digits)", "0x\(digits.dropFirst(2))",
                "0x", "",
            ] {
                #expect(try await fixture.pay(nonce: other).status == 400, "\(other)")
            }
            #expect(host.requests.filter { $0.path.hasSuffix("/settle") }.count == 1)
        }
    }

    @Test("a success without its transaction is no proof of a payment")
    func withoutTransaction() async throws {
        try await self.fixture(Locked(.successWithout)) { fixture, _ async throws in
            #expect(try await fixture.pay().status == 504)
            #expect(try await fixture.balance() == "0.00")
        }
    }

    @Test("a refused payment delivers nothing")
    func refused() async throws {
        try await self.fixture(Locked(.refused("insufficient_funds"))) { fixture, _ async throws in
            let answer = try await fixture.pay()
            #expect(answer.status == 402)
            #expect(!answer.body.contains("\"answer\""))
        }
    }

    @Test("a good payment is taken once for the answer, and its receipt comes along")
    func paid() async throws {
        try await self.fixture(Locked(.success)) { fixture, host async throws in
            let answer = try await fixture.pay()
            #expect(answer.status == 200)
            #expect(answer.header("X-ACF-Amount") == "0.05")
            #expect(answer.header("PAYMENT-RESPONSE") != nil)
            #expect(try await fixture.pay().status == 402)
            #expect(host.requests.filter { $0.path.hasSuffix("/settle") }.count == 1)
            #expect(try await fixture.balance() == "0.00")
        }
    }
}
