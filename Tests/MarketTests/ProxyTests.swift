import Foundation
import HTTPTypes
import Hummingbird
import Kernel
import Ledger
import Market
import NIOCore
import Platform
import Server
import ServerTestKit
import Storage
import TestKit
import Testing

@Suite("The payment proxy")
struct ProxyTests {
    /// A server with a provider's service at the fake host and a buyer with money.
    private struct Fixture: Sendable {
        let server: TestServer
        let client: TestClient
        let provider: String
        let buyer: String
        let service: String

        func call(
            _ path: String = "/",
            method: HTTPRequest.Method = .post,
            headers: [String: String] = [:],
            body: String = "x"
        ) async throws
            -> TestClient.Answer
        {
            let url = "/market/api/v1/proxy/\(self.service)\(path)"
            return try await self.client.send(method, url, key: self.buyer, headers: headers, body: body)
        }

        func balance() async throws -> [String?] {
            let json = try await self.client.send(.get, "/market/api/v1/balance", key: self.buyer).json
            return [json["balance"]?.string, json["reserved"]?.string]
        }

        /// What the ledger and the figures say against their records.
        func verify() async throws -> [String] {
            try await self.server.house.database.read { tx in
                try tx.ledger.verify().map(\.description) + self.server.slice(Market.self).verify(in: tx)
            }
        }
    }

    private func fixture(
        _ engine: Engine = .sqlite,
        price: String = "0.50",
        freeCalls: Int64 = 0,
        credit: String = "100.00",
        settings: [Setting: String] = [:],
        timeout: Int64 = 10,
        trace: (@Sendable (String) -> Void)? = nil,
        answering handler: @escaping FakeHost.Handler = FakeHost.echo,
        _ body: @escaping @Sendable (Fixture, FakeHost) async throws -> Void
    ) async throws {
        try await FakeHost.serving(handler) { host in
            let server = try await TestServer(engine: engine, settings: settings, systemIDs: true, trace: trace)
            let provider = try await server.key(MarketRole.provider, of: "provider")
            let buyer = try await server.key(MarketRole.buyer, of: "buyer")
            let admin = try await server.key(MarketRole.admin, of: "ops")
            try await server.test { client in
                let listed = try await client.send(
                    .post,
                    "/market/api/v1/services",
                    key: provider,
                    json: [
                        "name": "Echo", "endpoint": .string(host.url + "/v1"), "price_per_call": .string(price),
                        "free_tier_calls": .integer(freeCalls), "timeout_seconds": .integer(timeout),
                    ]
                )
                if credit != "0" {
                    let credited = try await client.send(
                        .post,
                        "/market/api/v1/admin/credits",
                        key: admin,
                        json: ["buyer_id": "buyer", "amount": .string(credit), "reason": "test"]
                    )
                    #expect(credited.status == 201)
                }
                let service = try #require(listed.json["id"]?.string)
                try await body(
                    Fixture(server: server, client: client, provider: provider, buyer: buyer, service: service),
                    host
                )
            }
        }
    }

    /// The statuses of many calls at once, counted.
    private func statuses(_ fixture: Fixture, _ count: Int, headers: [String: String] = [:]) async throws -> [Int: Int]
    {
        try await withThrowingTaskGroup(of: Int.self) { group in
            for _ in 0..<count { group.addTask { try await fixture.call(headers: headers).status } }
            return try await group.reduce(into: [:]) { $0[$1, default: 0] += 1 }
        }
    }

    @Test("money for 100 calls answers exactly 100 of 1,000 at once", arguments: Engine.available)
    func neverOverspends(engine: Engine) async throws {
        try await self.fixture(engine, credit: "50.00") { fixture, host async throws in
            #expect(try await self.statuses(fixture, 1000) == [200: 100, 402: 900])
            #expect(host.requests.count == 100)
            #expect(try await fixture.balance() == ["0.00", "0.00"])
            #expect(try await fixture.verify() == [])
        }
    }

