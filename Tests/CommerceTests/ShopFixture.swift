import HTTPTypes
import Kernel
import Platform
import Search
import Server
import ServerTestKit
import Storage
import TestKit
import Testing
import Web

@testable import Commerce

/// A server with one merchant, a small catalogue that came in as a feed, and keys for everybody.
struct ShopFixture: Sendable {
    let server: TestServer
    let client: TestClient
    let developer: String
    let reader: String
    let supply: String
    let merchant: String

    static let browser = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"
    static let rates = "2026-11-20 CNY=0.1405 EUR=1.09 JPY=0.0065 VND=0.0000385"
    static let shop = "tea-house"

    static func open(
        _ engine: Engine = .sqlite,
        settings: [Setting: String] = [:],
        clock: TestClock = TestClock(),
        feed: String = Self.feed,
        _ body: @escaping @Sendable (ShopFixture) async throws -> Void
    ) async throws {
        let server = try await TestServer(
            engine: engine,
            settings: [.exchangeRates: Self.rates].merging(settings) { $1 },
            clock: clock,
            systemIDs: true
        )
        let keys = (
            try await server.key(CommerceRole.developer, of: "agent"),
            try await server.key(CommerceRole.reader, of: "reader"),
            try await server.key(CommerceRole.supply, of: "ops")
        )
        try await server.test { client in
            let opened = try await client.send(
                .post,
                "/commerce/v1/merchants",
                headers: ["X-Supply-Key": keys.2],
                json: ["merchant_id": .string(Self.shop), "rate_bps": 1200, "creator_bps": 5000]
            )
            #expect(opened.status == 201, "\(opened.body)")
            let shop = ShopFixture(
                server: server,
                client: client,
                developer: keys.0,
                reader: keys.1,
                supply: keys.2,
                merchant: opened.json["registration_token"]?.string ?? ""
            )
            if !feed.isEmpty {
                let ended = try await shop.imported(feed)
                #expect(ended["state"] == "completed", "\(ended)")
            }
            try await body(shop)
            #expect(try await server.differences() == [])
        }
    }

    /// Four mice, a keyboard, and a cable that is sold out.
    static let feed = [
        #"{"id":"m1","title":"Wireless mouse black","description":"A mouse for every desk","link":"https://shop.example.com/m1?a=1#top","price":"24.95 USD","availability":"in_stock","brand":"Logitech","product_category":"mouse"}"#,
        #"{"id":"m2","title":"Wireless mouse silent","description":"Clicks nobody hears","link":"https://shop.example.com/m2","price":"29.99 USD","availability":"in_stock","brand":"Logitech","product_category":"mouse"}"#,
        #"{"id":"m3","title":"Wireless mouse pro","description":"For games","link":"https://shop.example.com/m3","price":"79.00 USD","availability":"in_stock","brand":"HP","product_category":"mouse"}"#,
        #"{"id":"m4","title":"Mouse with a cable","description":"Two buttons","link":"https://shop.example.com/m4","price":"9.50 USD","availability":"in_stock","brand":"HP","product_category":"mouse"}"#,
        #"{"id":"k1","title":"Keyboard white","description":"Quiet keys","link":"https://shop.example.com/k1","price":"45.00 USD","availability":"in_stock","brand":"Canon","product_category":"keyboard"}"#,
        #"{"id":"c1","title":"Network cable 2 m","description":"Cat 6","link":"https://shop.example.com/c1","price":"4.00 USD","availability":"out_of_stock","brand":"Sony","product_category":"network cable"}"#,
    ].joined(separator: "\n")

    // MARK: Asking

    func ask(_ path: String, key: String? = nil) async throws -> TestClient.Answer {
        try await self.client.send(.get, "/commerce\(path)", key: key ?? self.developer)
    }

    func recommend(_ sentence: String, _ more: String = "") async throws -> JSONValue {
        let answer = try await self.ask("/v1/recommend?intent=\(HTML.percentEncode(sentence))\(more)")
        #expect(answer.status == 200, "\(sentence): \(answer.body)")
        return answer.json
    }

    /// The ids of the cards of an answer, the best first.
    func cards(_ answer: JSONValue) -> [String] { (answer["items"]?.array ?? []).compactMap { $0["rec_id"]?.string } }

    func titles(_ answer: JSONValue) -> [String] {
        (answer["items"]?.array ?? []).compactMap { $0["product"]?["title"]?.string }
    }

    /// What a browser gets that follows a card's link.
    func follow(
        _ card: String,
        userAgent: String = Self.browser,
        method: HTTPRequest.Method = .get,
        _ more: String = ""
    )
        async throws -> TestClient.Answer
    {
        try await self.client.send(method, "/commerce/r/\(card)\(more)", headers: ["User-Agent": userAgent])
    }

    func report(_ order: JSONValue, token: String? = nil) async throws -> TestClient.Answer {
        let token = token ?? self.merchant
        return try await self.client.send(
            .post,
            "/commerce/v1/orders",
            headers: ["X-Merchant-Token": token],
            json: order
        )
    }

    func paid(_ id: String, _ amount: String, card: String?) -> JSONValue {
        var order: [String: JSONValue] = [
            "order_id": .string(id), "status": "paid", "amount": .string(amount), "currency": "USD",
            "occurred_at": .string(self.server.clock.clock.now().text),
        ]
        order["rec_id"] = card.map { .string($0) }
        return .object(order)
    }

    // MARK: Feeds

    func send(feed: String, _ query: String = "", token: String? = nil) async throws -> TestClient.Answer {
        try await self.client.send(
            .post,
            "/commerce/v1/catalog/imports\(query)",
            headers: ["X-Merchant-Token": token ?? self.merchant, "Content-Type": "application/x-ndjson"],
            body: feed
        )
    }

    /// The import when it has ended, and its products are found.
    func imported(_ feed: String, _ query: String = "") async throws -> JSONValue {
        let begun = try await self.send(feed: feed, query)
        #expect(begun.status == 202, "\(begun.body)")
        let id = begun.json["import_id"]?.string ?? ""
        try await self.server.slice(Commerce.self).imports.run(ID(id))
        try await self.settle()
        return try await self.client.send(
            .get,
            "/commerce/v1/catalog/imports/\(id)",
            headers: ["X-Merchant-Token": self.merchant]
        ).json
    }

    /// Has the search read what was written.
    func settle() async throws {
        for search in self.server.house.searches { while try await search.work() {} }
    }
}
