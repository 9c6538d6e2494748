import HTTPTypes
import Kernel
import Platform
import Server
import ServerTestKit
import Storage
import TestKit
import Testing
import Web

@testable import Commerce

/// From a sentence to an order, and back: what developers, shoppers and merchants see on the way.
@Suite("From a sentence to an order")
struct StoryTests {
    @Test(
        "a sentence leads to a card, a click, an order and its commission; and the order back to the sentence",
        arguments: Engine.available
    )
    func story(_ engine: Engine) async throws {
        try await ShopFixture.open(engine) { shop in
            let answer = try await shop.recommend("wireless mouse under $30", "&channel=chat&fill=false")
            #expect(shop.titles(answer).prefix(2) == ["Wireless mouse black", "Wireless mouse silent"])
            #expect(shop.titles(answer).last == "Mouse with a cable")
            #expect(answer["match_tier"] == "raw_substring")
            #expect(answer["note"] == .null)
            let card = shop.cards(answer)[0]
            let first = answer["items"]?.array?[0] ?? .null
            #expect(try await shop.ask("/v1/cards/\(card)").body == JSON.text(of: first))
            let visit = try await shop.follow(card)
            #expect(visit.status == 302)
            #expect(visit.header("Location") == "https://shop.example.com/m1?a=1&rec_id=\(card)#top")
            #expect(visit.header("Cache-Control") == "no-store")

            let order = shop.paid("A-1", "24.95", card: card)
            let reported = try await shop.report(order)
            #expect(reported.status == 200 || reported.status == 201, "\(reported.body)")
            #expect(reported.json["attribution"] == "attributed")
            #expect(reported.json["commission"] == "2.99")
            let again = try await shop.report(order)
            #expect(again.json["repeated"] == true)

            let why = try await shop.client.send(
                .get,
                "/commerce/v1/attribution/A-1/why?merchant_id=tea-house",
                headers: ["X-Supply-Key": shop.supply]
            )
            #expect(why.status == 200, "\(why.body)")
            #expect(why.body.contains("wireless mouse under $30"))
            #expect(why.body.contains(card))
            let report = try await shop.client.send(
                .get,
                "/commerce/v1/report/attribution",
                headers: ["X-Supply-Key": shop.supply]
            ).json
            #expect(report["totals"]?["cards"] == 3)
            #expect(report["totals"]?["clicks"] == 1)
            #expect(report["totals"]?["orders"] == 1)
            #expect(report["currencies"]?.array?[0]["gmv"] == "24.95")
        }
    }

    @Test("refunds come in parts, each once, and never exceed what was paid")
    func refunds() async throws {
        try await ShopFixture.open { shop in
            let card = shop.cards(try await shop.recommend("wireless mouse under $30"))[0]
            _ = try await shop.follow(card)
            _ = try await shop.report(shop.paid("A-1", "100.00", card: card))
            let refund = { (id: String, amount: String) -> JSONValue in
                [
                    "order_id": "A-1", "status": "refunded", "refund_id": .string(id), "refund_amount": .string(amount),
                    "currency": "USD", "occurred_at": .string(shop.server.clock.clock.now().text),
                ]
            }
            let one = try await shop.report(refund("r1", "30.00"))
            #expect(one.json["refunded_amount"] == "30.00", "\(one.body)")
            #expect(one.json["commission"] == "8.40")
            #expect(try await shop.report(refund("r1", "30.00")).json["refunded_amount"] == "30.00")
            #expect(try await shop.report(refund("r1", "31.00")).status == 409)
            let tooMuch = try await shop.report(refund("r2", "70.01"))
            #expect(tooMuch.status >= 400, "\(tooMuch.body)")
            #expect(try await shop.report(refund("r3", "70.00")).json["commission"] == "0.00")
        }
    }

    @Test("an order that no click led to is nobody's, and says why")
    func reasons() async throws {
        try await ShopFixture.open { shop in
            let cards = shop.cards(try await shop.recommend("wireless mouse", "&limit=3"))
            let reason = { (id: String, card: String?) async throws -> JSONValue in
                try await shop.report(shop.paid(id, "10.00", card: card)).json["attribution"] ?? .null
            }
            #expect(try await reason("A-1", cards[0]) == "no_click")
            #expect(try await reason("A-2", "rec_01a22819-ad11-7000-8df3-1bc94401b021") == "unknown_rec")
            #expect(try await reason("A-3", nil) == "no_click")
            _ = try await shop.follow(cards[1], userAgent: "Googlebot/2.1")
            #expect(try await reason("A-4", cards[1]) == "bot")
            _ = try await shop.follow(cards[2], method: .head)
            #expect(try await reason("A-5", cards[2]) == "bot")
            _ = try await shop.follow(cards[2])
            shop.server.clock.advance(seconds: 30 * 86_400 + 1)
            #expect(try await reason("A-6", cards[2]) == "outside_window")
        }
    }

