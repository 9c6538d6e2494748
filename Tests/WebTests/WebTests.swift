import HTTPTypes
import Kernel
import Market
import Server
import ServerTestKit
import TestKit
import Testing
import Web

@Suite("The web floor")
struct WebTests {
    @Test("every answer has the safety headers and a request id, errors included")
    func headers() async throws {
        try await TestServer().test { client async throws in
            for path in ["/", "/health", "/market/health", "/market/none", "/none", "/market/docs", "/metrics"] {
                let answer = try await client.send(.get, path)
                #expect(answer.header("X-Content-Type-Options") == "nosniff", "\(path)")
                #expect(answer.header("X-Frame-Options") == "DENY", "\(path)")
                #expect(answer.header("X-Request-Id") != nil, "\(path)")
            }
        }
    }

    @Test("an address is limited on the surfaces, with Retry-After and the RateLimit headers")
    func addressLimit() async throws {
        try await TestServer(settings: [.limitsAddressPerMinute: "60"]).test { client in
            for _ in 0..<120 { #expect(try await client.send(.get, "/market/health").status == 200) }
            let refused = try await client.send(.get, "/market/health")
            #expect(refused.status == 429)
            #expect(refused.json["detail"]?.string == "Rate limit exceeded. Try again later.")
            #expect(refused.header("Retry-After") == "1")
            #expect(refused.header("RateLimit-Policy") == "\"address\";q=120;w=120")
            #expect(try await client.send(.get, "/health").status == 200)
        }
    }

    @Test("only a good key frees an address from its limit")
    func addressLimitOfKeys() async throws {
        let server = try await TestServer(settings: [.limitsAddressPerMinute: "1"])
        let key = try await server.key(MarketRole.buyer, of: "b")
        try await server.test { client in
            let bad = "acf_0000000000000000:sec_\(String(repeating: "0", count: 40))"
            #expect(try await client.send(.get, "/market/health", key: bad).status == 200)
            #expect(try await client.send(.get, "/market/api/v1/balance", key: bad).status == 401)
            let asked: [(HTTPRequest.Method, String, JSONValue?)] = [
                (.get, "/market/health", nil), (.get, "/market/api/v1/balance", nil), (.get, "/market/none", nil),
                (.delete, "/market/health", nil), (.post, "/affiliate/api/mcp.php", ["action": "common.stats"]),
                (.post, "/affiliate/api/mcp.php", ["action": "health"]),
                (.post, "/affiliate/postback", ["token": "pb_0", "click_id": "1"]),
            ]
            for (method, path, body) in asked {
                let refused = try await client.send(method, path, key: bad, json: body)
                #expect(refused.status == 429, "\(method) \(path): \(refused.body)")
            }
            #expect(try await client.send(.get, "/market/api/v1/balance", key: key).status == 200)
        }
    }

    @Test("a key is limited to its requests a minute")
    func keyLimit() async throws {
        let server = try await TestServer()
        let key = try await server.key(MarketRole.buyer, of: "b", rateLimit: 2)
        try await server.test { client in
            let answers = try await [0, 1, 2].asyncMap { _ in
                try await client.send(.get, "/market/api/v1/balance", key: key)
            }
            #expect(answers.map(\.status) == [200, 200, 429])
            #expect(answers[0].header("RateLimit") == "\"key\";r=1;t=60")
            #expect(answers[2].header("Retry-After") == "60")
            server.clock.advance(seconds: 60)
            #expect(try await client.send(.get, "/market/api/v1/balance", key: key).status == 200)
        }
    }

    @Test("origins that the operator names may call from browsers, others may not")
    func cors() async throws {
        try await TestServer(settings: [.corsOrigins: "https://shop.example"]).test { client in
            let named = try await client.send(.get, "/market/health", headers: ["Origin": "https://shop.example"])
            #expect(named.header("Access-Control-Allow-Origin") == "https://shop.example")
            let preflight = try await client.send(
                .options,
                "/market/api/v1/services",
                headers: ["Origin": "https://shop.example"]
            )
            #expect(preflight.status == 204)
            #expect(preflight.header("Access-Control-Allow-Methods") == "GET, HEAD, OPTIONS, POST")
            let other = try await client.send(.get, "/market/health", headers: ["Origin": "https://evil.example"])
            #expect(other.header("Access-Control-Allow-Origin") == nil)
        }
    }

    @Test("the document names every endpoint, and pages come without scripts")
    func documents() async throws {
        let server = try await TestServer()
        let surface = server.slice(Market.self).surface
        try await server.test { client in
            let document = try await client.send(.get, "/market/openapi.json").json
            #expect(document["openapi"]?.string == "3.1.0")
            for endpoint in surface.endpoints where !endpoint.isPage {
                let operation = document["paths"]?[endpoint.path]?[endpoint.method.rawValue.lowercased()]
                #expect(operation?["summary"]?.string == endpoint.summary, "\(endpoint.path)")
            }
            let actions = try await client.send(.get, "/affiliate/docs").body
            #expect(actions.contains("agent.track_click") && actions.contains("use_case"))
            let docs = try await client.send(.get, "/market/docs")
            #expect(docs.header("Content-Security-Policy")?.contains("default-src 'none'") == true)
            let home = try await client.send(.get, "/", headers: ["Accept": "text/html"])
            #expect(home.body.contains("<h1>Souk</h1>"))
        }
    }

    @Test("the document describes each member of each answer, and each event that webhooks are sent")
    func descriptions() async throws {
        let server = try await TestServer()
        let surfaces = server.house.surfaces
        try await server.test { client in
            for surface in surfaces {
                let document = try await client.send(.get, "/\(surface.name)/openapi.json").json
                let events = surface.events.map { "\(surface.name).\($0.type)" }
                #expect((document["webhooks"]?.object ?? [:]).keys.sorted() == events.sorted())
                var schemas = events.compactMap { document["webhooks"]?[$0]?["post"]?["requestBody"] }
                for item in (document["paths"]?.object ?? [:]).values {
                    for operation in (item.object ?? [:]).values {
                        schemas += (operation["responses"]?.object ?? [:]).filter { $0.key < "300" }.values
                    }
                }
                for content in schemas {
                    guard let body = content["content"]?["application/json"], let schema = body["schema"] else {
                        continue
                    }
                    Self.expectDescriptions(in: schema, of: body["example"] ?? .null, "\(surface.name)")
                }
            }
        }
    }

    /// Every property of an object has a description, and the example has the properties that must be there.
    private static func expectDescriptions(in schema: JSONValue, of example: JSONValue, _ place: String) {
        for (name, property) in schema["properties"]?.object ?? [:] {
            let isConstant = property["const"] != nil || property["anyOf"] != nil && property["description"] == nil
            #expect(isConstant || property["description"] != nil || name == "message", "\(place).\(name)")
            Self.expectDescriptions(in: property, of: example[name] ?? .null, "\(place).\(name)")
        }
        for name in (schema["required"]?.array ?? []).compactMap(\.string) {
            #expect(example == .null || example[name] != nil, "\(place).\(name) is not in the example")
        }
        if let items = schema["items"] {
            Self.expectDescriptions(in: items, of: example.array?.first ?? .null, "\(place)[]")
        }
    }

    @Test("a body above 1 MiB is 413, and JSON deeper than 64 levels is 400")
    func bodies() async throws {
        try await TestServer().test { client async throws in
            let large = "{\"owner_id\":\"\(String(repeating: "x", count: 1024 * 1024))\"}"
            #expect(try await client.send(.post, "/market/api/v1/keys", body: large).status == 413)
            let deep = "{\"owner_id\":" + String(repeating: "[", count: 100) + String(repeating: "]", count: 100) + "}"
            #expect(try await client.send(.post, "/market/api/v1/keys", body: deep).status == 400)
        }
    }
}

extension Array {
    fileprivate func asyncMap<T>(_ transform: (Element) async throws -> T) async rethrows -> [T] {
        var mapped: [T] = []
        for element in self { mapped.append(try await transform(element)) }
        return mapped
    }
}
