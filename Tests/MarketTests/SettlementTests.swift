import HTTPTypes
import Kernel
import Ledger
import Market
import Platform
import Server
import ServerTestKit
import Storage
import TestKit
import Testing

@Suite("Settlements around open answers")
struct SettlementTests {
    /// A market in which one provider was called three times at one cent.
    private struct Called: Sendable {
        let server: TestServer
        let client: TestClient
        let admin: String
        let usages: [String]

        /// The total of a new settlement from the moment on, and its id.
        func settle(from start: String, to end: String) async throws -> (total: String?, id: String) {
            let answer = try await self.client.send(
                .post,
                "/market/api/v1/settlements",
                key: self.admin,
                json: ["provider_id": "provider", "period_start": .string(start), "period_end": .string(end)]
            )
            #expect(answer.status == 201, "\(answer.body)")
            let total = answer.json["total_amount"]
            return (total?.string ?? total?.number.map { "\($0)" }, answer.json["id"]?.string ?? "")
        }

        func records(_ settlement: String) async throws -> [String] {
            let answer = try await self.client.send(
                .get,
                "/market/api/v1/settlements/\(settlement)/usage",
                key: self.admin
            )
            return (answer.json["usage"]?.array ?? []).compactMap { $0["usage_id"]?.string }
        }

        func setOpen(_ usage: String, _ isOpen: Bool) async throws {
            try await self.server.house.database.write { tx in
                if isOpen {
                    try tx.execute(
                        "INSERT INTO market_open_stream (usage_id, node, lost_at) VALUES (\(usage), 'test', \(Int64.max))"
                    )
                } else {
                    try tx.execute("DELETE FROM market_open_stream WHERE usage_id = \(usage)")
                }
            }
        }

        func fail(_ settlement: String) async throws {
            let answer = try await self.client.send(
                .patch,
                "/market/api/v1/settlements/\(settlement)/fail",
                key: self.admin,
                json: ["reason": "test"]
            )
            #expect(answer.status == 200, "\(answer.body)")
        }
    }

    private func called(_ engine: Engine, _ body: @escaping @Sendable (Called) async throws -> Void) async throws {
        try await FakeHost.serving { host in
            let server = try await TestServer(engine: engine, systemIDs: true)
            let (provider, buyer) = (
                try await server.key(MarketRole.provider, of: "provider"),
                try await server.key(MarketRole.buyer, of: "buyer")
            )
            let admin = try await server.key(MarketRole.admin, of: "ops")
            try await server.test { client in
                let listed = try await client.send(
                    .post,
                    "/market/api/v1/services",
                    key: provider,
                    json: ["name": "S", "endpoint": .string(host.url), "price_per_call": "0.50"]
                )
                let service = listed.json["id"]?.string ?? ""
                _ = try await client.send(
                    .post,
                    "/market/api/v1/admin/credits",
                    key: admin,
                    json: ["buyer_id": "buyer", "amount": "10.00", "reason": "test"]
                )
                var usages: [String] = []
                for _ in 0..<3 {
                    let answer = try await client.send(.post, "/market/api/v1/proxy/\(service)/", key: buyer, body: "x")
                    usages.append(answer.header("X-ACF-Usage-Id") ?? "")
                    server.clock.advance(seconds: 1)
                }
                try await body(Called(server: server, client: client, admin: admin, usages: usages))
                #expect(try await server.differences() == [])
            }
        }
    }

    @Test(
        "what is open is left out, and taken over by the next settlement once it has ended",
        arguments: Engine.available
    )
    func around(engine: Engine) async throws {
        try await self.called(engine) { called in
            try await called.setOpen(called.usages[0], true)
            let first = try await called.settle(from: "2026-03-01", to: "2026-04-01")
            #expect(first.total == "1.00")
            #expect(try await called.records(first.id) == [called.usages[1], called.usages[2]])
            called.server.clock.advance(seconds: 60)
            let covered = called.server.clock.clock.now().text
            let still = try await called.settle(from: "2026-03-19T10:00:30Z", to: "2026-03-19T10:00:40Z")
            #expect(still.total == "0.00")
            try await called.setOpen(called.usages[0], false)
            let second = try await called.settle(from: "2026-03-19T10:00:40Z", to: covered)
            #expect(second.total == "0.50")
            #expect(try await called.records(second.id) == [called.usages[0]])
            // Nothing is left for a third.
            called.server.clock.advance(seconds: 60)
            #expect(try await called.settle(from: covered, to: "2026-04-01").total == "0.00")
            // When the second fails, the next one takes it over again.
            try await called.fail(second.id)
            called.server.clock.advance(seconds: 60)
            let again = try await called.settle(from: "2026-03-19T10:00:40Z", to: covered)
            #expect(again.total == "0.50")
            #expect(try await called.records(again.id) == [called.usages[0]])
        }
    }

    @Test(
        "a settlement that is made anew has what the failed one left out, unless another has it",
        arguments: Engine.available
    )
    func anew(engine: Engine) async throws {
        try await self.called(engine) { called in
            try await called.setOpen(called.usages[0], true)
            try await called.setOpen(called.usages[1], true)
            let first = try await called.settle(from: "2026-03-01", to: "2026-03-19T10:00:10Z")
            #expect(first.total == "0.50")
            called.server.clock.advance(seconds: 60)
            try await called.setOpen(called.usages[0], false)
            let second = try await called.settle(from: "2026-03-19T10:00:10Z", to: "2026-03-19T10:01:00Z")
            #expect(second.total == "0.50")
            #expect(try await called.records(second.id) == [called.usages[0]])
            // The first fails; the call that the second has is not settled twice, the one that has ended since is.
            try await called.fail(first.id)
            try await called.setOpen(called.usages[1], false)
            let anew = try await called.settle(from: "2026-03-01", to: "2026-03-19T10:00:10Z")
            #expect(anew.total == "1.00")
            #expect(try await called.records(anew.id) == [called.usages[1], called.usages[2]])
        }
    }

    @Test("what a later settlement had taken over comes back when that fails after the first one was made anew")
    func returned() async throws {
        try await self.called(.sqlite) { called in
            try await called.setOpen(called.usages[0], true)
            let first = try await called.settle(from: "2026-03-01", to: "2026-03-19T10:00:10Z")
            called.server.clock.advance(seconds: 60)
            try await called.setOpen(called.usages[0], false)
            let second = try await called.settle(from: "2026-03-19T10:00:10Z", to: "2026-03-19T10:01:00Z")
            #expect(second.total == "0.50")
            try await called.fail(first.id)
            #expect(try await called.settle(from: "2026-03-01", to: "2026-03-19T10:00:10Z").total == "1.00")
            try await called.fail(second.id)
            let again = try await called.settle(from: "2026-03-19T10:00:10Z", to: "2026-03-19T10:01:00Z")
            #expect(again.total == "0.50")
            #expect(try await called.records(again.id) == [called.usages[0]])
        }
    }
}
