import Foundation
import HTTPTypes
import Kernel
import Ledger
import Market
import Server
import ServerTestKit
import Storage
import TestKit
import Testing

/// A server with both payment companies behind it, and a buyer.
struct MarketFixture: Sendable {
    let server: TestServer
    let client: TestClient
    let buyer: String
    let operatorKey: String
    let payPal: FakePayPal
    let payPalHost: FakeHost
    let nowPayments: FakeNOWPayments

    static func open(
        _ engine: Engine = .sqlite,
        usesSystemClock: Bool = false,
        signsEvents: Bool = false,
        _ body: @escaping @Sendable (MarketFixture) async throws -> Void
    ) async throws {
        let payPal = try FakePayPal(signsEvents: signsEvents)
        let nowPayments = FakeNOWPayments()
        try await FakeHost.serving(payPal.answer) { payPalHost async throws in
            try await FakeHost.serving(nowPayments.answer) { nowPaymentsHost async throws in
                let server = try await TestServer(
                    engine: engine,
                    settings: FakePayPal.settings(url: payPalHost.url).merging(
                        FakeNOWPayments.settings(url: nowPaymentsHost.url)
                    ) { $1 },
                    usesSystemClock: usesSystemClock,
                    systemIDs: true
                )
                let buyer = try await server.key(MarketRole.buyer, of: "buyer")
                let admin = try await server.key(MarketRole.admin, of: "ops")
                try await server.test { client in
                    try await body(
                        MarketFixture(
                            server: server,
                            client: client,
                            buyer: buyer,
                            operatorKey: admin,
                            payPal: payPal,
                            payPalHost: payPalHost,
                            nowPayments: nowPayments
                        )
                    )
                    let differences = try await server.house.database.read { try $0.ledger.verify().count }
                    #expect(differences == 0)
                }
            }
        }
    }

    var payPalURL: String { self.payPalHost.url }

    func payPalRequests(_ path: String) -> Int { self.payPalHost.requests.count { $0.path == path } }

    func begin(_ amount: String, _ method: String, status: Int = 201) async throws -> JSONValue {
        let answer = try await self.client.send(
            .post,
            "/market/api/v1/deposits",
            key: self.buyer,
            json: ["amount": .string(amount), "payment_method": .string(method)]
        )
        #expect(answer.status == status, "\(answer.body)")
        return answer.json
    }

    /// The deposit as it stands two seconds later.
    func look(_ deposit: JSONValue) async throws -> JSONValue {
        self.server.clock.advance(seconds: 2)
        let path = "/market/api/v1/deposits/\(deposit["id"]?.string ?? "")"
        return try await self.client.send(.get, path, key: self.buyer).json
    }

    func refund(_ deposit: JSONValue, _ amount: String?, status: Int = 201) async throws -> JSONValue {
        let answer = try await self.client.send(
            .post,
            "/market/api/v1/deposits/\(deposit["id"]?.string ?? "")/refunds",
            key: self.buyer,
            json: .object(amount.map { ["amount": .string($0)] } ?? [:])
        )
        #expect(answer.status == status, "\(answer.body)")
        return answer.json
    }

    func admin(_ method: HTTPRequest.Method, _ path: String, _ body: JSONValue, status: Int = 200) async throws
        -> JSONValue
    {
        let answer = try await self.client.send(method, "/market/api/v1/\(path)", key: self.operatorKey, json: body)
        #expect(answer.status == status, "\(answer.body)")
        return answer.json
    }

    func callback(_ rail: String, _ message: (headers: [String: String], body: String)) async throws -> Int {
        try await self.client.send(
            .post,
            "/market/api/v1/rails/\(rail)/callback",
            headers: message.headers,
            body: message.body
        ).status
    }

    func balance() async throws -> String? {
        try await self.client.send(.get, "/market/api/v1/balance", key: self.buyer).json["balance"]?.string
    }

    /// What the reconciler does, an hour later.
    func reconcile() async throws {
        self.server.clock.advance(seconds: 3600)
        try await self.server.slice(Market.self).reconcile()
    }
}
