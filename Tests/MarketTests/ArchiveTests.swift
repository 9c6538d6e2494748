import Foundation
import HTTPTypes
import Kernel
import Market
import Platform
import Server
import ServerTestKit
import Storage
import TestKit
import Testing

@Suite("Old records leave for the archive")
struct ArchiveTests {
    /// A market with a service, whose calls a webhook of its provider hears of.
    private struct Fixture: Sendable {
        let server: TestServer
        let client: TestClient
        let buyer: String
        let admin: String
        let service: String
        let folder: String

        var archive: Archive { self.server.house.archive }

        func call(_ count: Int) async throws {
            for _ in 0..<count {
                let answer = try await self.client.send(.post, "/market/api/v1/proxy/\(self.service)/", key: self.buyer)
                #expect(answer.status == 200)
            }
            // The figures are brought up to date by whoever reads them.
            #expect(try await self.client.send(.get, "/market/api/v1/admin/stats", key: self.admin).status == 200)
            try await self.server.house.database.write {
                try $0.executeSchema("UPDATE webhook_delivery SET state = 'delivered'")
            }
        }

        func count(_ table: StaticString) async throws -> Int {
            try await self.server.house.database.read { try $0.value("SELECT COUNT(*) FROM \(raw: table)") ?? -1 }
        }

        func path(_ file: ArchiveFile) -> String { "\(self.folder)/\(file.path)" }
    }

    private static let first = String(TestClock.start.text.utf8.prefix(10)) ?? ""

    private func open(_ engine: Engine, _ body: @escaping @Sendable (Fixture) async throws -> Void) async throws {
        let folder = TestDatabases.temporaryPath("archive")
        let settings: [Setting: String] = [.retentionDays: "40", .archiveDir: folder]
        try await FakeHost.serving(FakeHost.echo) { host in
            let server = try await TestServer(engine: engine, settings: settings, systemIDs: true)
            let provider = try await server.key(MarketRole.provider, of: "provider")
            let buyer = try await server.key(MarketRole.buyer, of: "buyer")
            let admin = try await server.key(MarketRole.admin, of: "ops")
            try await server.test { client in
                let listed = try await client.send(
                    .post,
                    "/market/api/v1/services",
                    key: provider,
                    json: ["name": "x", "endpoint": .string(host.url), "price_per_call": "0.50"]
                )
                let webhook = try await client.send(
                    .post,
                    "/market/api/v1/webhooks",
                    key: provider,
                    json: [
                        "url": .string(host.url + "/hook"), "events": ["service.called"],
                        "secret": "a secret of sixteen or more",
                    ]
                )
                #expect(webhook.status == 201, "\(webhook.body)")
                _ = try await client.send(
                    .post,
                    "/market/api/v1/admin/credits",
                    key: admin,
                    json: ["buyer_id": "buyer", "amount": "100", "reason": "x"]
                )
                try await body(
                    Fixture(
                        server: server,
                        client: client,
                        buyer: buyer,
                        admin: admin,
                        service: listed.json["id"]?.string ?? listed.body,
                        folder: folder
                    )
                )
            }
        }
    }

    @Test("a day leaves whole when it is old enough, can be read, and comes back", arguments: Engine.available)
    func leavesAndReturns(engine: Engine) async throws {
        try await self.open(engine) { fixture in
            let (archive, clock) = (fixture.archive, fixture.server.clock)
            try await fixture.call(3)
            let before = (try await fixture.count("event"), try await fixture.count("webhook_delivery"))
            #expect(before.1 == 3)
            // The day ends 40 days before the beginning of the present one.
            clock.advance(seconds: 40 * 86_400)
            try await fixture.call(1)
            try await archive.archive()
            #expect(try await archive.files().isEmpty)
            clock.advance(seconds: 86_400)
            try await archive.archive()

            let files = try await archive.files()
            #expect(files.map(\.kind) == ["deliveries", "events", "usage"])
            #expect(files.allSatisfy { $0.path.hasPrefix("\($0.kind)/\(Self.first)-") })
            #expect(files.map(\.records) == [3, before.0, 3])
            #expect(files.allSatisfy { $0.state == .archived && archive.isWhole($0) })
            #expect(try await fixture.count("market_usage") == 1)
            #expect(try await fixture.count("webhook_delivery") == 1)
            #expect(try await fixture.server.differences() == [])

            let usage = try #require(try await archive.find("usage", day: Self.first).first)
            var lines: [JSONValue] = []
            try archive.read(usage) { lines.append(try JSON.read($0)) }
            #expect(lines.map { $0["amount"]?.integer } == [500_000, 500_000, 500_000])

            try await archive.restore(usage)
            #expect(try await fixture.count("market_usage") == 4)
            #expect(try await fixture.server.differences() == [])
            for file in files where file.kind != "usage" { try await archive.restore(file) }
            #expect(try await fixture.count("webhook_delivery") == 4)
            // They stay for a week.
            try await archive.archive()
            #expect(try await fixture.count("market_usage") == 4)
            let again = try await archive.files()
            #expect(again.allSatisfy { $0.state == .restored })
            await #expect(throws: ConfigurationError.self) { try await archive.restore(again[0]) }
            clock.advance(seconds: 8 * 86_400)
            try await archive.archive()
            // By the same files, which have not been touched.
            #expect(try await archive.files().map(\.checksum) == files.map(\.checksum))
            #expect(try await archive.files().allSatisfy { $0.state == .archived })
            #expect(try await fixture.count("market_usage") == 1)
            #expect(try await fixture.server.differences() == [])
        }
    }

