import HTTPTypes
import Kernel
import Ledger
import Platform
import Storage
import TestKit
import Testing

@Suite("Webhooks")
struct WebhookTests {
    private static let owner = ID<Identity>("acc_1")

    /// A database with one endpoint, and the worker that serves it. The retry delays are those of the market.
    private struct WebhookFixture: Sendable {
        let database: any Database
        let worker: WebhookWorker
        let clock: TestClock
        let endpoint: WebhookEndpoint

        init(_ engine: Engine, url: String) async throws {
            let clock = TestClock()
            self.clock = clock
            self.database = try await TestDatabases.make(engine, clock: clock.clock)
            _ = try await self.database.migrate(PlatformSchema.migrations)
            let secrets = try SecretBox(key: [UInt8](0..<32))
            let id = ID<WebhookEndpoint>("0000000000-endpoint-1")
            self.endpoint = WebhookEndpoint(
                id: id,
                surface: "market",
                owner: WebhookTests.owner,
                url: url,
                events: ["b", "a"],
                sealedSecret: try secrets.seal(Array("secret".utf8), context: id.text),
                createdAt: TestClock.start
            )
            let dialect = WebhookDialect(
                surface: "market",
                retryDelaysSeconds: [1, 2, 4],
                body: { event, _, _ in Array(event.payload.utf8) },
                headers: { _, body, secret in [.init("X-Signature", WebhookSignature.hex(body, secret: secret))] }
            )
            self.worker = WebhookWorker(
                database: self.database,
                run: "test",
                dialects: [dialect],
                outbound: Outbound(allowedHosts: ["127.0.0.1"], clock: .system),
                secrets: secrets,
                clock: clock.clock,
                logger: TestDatabases.quiet
            )
            let endpoint = self.endpoint
            try await self.database.write { try $0.webhooks.insert(endpoint) }
        }

        func append(_ type: String, audience: [ID<Identity>] = [WebhookTests.owner]) async throws {
            try await self.database.write { tx in
                try tx.events.append(
                    Event(
                        surface: "market",
                        type: type,
                        subject: "s",
                        audience: audience,
                        payload: "{\"x\":1}",
                        trace: .none
                    )
                )
            }
        }

        /// Runs the worker until the condition holds, at most some seconds.
        func run(until condition: @escaping @Sendable () async throws -> Bool) async throws -> Bool {
            try await withThrowingTaskGroup(of: Bool.self) { group in
                group.addTask {
                    try await self.worker.run()
                    return false
                }
                group.addTask {
                    for _ in 0..<400 {
                        if try await condition() { return true }
                        self.clock.advance(seconds: 1)
                        try await Task.sleep(for: .milliseconds(20))
                    }
                    return false
                }
                defer { group.cancelAll() }
                return try await group.next() ?? false
            }
        }

        func deliveries() async throws -> [WebhookDelivery] {
            try await self.database.read {
                try $0.webhooks.list(deliveriesOf: self.endpoint.id, before: nil, limit: 50).items
            }
        }

        func state() async throws -> WebhookEndpoint.State? {
            try await self.database.read {
                try $0.webhooks.find(self.endpoint.id, of: WebhookTests.owner, surface: "market")?.state
            }
        }
    }

    @Test("an event reaches its audience once, signed, and nobody else", arguments: Engine.available)
    func delivers(engine: Engine) async throws {
        try await FakeHost.serving { host in
            let post = try await WebhookFixture(engine, url: host.url + "/hook")
            try await post.append("a")
            try await post.append("c")
            try await post.append("a", audience: [ID("acc_2")])
            #expect(try await post.run { try await post.deliveries().first?.state == .delivered })
            #expect(host.requests.count == 1)
            let request = (try #require(host.requests.first))
            let header = { (name: String) in request.headers[.init(name)!] ?? "" }
            #expect(header("X-Signature") == WebhookSignature.hex(request.body, secret: Array("secret".utf8)))
            let standard = WebhookSignature.standardHeaders(
                id: header("webhook-id"),
                timestamp: Timestamp(seconds: Int64(header("webhook-timestamp"))!),
                body: request.body,
                secrets: [Array("secret".utf8)]
            )
            #expect(header("webhook-signature") == standard.last?.value)
            await post.database.close()
        }
    }

    @Test("three retries, then the delivery has failed; sending it again by hand works", arguments: Engine.available)
    func retries(engine: Engine) async throws {
        let isUp = Locked(false)
        try await FakeHost.serving({ _ in FakeHost.json(isUp.value ? 200 : 500, [:]) }) { host in
            let post = try await WebhookFixture(engine, url: host.url)
            try await post.append("a")
            #expect(try await post.run { try await post.deliveries().first?.state == .failed })
            #expect(host.requests.count == 4)
            #expect(Set(host.requests.map { $0.headers[.init("webhook-id")!] ?? "" }).count == 1)
            isUp.change { $0 = true }
            let delivery = try await post.deliveries()[0]
            try await post.database.write { try $0.webhooks.redeliver(delivery.id) }
            #expect(try await post.run { try await post.deliveries().first?.state == .delivered })
            let attempts = try await post.database.read { try $0.webhooks.list(attemptsOf: delivery.id) }
            #expect(attempts.map(\.status) == [500, 500, 500, 500, 200])
            await post.database.close()
        }
    }

    @Test("410 disables the endpoint; a replay brings what it missed", arguments: Engine.available)
    func gone(engine: Engine) async throws {
        let status = Locked(410)
        try await FakeHost.serving({ _ in FakeHost.json(status.value, [:]) }) { host in
            let post = try await WebhookFixture(engine, url: host.url)
            try await post.append("a")
            #expect(try await post.run { try await post.state() == .disabled })
            try await post.append("b")
            #expect(try await post.deliveries().count == 1)
            status.change { $0 = 204 }
            let queued = try await post.database.write { tx in
                _ = try tx.webhooks.enable(post.endpoint.id, of: Self.owner, surface: "market")
                return try tx.webhooks.replay(
                    post.endpoint,
                    from: TestClock.start,
                    to: tx.now.adding(seconds: 1),
                    limit: 100
                )
            }
            #expect(queued == 2)
            #expect(try await post.run { try await post.deliveries().filter { $0.state == .delivered }.count == 2 })
            await post.database.close()
        }
    }

    @Test("an endpoint that fails for five days is disabled")
    func failsForDays() async throws {
        try await FakeHost.serving({ _ in FakeHost.json(503, [:]) }) { host in
            let post = try await WebhookFixture(.sqlite, url: host.url)
            try await post.append("a")
            #expect(try await post.run { try await post.deliveries().first?.state == .failed })
            #expect(try await post.state() == .active)
            post.clock.advance(seconds: 5 * 86_400)
            try await post.append("b")
            #expect(try await post.run { try await post.state() == .disabled })
            await post.database.close()
        }
    }
}
