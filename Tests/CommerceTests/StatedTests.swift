import HTTPTypes
import Kernel
import ServerTestKit
import Testing
import Web

@testable import Commerce

/// What callers state goes before what is parsed, and the stricter limit holds.
@Suite("What callers state")
struct StatedTests {
    private func ask(_ shop: ShopFixture, _ sentence: String, _ context: JSONValue) async throws -> JSONValue {
        let text = HTML.percentEncode(JSON.text(of: context))
        return try await shop.recommend(sentence, "&limit=10&fill=false&personal_agent_context=\(text)")
    }

    @Test("the context of a shopper's agent is kept to the letter")
    func context() async throws {
        try await ShopFixture.open { shop in
            let titles = { (sentence: String, context: JSONValue) async throws -> [String] in
                shop.titles(try await self.ask(shop, sentence, context)).sorted()
            }
            let cheap = ["Mouse with a cable"]
            #expect(try await titles("mouse", ["hard_constraints": ["under $20"]]) == cheap)
            #expect(try await titles("mouse under $10", ["budget_range": ["max": 30]]) == cheap)
            #expect(try await titles("mouse under $30", ["budget_range": ["max": 10]]) == cheap)
            let logitech = ["Wireless mouse black", "Wireless mouse silent"]
            #expect(try await titles("mouse", ["hard_constraints": ["only Logitech"]]) == logitech)
            #expect(try await titles("mouse", ["hard_constraints": ["not HP"]]) == logitech)
            #expect(try await titles("mouse", ["negative_preferences": ["HP"]]) == logitech)
            #expect(try await titles("mouse", ["negative_preferences": ["not HP"]]) == logitech)
            let owned = try await titles("mouse", ["owned_items": ["wireless mouse pro"]])
            #expect(!owned.contains("Wireless mouse pro"))
            #expect(try await titles("mouse", ["region": "DE"]) == [])
            let text = HTML.percentEncode(#"{"region":"ZZ"}"#)
            #expect(try await shop.ask("/v1/recommend?intent=mouse&personal_agent_context=\(text)").status == 400)
        }
    }

    private func recommended(_ shop: ShopFixture, _ body: JSONValue) async throws -> [String] {
        let made = try await shop.client.send(.post, "/commerce/v1/intents", key: shop.developer, json: body)
        let id = made.json["intent"]?["intent_id"]?.string ?? ""
        let answer = try await shop.ask("/v1/recommend?intent_id=\(id)&limit=10&fill=false")
        return shop.titles(answer.json).sorted()
    }

    @Test("what a stored intent states holds when it is recommended for")
    func intents() async throws {
        try await ShopFixture.open { shop in
            let cases: [(JSONValue, [String])] = [
                (["raw_query": "mouse", "budget_range": ["max": 10]], ["Mouse with a cable"]),
                (["raw_query": "mouse under $30", "budget_range": ["min": 5, "max": 20]], ["Mouse with a cable"]),
                (["raw_query": "mouse", "constraints": ["not HP", "under $25"]], ["Wireless mouse black"]),
                (["raw_query": "mouse in the UK", "region": "DE"], []),
            ]
            for (intent, expected) in cases {
                let found = try await self.recommended(shop, intent)
                #expect(found == expected, "\(intent)")
            }
        }
    }

    @Test("who asks is looked at before what is asked, and problems are told in the client's language")
    func problems() async throws {
        try await ShopFixture.open(feed: "") { shop in
            #expect(try await shop.client.send(.get, "/commerce/v1/recommend?limit=99").status == 401)
            #expect(try await shop.ask("/v1/recommend?limit=99").status == 400)
            let chinese = try await shop.client.send(
                .get,
                "/commerce/v1/recommend",
                key: shop.developer,
                headers: ["Accept-Language": "zh-CN,zh;q=0.9"]
            )
            #expect(chinese.json["error"] == "missing_fields")
            #expect(
                chinese.json["message"]?.string?.unicodeScalars.contains { $0.value > 0x4E00 } == true,
                "\(chinese.body)"
            )
        }
    }

    @Test("a key's creation is told again whole, until the key is revoked; one address has one account")
    func keys() async throws {
        try await ShopFixture.open(feed: "") { shop in
            let code = try await shop.server.slice(Commerce.self).developers.createInvite(uses: 1, days: 1, by: "test")
            let body: JSONValue = [
                "display_name": "Ada", "contact_email": "ada@example.com", "password": "a long password",
                "invite_code": .string(code),
            ]
            let answers = try await withThrowingTaskGroup(of: TestClient.Answer.self) { group in
                for _ in 0..<4 {
                    group.addTask {
                        try await shop.client.send(.post, "/commerce/v1/developers/register", json: body)
                    }
                }
                var answers: [TestClient.Answer] = []
                for try await answer in group { answers.append(answer) }
                return answers
            }
            #expect(answers.map(\.status).sorted() == [201, 409, 409, 409])
            let token = answers.first { $0.status == 201 }?.json["developer_token"]?.string ?? ""
            let make = {
                try await shop.client.send(
                    .post,
                    "/commerce/v1/developers/keys",
                    key: token,
                    headers: ["Idempotency-Key": "k"],
                    json: ["label": "one"]
                )
            }
            let (first, second) = (try await make(), try await make())
            #expect(first.status == 201 && first.body == second.body, "\(second.body)")
            let id = first.json["key"]?["key_id"]?.string ?? ""
            _ = try await shop.client.send(.post, "/commerce/v1/developers/keys/\(id)/revoke", key: token, json: [:])
            let third = try await make()
            #expect(!third.body.contains(first.json["api_key"]?.string ?? "none"))
        }
    }
}
