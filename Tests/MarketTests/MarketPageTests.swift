import HTTPTypes
import Kernel
import Market
import ServerTestKit
import TestKit
import Testing

@Suite("The market's page")
struct MarketPageTests {
    private func get(_ client: TestClient, _ query: String = "") async throws -> TestClient.Answer {
        try await client.send(.get, "/market/\(query)", headers: ["Accept": "text/html,*/*"])
    }

    @Test("browsers get a page, and everybody else the reference's JSON")
    func negotiation() async throws {
        try await TestServer().test { client in
            let page = try await self.get(client)
            #expect(page.header("Content-Type") == "text/html; charset=utf-8")
            #expect(page.body.contains("No service is listed yet."))
            let json = try await client.send(.get, "/market/").json
            #expect(json == ["service": "Agent Commerce Framework", "version": "0.6.0", "docs": "/docs"])
        }
    }

    @Test("a browser that is lost gets a page, and a client the contract's error")
    func notFound() async throws {
        try await TestServer().test { client in
            let page = try await client.send(.get, "/market/nowhere", headers: ["Accept": "text/html"])
            #expect(page.status == 404)
            #expect(page.body.contains("<h1>Page not found</h1>"))
            #expect(try await client.send(.get, "/market/nowhere").json == ["detail": "Not found"])
            let operation = try await client.send(.get, "/market/api/v1/nowhere", headers: ["Accept": "text/html"])
            #expect(operation.json == ["detail": "Not found"])
        }
    }

    @Test("it searches, narrows to a category, and writes what others say as text")
    func search() async throws {
        let server = try await TestServer(systemIDs: true)
        let provider = try await server.key(MarketRole.provider, of: "seller")
        try await server.test { client in
            for (name, category) in [("Weather <map>", "maps"), ("Weather radio", ""), ("Street map", "maps")] {
                _ = try await client.send(
                    .post,
                    "/market/api/v1/services",
                    key: provider,
                    json: [
                        "name": .string(name), "endpoint": "https://api.example.com/", "price_per_call": "0.10",
                        "category": .string(category),
                    ]
                )
            }
            let found = try await self.get(client, "?q=weather").body
            #expect(found.contains("2 services for “weather”"))
            #expect(found.contains("Weather &lt;map&gt;") && !found.contains("<map>"))
            let narrowed = try await self.get(client, "?q=weather&category=maps").body
            #expect(narrowed.contains("1 service for “weather · maps”"))
            #expect(narrowed.contains("<option value=\"maps\" selected>maps (1)</option>"))
            #expect(narrowed.contains("Why this result") && narrowed.contains("<li>Name: weather</li>"))
            #expect(try await self.get(client, "?max_price=0.05").body.contains("Newest services (0 in all)"))
            #expect(try await self.get(client, "?min_price=abc").body.contains("Invalid min_price: &#39;abc&#39;"))
            let corrected = try await self.get(client, "?q=wether&sort=name").body
            #expect(corrected.contains("Did you mean <a href=\"/market/?q=weather&amp;sort=name\">weather</a>"))
            #expect(corrected.contains("Weather radio"))
            #expect(try await self.get(client, "?category=uncategorized").body.contains("Weather radio"))
            #expect(try await self.get(client, "?q=%22%3E%3Cscript%3E").body.contains("Nothing matches."))
            #expect(!(try await self.get(client, "?q=%22%3E%3Cscript%3E").body.contains("<script>")))
        }
    }
}
