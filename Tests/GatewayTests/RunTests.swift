import HTTPTypes
import Kernel
import Ledger
import Platform
import Server
import ServerTestKit
import Storage
import TestKit
import Testing

@testable import Gateway

/// Runs on the provider `echo`, and what is left of them.
@Suite("Runs")
struct RunTests {
    private static let chat: JSONValue = ["messages": [["role": "user", "content": "Hello, sesame."]]]

    private static func opened(
        _ engine: Engine,
        _ settings: [String: String] = [:],
        _ body: @escaping @Sendable (TestServer, TestClient, String, Gateway) async throws -> Void
    ) async throws {
        let known = Dictionary(uniqueKeysWithValues: Gateway.settings.map { ($0.name, $0) })
        let server = try await TestServer(
            engine: engine,
            settings: Dictionary(uniqueKeysWithValues: settings.map { (known[$0.key]!, $0.value) })
        )
        try await server.test { client in
            let key = try await server.key(Scope.admin, of: "ops")
            try await body(server, client, key, server.slice(Gateway.self))
            #expect(try await server.differences() == [])
        }
    }

    @Test("old runs go with what was said in them, and the sums stay", arguments: Engine.available)
    func retention(_ engine: Engine) async throws {
        try await Self.opened(engine, ["gateway_retention_days": "2"]) { server, client, key, gateway in
            let ask = {
                let answer = try await client.send(.post, "/gateway/v1/chat/completions", key: key, json: Self.chat)
                #expect(
                    answer.status == 200 && answer.json["choices"]?.array?.first?["message"]?["content"]?.string != nil
                )
                server.clock.advance(seconds: 60)
            }
            try await ask()
            server.clock.advance(seconds: 2 * 86_400)
            try await ask()
            let retention = GatewayRetention(
                database: server.house.database,
                workspaces: gateway.parts.workspaces,
                days: gateway.parts.settings.retentionDays,
                logger: TestDatabases.quiet
            )
            let counts = { () async throws -> [Int] in
                let usage = try await client.send(.get, "/gateway/v1/usage?from=2000-01-01T00:00:00Z", key: key)
                #expect(usage.status == 400)
                let lists = [("traces", "traces"), ("sessions", "sessions")]
                var counts: [Int] = []
                for (path, member) in lists {
                    let answer = try await client.send(.get, "/gateway/v1/\(path)", key: key)
                    counts.append(answer.json[member]?.array?.count ?? -1)
                }
                let summary = try await client.send(.get, "/gateway/v1/usage", key: key)
                return counts + [summary.json["total"]?["request_count"]?.integer.map { Int($0) } ?? -1]
            }
            try await retention.sweep()
            let before = try await counts()
            #expect(before == [2, 2, 2])
            server.clock.advance(seconds: 86_400)
            try await retention.sweep()
            #expect(try await counts() == [1, 1, 2])
            #expect(try await server.differences() == [])
        }
    }

    @Test("a run whose end could not be written is ended by the next sweep", arguments: Engine.available)
    func recovery(_ engine: Engine) async throws {
        try await Self.opened(engine) { server, client, key, gateway in
            _ = try await client.send(.post, "/gateway/v1/chat/completions", key: key, json: Self.chat)
            try await server.house.database.write {
                try $0.execute("UPDATE gateway_run SET status = 'running', ended_at = NULL")
            }
            let recovery = RunRecovery(house: gateway.parts.runHouse, neighbours: gateway.parts.neighbours)
            try await recovery.sweep()
            let traces = try await client.send(.get, "/gateway/v1/traces", key: key).json["traces"]
            #expect(
                traces?.array?.first?["status"] == "error" && traces?.array?.first?["error"] == "interrupted by restart"
            )
        }
    }

    @Test(
        "secrets are taken out of what is kept",
        arguments: [
            ("postgres://ada:pass@db/x", "[REDACTED]db/x"),
            ("see https://a.example/b:c@d", "see https://a.example/b:c@d"),
            ("key sk-0123456789abcdefXYZ.", "key [REDACTED]."), ("Bearer abcdefghijklmnop", "[REDACTED]"),
            ("a://b:\n@", "a://b:\n@"), ("my own secret", "my [REDACTED] secret"),
        ]
    )
    func redaction(text: String, expected: String) { #expect(Redaction(secrets: ["own"]).of(text) == expected) }

    @Test(
        "counts that cannot be are no usage",
        arguments: [
            (#"{"prompt_tokens":10,"completion_tokens":5,"total_tokens":15}"#, 15 as Int64?),
            (#"{"prompt_tokens":-9223372036854775808,"completion_tokens":1,"total_tokens":1}"#, nil),
            (#"{"prompt_tokens":1,"completion_tokens":9223372036854775807,"total_tokens":0}"#, nil),
            (#"{"prompt_tokens":5,"completion_tokens":1,"prompt_tokens_details":{"cached_tokens":9}}"#, nil),
        ]
    )
    func usage(text: String, total: Int64?) throws {
        #expect(OpenAIDecoder.usage(try JSON.read(Array(text.utf8)))?.total == total)
    }

    @Test("text of a page is read in linear time, entities and all")
    func pages() {
        #expect(HTMLText.of("<p>a &amp; b&nbsp;&#x41;&bogus; &") == "a & b A&bogus; &")
        #expect(HTMLText.of(String(repeating: "&", count: 1_000_000)).utf8.count == 1_000_000)
    }
}