    @Test("an order that is told in whole seconds may be of the second of its click")
    func wholeSeconds() async throws {
        try await ShopFixture.open { shop in
            let card = shop.cards(try await shop.recommend("wireless mouse under $30"))[0]
            shop.server.clock.advance(microseconds: 700_000)
            _ = try await shop.follow(card)
            var order = shop.paid("A-1", "24.95", card: card).object ?? [:]
            order["occurred_at"] = "2026-03-19T10:00:00Z"
            #expect(try await shop.report(.object(order)).json["attribution"] == "attributed")
            order["order_id"] = "A-2"
            order["occurred_at"] = "2026-03-19T10:00:00.500Z"
            #expect(try await shop.report(.object(order)).json["attribution"] == "no_click")
        }
    }

    @Test("robots that follow a link after the shopper take no order away")
    func buried() async throws {
        try await ShopFixture.open { shop in
            let card = shop.cards(try await shop.recommend("wireless mouse under $30"))[0]
            _ = try await shop.follow(card)
            for _ in 0..<60 { _ = try await shop.follow(card, userAgent: "Googlebot/2.1") }
            let order = try await shop.report(shop.paid("A-1", "24.95", card: card))
            #expect(order.json["attribution"] == "attributed")
        }
    }

    @Test("what was clicked is kept for whoever asks why, and the rest is forgotten")
    func forgotten() async throws {
        try await ShopFixture.open { shop in
            let clicked = shop.cards(try await shop.recommend("wireless mouse under $30"))[0]
            _ = try await shop.recommend("keyboard")
            _ = try await shop.follow(clicked)
            _ = try await shop.report(shop.paid("A-1", "24.95", card: clicked))
            let later = shop.server.clock.clock.now().adding(seconds: 86_400)
            let left = try await shop.server.house.database.write { tx in
                _ = try tx.cards.prune(before: later, isTrial: false, limit: 100)
                return (
                    try tx.value("SELECT COUNT(*) FROM commerce_session", as: Int.self),
                    try tx.value("SELECT COUNT(*) FROM commerce_intent", as: Int.self)
                )
            }
            #expect(left == (1, 1))
            let why = try await shop.client.send(
                .get,
                "/commerce/v1/attribution/A-1/why",
                headers: ["X-Merchant-Token": shop.merchant]
            )
            #expect(why.body.contains("wireless mouse under $30"))
        }
    }

    @Test("64 reports of one order at once are one order")
    func orderRace() async throws {
        try await ShopFixture.open { shop in
            let card = shop.cards(try await shop.recommend("wireless mouse under $30"))[0]
            _ = try await shop.follow(card)
            let order = shop.paid("A-1", "24.95", card: card)
            let repeats = try await withThrowingTaskGroup(of: Bool.self) { group in
                for _ in 0..<64 {
                    group.addTask { try await shop.report(order).json["repeated"] == true }
                }
                return try await group.reduce(into: 0) { $0 += $1 ? 1 : 0 }
            }
            #expect(repeats == 63)
        }
    }

    @Test(
        "64 accounts that show an invite for one at once are one account that may make keys",
        arguments: Engine.available
    )
    func inviteRace(_ engine: Engine) async throws {
        try await ShopFixture.open(engine, feed: "") { shop in
            let made = try await shop.client.send(
                .post,
                "/commerce/v1/invites",
                headers: ["X-Supply-Key": shop.supply],
                json: ["uses": 1]
            )
            let code = made.json["invite_code"]?.string ?? ""
            let developers = shop.server.slice(Commerce.self).developers
            // Each from an address of its own.
            let callers = try await withThrowingTaskGroup(of: Caller.self) { group in
                for number in 0..<64 {
                    let order = DeveloperService.SignUp(
                        displayName: "Dev",
                        email: "dev\(number)@example.com",
                        password: "a long password",
                        company: "",
                        website: "",
                        metadata: [:],
                        inviteCode: nil
                    )
                    group.addTask {
                        try await developers.register(order, from: "10.0.0.\(number)", trace: .none).caller
                    }
                }
                return try await group.reduce(into: []) { $0.append($1) }
            }
            let taken = try await withThrowingTaskGroup(of: String.self) { group in
                for (number, caller) in callers.enumerated() {
                    group.addTask {
                        do {
                            _ = try await developers.verifyInvite(
                                code,
                                by: caller,
                                from: "10.0.0.\(number)",
                                trace: .none
                            )
                            return "verified"
                        } catch let problem as Problem { return problem.code }
                    }
                }
                return try await group.reduce(into: []) { $0.append($1) }
            }
            #expect(taken.count { $0 == "verified" } == 1)
            #expect(taken.count { $0 == "invalid_invite_code" } == 63)
        }
    }