    @Test("what is still to be told stays, with its event")
    func pending() async throws {
        try await self.open(.sqlite) { fixture in
            try await fixture.call(2)
            try await fixture.server.house.database.write {
                try $0.executeSchema(
                    """
                    UPDATE webhook_delivery SET state = 'pending'
                    WHERE event_number = (SELECT MAX(event_number) FROM webhook_delivery)
                    """
                )
            }
            fixture.server.clock.advance(seconds: 41 * 86_400)
            try await fixture.archive.archive()
            #expect(try await fixture.count("webhook_delivery") == 1)
            #expect(try await fixture.count("event") == 1)
            // What could leave only later has a file of its own.
            try await fixture.call(1)
            try await fixture.archive.archive()
            let files = try await fixture.archive.files().filter { $0.kind == "deliveries" }
            #expect(files.map(\.records) == [1, 1])
            #expect(try await fixture.archive.find("deliveries", day: Self.first).count == 2)
            #expect(try await fixture.server.differences() == [])
        }
    }

    @Test("a delivery that is sent again while its file is written stays", arguments: Engine.available)
    func sentAgain(engine: Engine) async throws {
        try await self.open(engine) { fixture in
            try await fixture.call(2)
            fixture.server.clock.advance(seconds: 41 * 86_400)
            try await fixture.archive.archive()
            for file in try await fixture.archive.files() { try await fixture.archive.restore(file) }
            try await fixture.server.house.database.write { tx in
                try tx.executeSchema("UPDATE webhook_delivery SET state = 'pending'")
            }
            fixture.server.clock.advance(seconds: 8 * 86_400)
            let events = try await fixture.count("event")
            try await fixture.archive.archive()
            #expect(try await fixture.count("webhook_delivery") == 2)
            #expect(try await fixture.count("event") >= 2 && events > 2)
        }
    }

    @Test("two servers at once write each record into one file and delete it once", arguments: Engine.available)
    func twoServers(engine: Engine) async throws {
        try await self.open(engine) { fixture in
            try await fixture.call(6)
            fixture.server.clock.advance(seconds: 41 * 86_400)
            try await fixture.call(1)
            try await withThrowingTaskGroup(of: Void.self) { group in
                for _ in 0..<4 { group.addTask { try await fixture.archive.archive() } }
                try await group.waitForAll()
            }
            // Whoever came too late to claim a day has left it alone.
            let files = try await fixture.archive.files().filter { $0.kind == "usage" }
            #expect(files.map(\.records) == [6])
            #expect(files.allSatisfy { $0.state == .archived && fixture.archive.isWhole($0) })
            #expect(try await fixture.count("market_usage") == 1)
            #expect(try await fixture.server.differences() == [])
            let names = try FileManager.default.contentsOfDirectory(atPath: "\(fixture.folder)/usage")
            #expect(names.count == 1)
        }
    }

    @Test("more records than one batch leave and come back")
    func manyRecords() async throws {
        try await self.open(.sqlite) { fixture in
            try await fixture.call(1)
            try await fixture.server.house.database.write { tx in
                try tx.executeSchema(
                    """
                    WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 1201)
                    INSERT INTO event (surface, type, subject, audience, payload, trace_id, request_id, created_at)
                    SELECT surface, type, subject || '-' || i, audience, payload, trace_id, request_id, created_at
                    FROM event, n WHERE number = (SELECT MAX(number) FROM event)
                    """
                )
            }
            let before = try await fixture.count("event")
            fixture.server.clock.advance(seconds: 41 * 86_400)
            try await fixture.call(1)
            try await fixture.archive.archive()
            let files = try await fixture.archive.files().filter { $0.kind == "events" }
            #expect(files.map(\.records) == [before])
            for file in files { try await fixture.archive.restore(file) }
            #expect(try await fixture.count("event") > before)
        }
    }

