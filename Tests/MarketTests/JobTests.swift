import HTTPTypes
import Kernel
import Market
import Platform
import Server
import ServerTestKit
import Storage
import TestKit
import Testing

@Suite("Jobs")
struct JobTests {
    /// Two providers with a call each, made by one buyer.
    private func trade(
        _ engine: Engine,
        _ body: @escaping @Sendable (TestServer, TestClient, _ buyer: String, _ admin: String) async throws -> Void
    ) async throws {
        try await FakeHost.serving { upstream in
            let server = try await TestServer(engine: engine, systemIDs: true)
            let (buyer, admin) = (
                try await server.key(MarketRole.buyer, of: "buyer"), try await server.key(MarketRole.admin, of: "ops")
            )
            let sellers = [
                try await server.key(MarketRole.provider, of: "one"),
                try await server.key(MarketRole.provider, of: "two"),
            ]
            try await server.test { client async throws in
                _ = try await client.send(
                    .post,
                    "/market/api/v1/admin/credits",
                    key: admin,
                    json: ["buyer_id": "buyer", "amount": "1.00", "reason": "test"]
                )
                for seller in sellers {
                    let service = try await client.send(
                        .post,
                        "/market/api/v1/services",
                        key: seller,
                        json: ["name": "S", "endpoint": .string(upstream.url), "price_per_call": "0.10"]
                    ).json["id"]?.string
                    _ = try await client.send(.post, "/market/api/v1/proxy/\(service ?? "")/", key: buyer)
                }
                server.clock.advance(seconds: 1)
                try await body(server, client, buyer, admin)
            }
        }
    }

    private func begin(_ client: TestClient, _ path: String, _ key: String, _ body: JSONValue) async throws -> String {
        let answer = try await client.send(.post, "/market/api/v1/\(path)", key: key, json: body)
        #expect(answer.status == 202, "\(answer.body)")
        return answer.json["id"]?.string ?? ""
    }

    @Test("a run settles every provider once, and skips what was settled", arguments: Engine.available)
    func settlements(_ engine: Engine) async throws {
        try await self.trade(engine) { server, client, _, admin in
            let period: JSONValue = ["period_start": "2026-03-01T00:00:00Z", "period_end": "2026-04-01T00:00:00Z"]
            for (made, net) in [(Int64(2), "0.20"), (0, "0.00")] {
                let id = try await self.begin(client, "settlements/runs", admin, period)
                try await server.house.jobs.work()
                let job = try await client.send(.get, "/market/api/v1/jobs/\(id)", key: admin).json
                #expect(job["state"] == "completed")
                #expect(job["result"]?["made"]?.integer == made)
                #expect(job["result"]?["net"]?.string == net)
                #expect(job["done"]?.integer == 2)
            }
            let list = try await client.send(.get, "/market/api/v1/settlements", key: admin).json
            #expect(list["count"]?.integer == 2)
        }
    }

    @Test("an export is a file of its owner's, and of nobody else's", arguments: Engine.available)
    func export(_ engine: Engine) async throws {
        try await self.trade(engine) { server, client, buyer, admin in
            let id = try await self.begin(client, "exports", buyer, [:])
            let path = "/market/api/v1/jobs/\(id)/file"
            #expect(try await client.send(.get, path, key: buyer).status == 409)
            try await server.house.jobs.work()
            let file = try await client.send(.get, path, key: buyer)
            #expect(file.body.split(separator: "\r\n").count == 3)
            #expect(try await client.send(.get, path, key: admin).status == 404)
            // It is forgotten a day after it has ended.
            server.clock.advance(seconds: 90_000)
            try await server.house.jobs.work()
            #expect(try await client.send(.get, path, key: buyer).status == 404)
        }
    }

    @Test("a job that cannot be done says why, and five run at once", arguments: Engine.available)
    func failure(_ engine: Engine) async throws {
        try await self.trade(engine) { server, client, buyer, _ in
            let hook = try await client.send(
                .post,
                "/market/api/v1/webhooks",
                key: buyer,
                json: ["url": "https://example.com/", "events": ["service.called"], "secret": "s"]
            ).json["id"]?.string
            let range: JSONValue = ["from": "2026-03-01T00:00:00Z", "to": "2026-04-01T00:00:00Z"]
            let replays = "webhooks/\(hook ?? "")/replays"
            let id = try await self.begin(client, replays, buyer, range)
            try await server.house.jobs.work()
            let done = try await client.send(.get, "/market/api/v1/jobs/\(id)", key: buyer).json
            #expect(done["result"]?["queued"]?.integer == 2)
            let doomed = try await self.begin(client, replays, buyer, range)
            _ = try await client.send(.delete, "/market/api/v1/webhooks/\(hook ?? "")", key: buyer)
            try await server.house.jobs.work()
            let failed = try await client.send(.get, "/market/api/v1/jobs/\(doomed)", key: buyer).json
            #expect(failed["state"] == "failed")
            #expect(failed["error"] == "Webhook not found")
            for _ in 0..<5 { _ = try await self.begin(client, "exports", buyer, [:]) }
            #expect(try await client.send(.post, "/market/api/v1/exports", key: buyer, json: [:]).status == 409)
        }
    }
}
