import Kernel
import Platform
import Web

/// How a shopper's sentence becomes an order that somebody is paid for.
struct CommerceStory: Sendable {
    private let place: DemoPlace
    private let developer: String
    private let supply: String
    private let client: DemoClient

    init(in place: DemoPlace, developer: String, supply: String) {
        (self.place, self.developer, self.supply) = (place, developer, supply)
        self.client = DemoClient(url: place.url, tell: place.tell)
    }

    private static let base = "/commerce"

    /// Throws when a step does not go as it is told.
    func run() async throws {
        self.place.step("A shop is opened: 8 % of an order, half of it for the creator. It imports its products.")
        let shop = try await self.ask(
            "POST",
            "/v1/merchants",
            .supply,
            ["merchant_id": "story-shop", "rate_bps": 800, "creator_bps": 5000, "link_hosts": ["shop.example.com"]],
            expecting: 201
        )
        let token = shop["registration_token"]?.string ?? ""
        let feed = Self.feed.joined(separator: "\n")
        let begun = try await self.client.send(
            "POST",
            "\(Self.base)/v1/catalog/imports?format=acp",
            [.init("X-Merchant-Token", token)],
            Array(feed.utf8),
            expecting: 202
        )
        try await self.wait(for: begun["import_id"]?.string ?? "", token)
        self.place.step("A shopper's agent asks, in four languages. Every piece that was understood is told.")
        for sentence in ["wireless mouse under $30", "30美元以内的无线鼠标", "30ドル以下のワイヤレスマウス", "chuột không dây dưới 30 đô"] {
            _ = try await self.ask(
                "GET",
                "/v1/recommend?limit=1&channel=demo&intent=\(HTML.percentEncode(sentence))",
                .developer
            )
        }
        let answer = try await self.ask(
            "GET",
            "/v1/recommend?channel=demo&intent=wireless%20mouse%20under%20%2430",
            .developer
        )
        guard let card = answer["items"]?.array?.first, let recID = card["rec_id"]?.string else {
            throw ConfigurationError("nothing was recommended")
        }
        self.place.step("The shopper follows the card's link; the shop gets the recommendation's id with the visit.")
        _ = try await self.client.ask("GET", "\(Self.base)/r/\(recID)", by: nil, expecting: 302)
        try await self.order(recID, token)
        await self.client.close()
    }

    private func order(_ recID: String, _ token: String) async throws {
        self.place.step("The shop reports the order, and a refund of a part of it.")
        let now = self.place.clock.now().text
        for report in [
            [
                "order_id": "S-1", "status": "paid", "amount": "24.95", "occurred_at": .string(now),
                "rec_id": .string(recID),
            ],
            ["order_id": "S-1", "status": "refunded", "refund_amount": "5.00", "occurred_at": .string(now)],
        ] as [JSONValue] {
            let body = Array(JSON.text(of: report).utf8)
            _ = try await self.client.send(
                "POST",
                "\(Self.base)/v1/orders",
                [.init("X-Merchant-Token", token), .init("Content-Type", "application/json")],
                body,
                expecting: 201
            )
        }
        self.place.step("The report shows it, and anybody concerned can ask why: from the money back to the sentence.")
        _ = try await self.ask("GET", "/v1/report/attribution?days=1", .supply)
        let why = try await self.ask("GET", "/v1/attribution/S-1/why", .developer)
        guard why["intent"]?["raw_query"]?.string != nil, why["transfers"]?.array?.isEmpty == false else {
            throw ConfigurationError("the order does not lead back to a sentence")
        }
    }

    private func wait(for id: String, _ token: String) async throws {
        for _ in 0..<100 {
            let found = try await self.client.send(
                "GET",
                "\(Self.base)/v1/catalog/imports/\(id)",
                [.init("X-Merchant-Token", token)],
                nil,
                expecting: 200
            )
            if found["state"] == "completed" { return }
            try await Task.sleep(for: .milliseconds(200))
        }
        throw ConfigurationError("the import did not end")
    }

    private enum Caller { case developer, supply }

    private func ask(
        _ method: String,
        _ path: String,
        _ caller: Caller,
        _ body: JSONValue? = nil,
        expecting status: Int = 200
    ) async throws -> JSONValue {
        let header: Problem.Header =
            caller == .supply ? .init("X-Supply-Key", self.supply) : .init("Authorization", "Bearer \(self.developer)")
        return try await self.client.send(
            method,
            Self.base + path,
            [header, .init("Content-Type", "application/json")],
            try body.map { try JSON.encode($0) },
            expecting: status
        )
    }

    private static let feed = [
        #"{"item_id": "m1", "title": "Lumo Glide wireless mouse", "url": "https://shop.example.com/m1", "price": "24.95 USD", "brand": "Lumo", "availability": "in_stock", "videos": [{"task_id": "v1", "creator": "desk.stories", "orders": 120, "views": 9800, "gmv": "2994.00 USD"}]}"#,
        #"{"item_id": "m2", "title": "Harrow M5 gaming mouse", "url": "https://shop.example.com/m2", "price": "49.95 USD", "brand": "Harrow", "availability": "in_stock"}"#,
        #"{"item_id": "k1", "title": "Lumo Type Air wireless keyboard", "url": "https://shop.example.com/k1", "price": "39.95 USD", "brand": "Lumo", "availability": "in_stock"}"#,
    ]
}
