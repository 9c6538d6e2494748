import HTTPTypes
import Kernel
import Market
import Search
import Server
import ServerTestKit
import Storage
import TestKit
import Testing

@Suite("Searching services")
struct ListingSearchTests {
    private struct Catalogue: Sendable {
        let client: TestClient
        let provider: String

        func register(_ name: String, price: String = "0.10", category: String = "maps", tags: [String] = [])
            async throws
            -> String
        {
            let answer = try await self.client.send(
                .post,
                "/market/api/v1/services",
                key: self.provider,
                json: [
                    "name": .string(name), "endpoint": "https://api.example.com/", "price_per_call": .string(price),
                    "category": .string(category), "tags": .strings(tags),
                ]
            )
            return try #require(answer.json["id"]?.string)
        }

        func setStatus(_ status: String, of id: String) async throws {
            let path = "/market/api/v1/services/\(id)"
            _ = try await self.client.send(.patch, path, key: self.provider, json: ["status": .string(status)])
        }

        func names(_ query: String) async throws -> [String] {
            let answer = try await self.client.send(.get, "/market/api/v1/\(query)")
            #expect(answer.status == 200, "\(answer.body)")
            return answer.json["services"]?.array?.compactMap { $0["name"]?.string } ?? []
        }
    }

    private func catalogue(_ engine: Engine, _ body: @escaping @Sendable (Catalogue) async throws -> Void) async throws
    {
        let server = try await TestServer(engine: engine, systemIDs: true)
        let provider = try await server.key(MarketRole.provider, of: "provider")
        try await server.test { client in try await body(Catalogue(client: client, provider: provider)) }
    }

    @Test("a text goes with every filter and every order", arguments: Engine.available)
    func filters(engine: Engine) async throws {
        try await self.catalogue(engine) { catalogue in
            _ = try await catalogue.register("Weather map", price: "0.30", tags: ["Sky"])
            _ = try await catalogue.register("Weather radio", price: "0.20", category: "audio")
            _ = try await catalogue.register("Weather alarm", price: "0.10")
            _ = try await catalogue.register("Street map", price: "0.40")
            let all = ["Weather alarm", "Weather radio", "Weather map"]
            #expect(try await catalogue.names("discover?q=weather") == all)
            #expect(try await catalogue.names("discover?q=weather&category=maps") == ["Weather alarm", "Weather map"])
            #expect(try await catalogue.names("discover?q=weather&min_price=0.2") == ["Weather radio", "Weather map"])
            #expect(try await catalogue.names("discover?q=weather&tags=sky") == ["Weather map"])
            #expect(try await catalogue.names("discover?q=weather&sort_by=price") == all)
            #expect(
                try await catalogue.names("discover?q=weather&sort_by=name&limit=2") == [
                    "Weather alarm", "Weather map",
                ]
            )
            #expect(try await catalogue.names("discover?q=weather&offset=2&category=maps") == [])
            let tags = (1...20).map { "t\($0)" }.joined(separator: ",")
            #expect(try await catalogue.names("discover?tags=\(tags),t1,t1,") == [])
            let refused = try await catalogue.client.send(.get, "/market/api/v1/discover?tags=\(tags),t21")
            #expect(refused.status == 400)
            #expect(refused.json["detail"] == "At most 20 tags")
        }
    }

    @Test("a plus sign in a query is a space, as browsers write it")
    func plus() async throws {
        try await self.catalogue(.sqlite) { catalogue in
            _ = try await catalogue.register("Weather map", category: "open data")
            _ = try await catalogue.register("C++ checker", category: "code")
            #expect(try await catalogue.names("discover?category=open+data") == ["Weather map"])
            #expect(try await catalogue.names("discover?q=weather+map&category=open%20data") == ["Weather map"])
            #expect(try await catalogue.names("discover?q=c%2B%2B") == ["C++ checker"])
        }
    }

    @Test("a paused service is found among the paused, and comes back to its old place", arguments: Engine.available)
    func pausing(engine: Engine) async throws {
        try await self.catalogue(engine) { catalogue in
            let first = try await catalogue.register("Weather one")
            _ = try await catalogue.register("Weather two")
            try await catalogue.setStatus("paused", of: first)
            #expect(try await catalogue.names("services?query=weather") == ["Weather two"])
            #expect(try await catalogue.names("services?query=weather&status=paused") == ["Weather one"])
            try await catalogue.setStatus("active", of: first)
            #expect(try await catalogue.names("services?query=weather") == ["Weather two", "Weather one"])
            #expect(try await catalogue.names("services?query=weather&status=paused") == [])
        }
    }

    @Test("of two alike, the service that is called more comes first", arguments: Engine.available)
    func calls(engine: Engine) async throws {
        try await FakeHost.serving { host in
            let server = try await TestServer(engine: engine, systemIDs: true)
            let (provider, buyer) = (
                try await server.key(MarketRole.provider, of: "provider"),
                try await server.key(MarketRole.buyer, of: "buyer")
            )
            let admin = try await server.key(MarketRole.admin, of: "ops")
            try await server.test { client in
                var services: [String] = []
                for _ in 0..<2 {
                    let listed = try await client.send(
                        .post,
                        "/market/api/v1/services",
                        key: provider,
                        json: [
                            "name": "Weather map", "endpoint": .string(host.url), "price_per_call": "0.50",
                            "free_tier_calls": 10,
                        ]
                    )
                    services.append(listed.json["id"]?.string ?? "")
                }
                func found() async throws -> [String] {
                    let answer = try await client.send(.get, "/market/api/v1/discover?q=weather")
                    return answer.json["services"]?.array?.compactMap { $0["id"]?.string } ?? []
                }
                #expect(try await found() == services.reversed())
                let called = try await client.send(.post, "/market/api/v1/proxy/\(services[0])/", key: buyer, body: "x")
                #expect(called.status == 200, "\(called.body)")
                // Whoever asks for figures has the calls added up.
                let stats = try await client.send(.get, "/market/api/v1/admin/stats", key: admin)
                #expect(stats.status == 200, "\(stats.body)")
                for search in server.house.searches { _ = try await search.work() }
                #expect(try await found() == services)
            }
        }
    }
}