    /// A figure that grows is a loss: every paid call pays for it.
    @Test("a paid call takes few statements and little of the log")
    func cost() async throws {
        let statements = Locked<[String]>([])
        try await self.fixture(trace: { text in statements.change { $0.append(text) } }) { fixture, _ async throws in
            for _ in 0..<3 { #expect(try await fixture.call().status == 200) }
            let log = "\(fixture.server.house.configuration.database)-wal"
            let size = { try FileManager.default.attributesOfItem(atPath: log)[.size] as? Int ?? 0 }
            statements.change { $0 = [] }
            let before = try size()
            for _ in 0..<10 { #expect(try await fixture.call().status == 200) }
            let bytes = try size() - before
            let texts = statements.value
            #expect(texts.count <= 8 * 10, "\(texts.prefix(10).joined(separator: "\n"))")
            // A call that is alone writes each page for itself; 32 at once share them.
            #expect(bytes <= 10 * 45_000)
        }
    }

    @Test("a call is one commit where one server has the database, and a refused one none")
    func commits() async throws {
        try await self.fixture(credit: "5.00") { fixture, _ async throws in
            let database = try #require(fixture.server.house.database as? SQLiteDatabase)
            let key = { (number: Int) in ["Idempotency-Key": "\(number)"] }
            #expect(try await fixture.call().status == 200)
            let before = database.commitCount
            for number in 0..<9 { #expect(try await fixture.call(headers: key(number)).status == 200) }
            // The balance, now empty, is read once more before each refusal: a commit that writes nothing.
            let after = database.commitCount
            #expect((9...11).contains(after - before), "\(after - before)")
            #expect(try await fixture.call(headers: key(0)).header("Idempotency-Replayed") == "true")
            #expect(try await fixture.call().status == 402)
            #expect(try await fixture.verify() == [])
        }
    }

    @Test("a free tier of 50 answers exactly 50 free calls at once", arguments: Engine.available)
    func freeTier(engine: Engine) async throws {
        try await self.fixture(engine, freeCalls: 50, credit: "0") { fixture, _ async throws in
            #expect(try await self.statuses(fixture, 200) == [200: 50, 402: 150])
        }
    }

    @Test("a free call that failed does not count", arguments: Engine.available)
    func freeTierFailure(engine: Engine) async throws {
        try await self.fixture(engine, freeCalls: 1, credit: "0") { fixture, _ async throws in
            #expect(try await fixture.call("/?status=500").header("X-ACF-Free-Tier") == "false")
            #expect(try await fixture.call("/").header("X-ACF-Free-Tier") == "true")
            #expect(try await fixture.call("/").status == 402)
        }
    }

    @Test(
        "500 and above costs nothing, and below 500 costs the price",
        arguments: [200, 204, 301, 402, 404, 499, 500, 503]
    )
    func charging(status: Int) async throws {
        try await self.fixture { fixture, _ async throws in
            let answer = try await fixture.call("/?status=\(status)")
            #expect(answer.status == status)
            #expect(answer.header("X-ACF-Amount") == (status < 500 ? "0.50" : "0"))
            #expect(try await fixture.balance()[0] == (status < 500 ? "99.50" : "100.00"))
            #expect(try await fixture.verify() == [])
        }
    }

    @Test("a provider that does not answer in time is 504, one that is not there 502; neither costs anything")
    func unreachable() async throws {
        try await self.fixture(
            timeout: 1,
            answering: { request in
                if request.path == "/v1/slow" { try await Task.sleep(for: .seconds(3)) }
                return FakeHost.json(200, [:])
            }
        ) { fixture, _ async throws in
            let late = try await fixture.call("/slow")
            #expect(late.status == 504)
            #expect(late.json["detail"]?.string == "Provider timeout")
            #expect(late.header("X-ACF-Amount") == "0")
            _ = try await fixture.client.send(
                .patch,
                "/market/api/v1/services/\(fixture.service)",
                key: fixture.provider,
                json: ["endpoint": "http://127.0.0.1:1/"]
            )
            let gone = try await fixture.call()
            #expect(gone.status == 502)
            #expect(gone.json["detail"]?.string == "Provider unreachable")
            #expect(try await fixture.balance() == ["100.00", "0.00"])
        }
    }

    @Test("after five failures in a row the circuit is open for a minute, then one call is tried")
    func circuit() async throws {
        try await self.fixture { fixture, host async throws in
            for _ in 0..<5 { #expect(try await fixture.call("/?status=500").status == 500) }
            let refused = try await fixture.call()
            #expect(refused.status == 503)
            #expect(refused.header("Retry-After") == "60")
            #expect(host.requests.count == 5)
            fixture.server.clock.advance(seconds: 60)
            #expect(try await fixture.call().status == 200)
            #expect(try await fixture.call().status == 200)
        }
    }

    @Test(
        "the same key and request are charged once and answered alike; another request is refused",
        arguments: Engine.available
    )
    func idempotency(engine: Engine) async throws {
        try await self.fixture(engine) { fixture, host async throws in
            let headers = ["Idempotency-Key": "k1"]
            let first = try await fixture.call(headers: headers)
            let second = try await fixture.call(headers: headers)
            #expect(first.body == second.body)
            #expect(second.header("Idempotency-Replayed") == "true")
            #expect(first.header("X-ACF-Usage-Id") == second.header("X-ACF-Usage-Id"))
            #expect(try await fixture.call(headers: headers, body: "other").status == 422)
            #expect(host.requests.count == 1)
            #expect(try await fixture.balance()[0] == "99.50")
            #expect(try await fixture.call("/?status=500", headers: ["Idempotency-Key": "k2"]).status == 500)
            #expect(try await fixture.call("/?status=500", headers: ["Idempotency-Key": "k2"]).status == 500)
            #expect(host.requests.count == 3)
        }
    }

    @Test("64 repetitions at once are charged once")
    func idempotencyAtOnce() async throws {
        try await self.fixture(answering: { _ in
            try await Task.sleep(for: .milliseconds(200))
            return FakeHost.json(200, [:])
        }) { fixture, host async throws in
            let statuses = try await self.statuses(fixture, 64, headers: ["Idempotency-Key": "k"])
            #expect(statuses[200, default: 0] + statuses[409, default: 0] == 64)
            #expect(host.requests.count == 1)
            #expect(try await fixture.balance()[0] == "99.50")
        }
    }

    @Test("of a provider's headers the harmless pass, and others come under a name that nobody acts on")
    func allowedHeaders() async throws {
        let odd = [
            "NEL", "Report-To", "Reporting-Endpoints", "Content-Security-Policy-Report-Only", "X_ACF_Amount",
            "Clear-Site-Data",
            "Service-Worker-Allowed", "Strict-Transport-Security", "Set-Cookie", "WWW-Authenticate", "X-Accel-Redirect",
            "Alt-Svc",
            "Access-Control-Allow-Origin", "X-Frame-Options", "Location", "Cache-Control", "Link", "Refresh",
            "SourceMap", "X-Unknown",
        ]
        let handler: FakeHost.Handler = { _ in
            var response = FakeHost.json(200, [:])
            for name in odd { response.headers[.init(name)!] = "forged" }
            response.headers[.eTag] = "\"1\""
            response.headers[.init("X-Total-Count")!] = "7"
            return response
        }
        try await self.fixture(answering: handler) { fixture, _ async throws in
            let answer = try await fixture.call()
            for name in odd {
                #expect(!answer.headers[values: .init(name)!].contains("forged"), "\(name)")
                #expect(answer.header("X-Provider-\(name)") == "forged", "\(name)")
            }
            #expect(answer.header("ETag") == "\"1\"")
            #expect(answer.header("X-Total-Count") == "7")
            #expect(answer.header("Content-Type") == "application/json")
        }
    }

    @Test(
        "dot segments are refused however they are written",
        arguments: [
            "/..", "/a/../b", "/%2e%2e/b", "/.%2E/b", "/a/..;/b", "/a/..;x=1/b", "/a/%2e%2e%3b/b", "/a\\..\\b",
            "/a/%5c..%5cb", "/%252e%252e/b",
            "/a/%0D4E/../b", "/%E0%B5%8E/../b", "/a%E0%B5%8E/..%2fb",
        ]
    )
    func dotSegments(path: String) async throws {
        try await self.fixture { fixture, host async throws in
            let answer = try await fixture.call(path)
            #expect(answer.status == 400, "\(path)")
            #expect(host.requests.isEmpty)
        }
    }

    @Test("the buyer's credentials are not forwarded, and neither side can forge billing headers")
    func headers() async throws {
        let handler: FakeHost.Handler = { _ in
            var response = FakeHost.json(200, [:])
            response.headers[.init("X-ACF-Amount")!] = "0"
            response.headers[.init("X-ACF-Usage-Id")!] = "forged"
            response.headers[.init("PAYMENT-RESPONSE")!] = "forged"
            response.headers.append(HTTPField(name: .setCookie, value: "a=1"))
            response.headers.append(HTTPField(name: .setCookie, value: "b=2"))
            return response
        }
        try await self.fixture(answering: handler) { fixture, host async throws in
            let answer = try await fixture.call(
                "/a%2Fb/c?q=1&q=2&e=%20",
                headers: [
                    "Cookie": "secret=1", "X-ACF-Admin": "1", "X-PAYMENT": "x", "Connection": "X-Hop", "X-Hop": "1",
                    "X-End": "kept",
                    "X-Forwarded-For": "6.6.6.6", "Proxy-Authorization": "Basic x",
                ]
            )
            #expect(answer.header("X-ACF-Amount") == "0.50")
            #expect(answer.header("PAYMENT-RESPONSE") == nil)
            #expect(answer.headers[values: .setCookie] == [])
            let seen = try #require(host.requests.first)
            #expect(seen.path == "/v1/a%2Fb/c?q=1&q=2&e=%20")
            let names = Set(seen.headers.map(\.name.canonicalName))
            for forbidden in ["authorization", "cookie", "x-acf-admin", "x-payment", "x-hop", "proxy-authorization"] {
                #expect(!names.contains(forbidden), "\(forbidden)")
            }
            #expect(seen.headers[.init("X-End")!] == "kept")
            #expect(seen.headers[.init("X-Forwarded-For")!] != "6.6.6.6")
            #expect(seen.headers[.init("X-ACF-Usage-Id")!] == answer.header("X-ACF-Usage-Id"))
        }
    }

    @Test("a stream that the provider breaks off gives the charge back")
    func brokenStream() async throws {
        struct Broken: Error {}
        let handler: FakeHost.Handler = { _ in
            Response(
                status: .ok,
                body: ResponseBody { writer in
                    try await writer.write(ByteBuffer(string: "begun"))
                    try await Task.sleep(for: .milliseconds(100))
                    throw Broken()
                }
            )
        }
        try await self.fixture(answering: handler) { fixture, _ async throws in
            _ = try? await fixture.call()
            for _ in 0..<100 where try await fixture.balance()[0] != "100.00" {
                try await Task.sleep(for: .milliseconds(20))
            }
            #expect(try await fixture.balance() == ["100.00", "0.00"])
            let usage = try await fixture.client.send(.get, "/market/api/v1/usage", key: fixture.buyer).json["usage"]?
                .array?.first
            #expect(usage?["outcome"]?.string == "broken")
            #expect(usage?["amount"]?.string == "0.00")
            let id = try #require(usage?["id"]?.string)
            let chain = try await fixture.server.house.database.read { try $0.ledger.why("\(id).reversal") }
            #expect(chain.map(\.reference.text) == ["\(id).reversal", id])
            #expect(try await fixture.verify() == [])
        }
    }

    @Test("a short answer may take longer than the time to its head")
    func slowShortAnswer() async throws {
        let handler: FakeHost.Handler = { _ in
            Response(
                status: .ok,
                body: ResponseBody(contentLength: 10) { writer in
                    try await writer.write(ByteBuffer(string: "begun"))
                    try await Task.sleep(for: .milliseconds(3500))
                    try await writer.write(ByteBuffer(string: "ended"))
                    try await writer.finish(nil)
                }
            )
        }
        // The head has to come within it, on a busy machine too.
        try await self.fixture(timeout: 3, answering: handler) { fixture, _ async throws in
            #expect(try await fixture.call().body == "begunended")
            #expect(try await fixture.balance() == ["99.50", "0.00"])
        }
    }

    @Test("a short answer without a length is kept for a repetition, once it has ended")
    func streamedRepetition() async throws {
        let handler: FakeHost.Handler = { _ in
            Response(
                status: .ok,
                body: ResponseBody { writer in
                    try await writer.write(ByteBuffer(string: "streamed"))
                    try await writer.finish(nil)
                }
            )
        }
        try await self.fixture(answering: handler) { fixture, host async throws in
            for expected in [nil, "true"] as [String?] {
                let answer = try await fixture.call(headers: ["Idempotency-Key": "once"])
                #expect(answer.status == 200)
                #expect(answer.body == "streamed")
                #expect(answer.header("Idempotency-Replayed") == expected)
            }
            #expect(host.requests.count == 1)
            #expect(try await fixture.balance() == ["99.50", "0.00"])
            #expect(try await fixture.verify() == [])
        }
    }

    @Test(
        "a path that is not percent-encoded UTF-8 is refused before anything is charged",
        arguments: ["/%80", "/a/%ff", "/%c0%af/x", "/%zz", "/x?q=%80"]
    )
    func pathEncoding(path: String) async throws {
        try await self.fixture { fixture, host async throws in
            #expect(try await fixture.call(path).status == 400)
            #expect(host.requests.isEmpty)
            #expect(try await fixture.balance() == ["100.00", "0.00"])
        }
    }

    @Test("a provider that changes the protocol, or answers no status, has failed", arguments: [101, 999])
    func oddStatus(status: Int) async throws {
        try await self.fixture { fixture, _ async throws in
            #expect(try await fixture.call("/?status=\(status)").status == 502)
            #expect(try await fixture.balance() == ["100.00", "0.00"])
        }
    }

    @Test("a request of 10 MiB passes, one byte more is refused and reserves nothing")
    func requestLimit() async throws {
        try await self.fixture { fixture, host async throws in
            let most = String(repeating: "a", count: 10 * 1024 * 1024)
            #expect(try await fixture.call(body: most).status == 200)
            #expect(try await fixture.call(body: most + "a").status == 413)
            #expect(host.requests.map(\.body.count) == [most.utf8.count])
            #expect(try await fixture.balance() == ["99.50", "0.00"])
        }
    }

    @Test("scheme and host may be written in capitals")
    func capitals() async throws {
        try await self.fixture(settings: [.outboundAllow: "127.0.0.1,localhost"]) { fixture, host async throws in
            let url = host.url.replacing("http://127.0.0.1", with: "HTTP://LOCALHOST")
            let path = "/market/api/v1/services/\(fixture.service)"
            let moved = try await fixture.client.send(
                .patch,
                path,
                key: fixture.provider,
                json: ["endpoint": .string(url)]
            )
            #expect(moved.status == 200)
            #expect(try await fixture.call().status == 200)
        }
    }

    @Test("a stream whose process has died gives the charge back, once")
    func lostStream() async throws {
        try await self.fixture { fixture, _ async throws in
            let usage = try #require(try await fixture.call().header("X-ACF-Usage-Id"))
            #expect(try await fixture.balance() == ["99.50", "0.00"])
            for _ in 0..<2 {
                try await fixture.server.house.database.write { tx in
                    try tx.execute(
                        "INSERT INTO market_open_stream (usage_id, node, lost_at) VALUES (\(usage), 'dead', \(tx.now))"
                    )
                }
                try await fixture.server.slice(Market.self).sweep()
                #expect(try await fixture.balance() == ["100.00", "0.00"])
            }
            #expect(try await fixture.verify() == [])
        }
    }

    @Test("32 connections to a provider that answers before it reads the request: nothing breaks")
    func earlyAnswers() async throws {
        try await self.fixture(price: "0.01") { fixture, _ async throws in
            try await EarlyAnswerer.serving { port in
                _ = try await fixture.client.send(
                    .patch,
                    "/market/api/v1/services/\(fixture.service)",
                    key: fixture.provider,
                    json: ["endpoint": .string("http://127.0.0.1:\(port)/")]
                )
                let body = String(repeating: "x", count: 200_000)
                try await withThrowingTaskGroup(of: Int.self) { group in
                    for _ in 0..<32 {
                        group.addTask {
                            var last = 0
                            for _ in 0..<10 { last = try await fixture.call(body: body).status }
                            return last
                        }
                    }
                    for try await status in group { #expect([405, 502, 503].contains(status)) }
                }
                #expect(try await fixture.verify() == [])
            }
        }
    }

    @Test("a reservation that a crash has left is released")
    func sweeping() async throws {
        try await self.fixture(freeCalls: 1) { fixture, _ async throws in
            let database = fixture.server.house.database
            let buyer = try await database.read {
                try $0.value("SELECT id FROM identity WHERE name = 'buyer'", as: String.self)!
            }
            try await database.write { tx in
                let key = { (purpose: AccountKey.Purpose) in AccountKey(owner: buyer, purpose: purpose, currency: .usdc)
                }
                try tx.ledger.post(
                    Posting(
                        "left",
                        from: try tx.ledger.open(key(.prepaid)),
                        to: try tx.ledger.open(key(.earnings)),
                        amount: 500_000 as Amount<USDC>,
                        phase: .pending(expiresAt: tx.now.adding(seconds: 90)),
                        origin: Origin(kind: "call", subject: "left", traceID: nil, requestID: nil)
                    )
                )
            }
            #expect(try await fixture.balance() == ["100.00", "0.50"])
            fixture.server.clock.advance(seconds: 90)
            try await fixture.server.slice(Market.self).sweep()
            #expect(try await fixture.balance() == ["100.00", "0.00"])
        }
    }
}