    @Test("a crash between the file and the deletion is made good, and one before the file's end leaves no record out")
    func crash() async throws {
        try await self.open(.sqlite) { fixture in
            try await fixture.call(3)
            fixture.server.clock.advance(seconds: 41 * 86_400)
            try await fixture.archive.archive()
            for file in try await fixture.archive.find("usage", day: Self.first) {
                try await fixture.archive.restore(file)
            }
            try await fixture.server.house.database.write {
                try $0.executeSchema("UPDATE archive_file SET state = 'written' WHERE kind = 'usage'")
            }
            try await fixture.archive.archive()
            #expect(try await fixture.count("market_usage") == 0)
            #expect(try await fixture.server.differences() == [])
            // A server that died while it wrote: its claim ends after an hour.
            try await fixture.call(1)
            fixture.server.clock.advance(seconds: 41 * 86_400)
            let day = fixture.server.clock.clock.now().adding(seconds: -41 * 86_400).dayText
            try await fixture.server.house.database.write { tx in
                try tx.executeSchema(
                    """
                    INSERT INTO archive_file (kind, day, path, records, bytes, checksum, state, changed_at)
                    VALUES ('usage', \(Timestamp(text: day)!.microseconds), 'usage/x', 0, 0, '', 'writing',
                        \(tx.now.microseconds))
                    """
                )
            }
            try await fixture.archive.archive()
            #expect(try await fixture.count("market_usage") == 1)
            fixture.server.clock.advance(seconds: 3601)
            try await fixture.archive.archive()
            #expect(try await fixture.count("market_usage") == 0)
            #expect(try await fixture.server.differences() == [])
        }
    }

    @Test("a file that cannot be read keeps nothing else from leaving")
    func oneBadFile() async throws {
        try await self.open(.sqlite) { fixture in
            try await fixture.call(2)
            fixture.server.clock.advance(seconds: 41 * 86_400)
            try await fixture.archive.archive()
            let usage = try #require(try await fixture.archive.find("usage", day: Self.first).first)
            try FileManager.default.removeItem(atPath: fixture.path(usage))
            try await fixture.server.house.database.write {
                try $0.executeSchema("UPDATE archive_file SET state = 'written' WHERE kind = 'usage'")
            }
            try await fixture.call(1)
            fixture.server.clock.advance(seconds: 42 * 86_400)
            try await fixture.archive.archive()
            #expect(try await fixture.count("market_usage") == 0)
        }
    }

    @Test("a file that was changed or is gone is told, and nothing is read from it")
    func damaged() async throws {
        try await self.open(.sqlite) { fixture in
            try await fixture.call(1)
            fixture.server.clock.advance(seconds: 41 * 86_400)
            try await fixture.archive.archive()
            let usage = try #require(try await fixture.archive.find("usage", day: Self.first).first)
            var bytes = try Data(contentsOf: URL(fileURLWithPath: fixture.path(usage)))
            bytes[bytes.count / 2] ^= 1
            try bytes.write(to: URL(fileURLWithPath: fixture.path(usage)))
            #expect(!fixture.archive.isWhole(usage))
            await #expect(throws: ConfigurationError.self) { try await fixture.archive.find("usage", day: Self.first) }
            try FileManager.default.removeItem(atPath: fixture.path(usage))
            await #expect(throws: ConfigurationError.self) { try await fixture.archive.find("usage", day: Self.first) }
            for (kind, day) in [("calls", Self.first), ("usage", "yesterday"), ("usage", "2020-01-01")] {
                await #expect(throws: ConfigurationError.self) { try await fixture.archive.find(kind, day: day) }
            }
        }
    }

    @Test("a settlement that needs records of the archive says so, and the ledger says where a record is")
    func settlement() async throws {
        try await self.open(.sqlite) { fixture in
            try await fixture.call(1)
            fixture.server.clock.advance(seconds: 41 * 86_400)
            try await fixture.archive.archive()
            let body: JSONValue = [
                "provider_id": "provider", "period_start": .string("\(Self.first)T09:00:00Z"),
                "period_end": .string("\(Self.first)T11:00:00Z"),
            ]
            let path = "/market/api/v1/settlements"
            let refused = try await fixture.client.send(.post, path, key: fixture.admin, json: body)
            #expect(refused.status == 409, "\(refused.body)")
            let usage = try #require(try await fixture.archive.find("usage", day: Self.first).first)
            var id = ""
            try fixture.archive.read(usage) { id = try JSON.read($0)["id"]?.string ?? "" }
            let transfer = try await fixture.client.send(
                .get,
                "/market/api/v1/admin/ledger/transfers/\(id)",
                key: fixture.admin
            )
            #expect(transfer.json["record_file"]?.string == usage.path, "\(transfer.body)")
        }
    }

    @Test("too short a time is refused", arguments: [("39", false), ("40", true), ("0", true), ("x", false)])
    func setting(days: String, isGood: Bool) {
        let configuration = try? Configuration(flags: [.retentionDays: days], environment: [:], file: nil)
        #expect((configuration != nil) == isGood)
    }
}