    @Test("a key is made, shown again, revoked at once, and deleted with its row kept")
    func keys() async throws {
        try await ShopFixture.open { shop in
            let registered = try await shop.client.send(
                .post,
                "/commerce/v1/developers/register",
                json: ["display_name": "Dev", "contact_email": "dev@example.com", "password": "a long password"]
            )
            let token = registered.json["developer_token"]?.string ?? ""
            let post = { (path: String, body: JSONValue) in
                try await shop.client.send(.post, "/commerce/v1/developers/\(path)", key: token, json: body)
            }
            #expect(try await post("keys", ["label": "mine"]).json["error"] == "invite_required")
            let code = try await shop.client.send(
                .post,
                "/commerce/v1/invites",
                headers: ["X-Supply-Key": shop.supply],
                json: [:]
            ).json["invite_code"]
            #expect(try await post("invite/verify", ["invite_code": code ?? .null]).status == 200)
            let made = try await post("keys", ["label": "mine"])
            #expect(made.status == 201, "\(made.body)")
            let key = made.json["api_key"]?.string ?? ""
            let id = made.json["key"]?["key_id"]?.string ?? ""
            #expect(key.hasPrefix("MA2A.") && key.utf8.count == 48)
            #expect(try await shop.ask("/v1/recommend?intent=mouse", key: key).status == 200)
            #expect(try await post("keys/\(id)/reveal", [:]).json["api_key"] == .string(key))
            #expect(try await post("keys/\(id)/revoke", [:]).status == 200)
            #expect(try await shop.ask("/v1/recommend?intent=mouse", key: key).json["error"] == "invalid_api_key")
            #expect(try await post("keys/\(id)/reveal", [:]).status == 410)
            let deleted = try await shop.client.send(.delete, "/commerce/v1/developers/keys/\(id)", key: token)
            #expect(deleted.status == 200 || deleted.status == 204)
            let rows = try await shop.server.house.database.read {
                try $0.value("SELECT COUNT(*) FROM commerce_key WHERE label = 'mine'", as: Int.self)
            }
            #expect(rows == 1)
            // Another account's id is an unknown one.
            let other = try await shop.client.send(
                .post,
                "/commerce/v1/developers/register",
                json: ["display_name": "B", "contact_email": "b@example.com", "password": "a long password"]
            ).json["developer_token"]?.string
            #expect(
                try await shop.client.send(.post, "/commerce/v1/developers/keys/\(id)/reveal", key: other).status == 404
            )
        }
    }

    @Test("a limit of price or place is kept to the letter in every answer, also where the list is filled up")
    func limits() async throws {
        try await ShopFixture.open { shop in
            let dear = try await shop.recommend("wireless mouse under $24.94", "&limit=10")
            for item in dear["items"]?.array ?? [] {
                let price = item["product"]?["price"]?["amount"]?.string.flatMap { Money($0, .usd) }
                #expect(price.map { $0.micros <= 24_940_000 } == true)
            }
            #expect(
                shop.titles(try await shop.recommend("wireless mouse under $24.95", "&fill=false")).first
                    == "Wireless mouse black"
            )
            #expect(shop.titles(try await shop.recommend("mouse over $70", "&fill=false")) == ["Wireless mouse pro"])
            // What says nothing of regions is sold where the operator says, and nowhere else.
            #expect(shop.titles(try await shop.recommend("wireless mouse", "&region=US")).count == 3)
            #expect(shop.titles(try await shop.recommend("wireless mouse", "&region=DE")) == [])
            let sold = try await shop.recommend("network cable in stock", "&limit=10")
            #expect(!shop.titles(sold).contains("Network cable 2 m"))
            #expect(!shop.titles(try await shop.recommend("mouse not HP", "&limit=10")).contains("Wireless mouse pro"))
        }
    }
}
