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
import Web

/// The market on a socket of its own, with providers and clients that misbehave: it lives, its ledger balances, and others are
/// served meanwhile.
@Suite("Providers and clients that misbehave")
struct HostileMarketTests {
    /// A live market with a buyer who has money, and a provider.
    private struct Fair: Sendable {
        let server: TestServer
        let port: Int
        let buyer: String
        let provider: String

        static func open(
            limits: ConnectionLimits = ConnectionLimits(),
            settings: [Setting: String] = [:],
            _ body: @escaping @Sendable (Fair) async throws -> Void
        ) async throws {
            let server = try await TestServer(settings: settings, usesSystemClock: true, systemIDs: true)
            let (buyer, provider) = (
                try await server.key(MarketRole.buyer, of: "buyer"),
                try await server.key(MarketRole.provider, of: "provider")
            )
            let admin = try await server.key(MarketRole.admin, of: "ops")
            try await server.serving(limits: limits) { port in
                let fair = Fair(server: server, port: port, buyer: buyer, provider: provider)
                _ = try await fair.post(
                    "/market/api/v1/admin/credits",
                    admin,
                    "{\"buyer_id\":\"buyer\",\"amount\":\"10.00\",\"reason\":\"test\"}"
                )
                try await body(fair)
                // Still there, and every cent accounted for.
                #expect(
                    try await RawClient.status(
                        port: port,
                        "GET /health HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"
                    ) == 200
                )
                #expect(try await server.differences() == [])
            }
        }

        func head(_ method: String, _ path: String, _ key: String?, length: Int? = nil) -> String {
            "\(method) \(path) HTTP/1.1\r\nHost: x\r\n"
                + (key.map { "Authorization: Bearer \($0)\r\n" } ?? "")
                + (length.map { "Content-Length: \($0)\r\n" } ?? "") + "\r\n"
        }

        func post(_ path: String, _ key: String, _ body: String) async throws -> String {
            let client = try RawClient(port: self.port)
            client.send(self.head("POST", path, key, length: body.utf8.count) + body)
            client.closeOutput()
            return try await client.read(milliseconds: 20_000).text
        }

        /// The id of a service at the port.
        func list(_ port: Int, timeout: Int = 1, price: String = "0.01") async throws -> String {
            let answer = try await self.post(
                "/market/api/v1/services",
                self.provider,
                "{\"name\":\"S\",\"endpoint\":\"http://127.0.0.1:\(port)/\",\"price_per_call\":\"\(price)\",\"timeout_seconds\":\(timeout)}"
            )
            let body = answer.bytewise.cut(at: "\r\n\r\n").after ?? ""
            return try #require(JSON.read(body.utf8)["id"]?.string)
        }

        func call(_ service: String) -> String { self.head("GET", "/market/api/v1/proxy/\(service)/", self.buyer) }

        /// The same on a connection that ends with its answer, so that nobody waits for more.
        func lastCall(_ service: String) -> String { Self.last(self.call(service)) }

        static func last(_ head: String) -> String { "\(head.dropLast(1))Connection: close\r\n\r\n" }

        func balance() async throws -> String? {
            let client = try RawClient(port: self.port)
            client.send(self.head("GET", "/market/api/v1/balance", self.buyer))
            client.closeOutput()
            let text = try await client.read(milliseconds: 20_000).text
            return try JSON.read((text.bytewise.cut(at: "\r\n\r\n").after ?? "").utf8)["balance"]?.string
        }
    }

    @Test(
        "a provider that answers what is no HTTP costs its buyer nothing and the server no life",
        arguments: HostileHost.behaviours
    )
    func providers(behaviour: HostileHost.Behaviour) async throws {
        try await Fair.open { fair in
            try await HostileHost.serving(behaviour) { host in
                let service = try await fair.list(host, timeout: behaviour.isAnswer ? 20 : 1)
                let status = try await RawClient.status(port: fair.port, fair.lastCall(service), milliseconds: 8000)
                if behaviour.isAnswer {
                    #expect((200..<500).contains(status ?? 0), "\(behaviour) \(status ?? 0)")
                } else {
                    // Nil where the answer has begun and breaks off.
                    #expect([nil, 200, 502, 504].contains(status), "\(behaviour) \(status ?? 0)")
                }
                if status != 200, !behaviour.isAnswer { #expect(try await fair.balance() == "10.00", "\(behaviour)") }
            }
        }
    }

    @Test("a head that does not end is answered with 408, and its connection closed")
    func slowHead() async throws {
        try await Fair.open(limits: .impatient) { fair in
            let client = try RawClient(port: fair.port)
            client.send("GET /health HTTP/1.1\r\nX: ")
            let answer = try await client.read(milliseconds: 20_000)
            #expect(answer.isClosed)
            #expect(answer.text.bytewise.starts(with: "HTTP/1.1 408"))
        }
    }

    @Test("a body that comes slower than it may is given up, and one that comes well is not")
    func slowBody() async throws {
        try await Fair.open(limits: .impatient) { fair in
            let slow = try RawClient(port: fair.port)
            slow.send(fair.head("POST", "/market/api/v1/keys", nil, length: 100))
            slow.send("{")
            let quick = try RawClient(port: fair.port)
            let body = "{\"owner_id\":\"\(String(repeating: "a", count: 100))\"}"
            quick.send(Fair.last(fair.head("POST", "/market/api/v1/keys", nil, length: body.utf8.count)))
            for piece in stride(from: 0, to: body.utf8.count, by: 40) {
                quick.send(Array(body.utf8.dropFirst(piece).prefix(40)))
                try await Task.sleep(for: .milliseconds(60))
            }
            #expect(try await quick.read(milliseconds: 20_000).text.bytewise.starts(with: "HTTP/1.1 201"))
            #expect(try await slow.read(milliseconds: 20_000).isClosed)
        }
    }

    @Test("a buyer who does not read loses the connection, the provider's too, and others are served meanwhile")
    func reader() async throws {
        try await Fair.open(limits: .impatient) { fair in
            try await HostileHost.serving(.endlessBody) { host in
                let service = try await fair.list(host, timeout: 5)
                let deaf = try RawClient(port: fair.port, receiveBuffer: 4096)
                deaf.send(fair.call(service))
                let open = {
                    try await fair.server.house.database.read {
                        try $0.value("SELECT COUNT(*) FROM market_open_stream") ?? 0
                    }
                }
                var isOver = false
                for _ in 0..<100 where !isOver {
                    try await Task.sleep(for: .milliseconds(100))
                    let count: Int = try await open()
                    let balance = try await fair.balance()
                    isOver = count == 0 && balance == "9.99"
                }
                // Charged, since the answer was given; ended, since nobody took it.
                #expect(isOver)
            }
        }
    }

    /// Why a connection ends with a call.
    private enum Ending: String, CaseIterable {
        case asked, old
    }

    @Test("the last answer of a connection arrives whole at a slow reader", arguments: Ending.allCases)
    private func lastAnswer(ending: Ending) async throws {
        let length = 8 << 20
        let body = ByteBuffer(repeating: UInt8(ascii: "x"), count: length)
        try await FakeHost.serving { _ in
            Response(status: .ok, body: .init(byteBuffer: body))
        } _: { host in
            try await Fair.open { fair in
                let service = try await fair.list(try #require(URL(string: host.url)?.port), timeout: 20)
                let client = try RawClient(port: fair.port, receiveBuffer: 4096)
                let call = fair.call(service)
                switch ending {
                case .asked: client.send(Fair.last(call))
                case .old: client.send(call.replacing("HTTP/1.1", with: "HTTP/1.0"))
                }
                try await Task.sleep(for: .milliseconds(500))
                let text = try await client.read(milliseconds: 20_000).text
                #expect(text.utf8.count { $0 == UInt8(ascii: "x") } >= length)
            }
        }
    }

    @Test("a client that asks again and again without reading is not answered into the memory")
    func deaf() async throws {
        try await Fair.open { fair in
            let client = try RawClient(port: fair.port, receiveBuffer: 4096)
            client.send(String(repeating: "GET /openapi.json HTTP/1.1\r\nHost: x\r\n\r\n", count: 1000))
            let count = {
                let line = Metrics.exposition(of: fair.server.house.metrics.samples()).bytewise.split("\n").first {
                    $0.bytewise.starts(
                        with:
                            "souk_http_requests_total{surface=\"souk\",method=\"GET\",route=\"/openapi.json\",status=\"200\"}"
                    )
                }
                return line.flatMap { Int($0.bytewise.split(" ").last ?? "") } ?? 0
            }
            for _ in 0..<200 where count() == 0 { try await Task.sleep(for: .milliseconds(100)) }
            try await Task.sleep(for: .milliseconds(1000))
            let answered = count()
            // As many as the system's sockets hold.
            #expect(answered > 0 && answered < 200, "\(answered)")
        }
    }

    @Test("when the buyer has left, the provider's answer is not waited for any longer")
    func leaver() async throws {
        let quiet = HostileHost.Behaviour.streamOf("x")
        try await Fair.open { fair in
            try await HostileHost.serving(quiet) { host in
                let service = try await fair.list(host, timeout: 5)
                var client: RawClient? = try RawClient(port: fair.port)
                client?.send(fair.call(service))
                #expect(try await client?.read(milliseconds: 700).text.bytewise.contains("200 OK") == true)
                client = nil
                var count = 1
                for _ in 0..<30 where count > 0 {
                    try await Task.sleep(for: .milliseconds(100))
                    count = try await fair.server.house.database.read {
                        try $0.value("SELECT COUNT(*) FROM market_open_stream") ?? 0
                    }
                }
                #expect(count == 0)
            }
        }
    }

    @Test("an address has its number of connections and no more")
    func connections() async throws {
        try await Fair.open(settings: [.limitsConnectionsPerAddress: "5"]) { fair in
            var clients: [RawClient] = []
            for _ in 0..<5 { clients.append(try RawClient(port: fair.port)) }
            try await Task.sleep(for: .milliseconds(100))
            let sixth = try RawClient(port: fair.port)
            sixth.send("GET /health HTTP/1.1\r\nHost: x\r\n\r\n")
            #expect(try await sixth.read(milliseconds: 500).text == "")
            clients.removeAll()
            try await Task.sleep(for: .milliseconds(300))
        }
    }

    @Test("a long body of a buyer without a cent is not read")
    func unfunded() async throws {
        try await Fair.open { fair in
            let poor = try await fair.server.key(MarketRole.buyer, of: "poor")
            let service = try await fair.list(9)
            let client = try RawClient(port: fair.port)
            client.send(fair.head("POST", "/market/api/v1/proxy/\(service)/", poor, length: 10 << 20))
            let answer = try await client.read(milliseconds: 20_000)
            #expect(answer.text.bytewise.starts(with: "HTTP/1.1 402"))
            #expect(fair.server.house.web.bodies.heldBytes == 0)
        }
    }

    @Test("bodies that are held share a budget, and an address has a part of it")
    func budget() async throws {
        try await Fair.open(settings: [.limitsBodyBytes: "\(64 << 20)"]) { fair in
            let service = try await fair.list(9)
            let megabyte = [UInt8](repeating: 120, count: 1 << 20)
            // Three of nearly 8 MiB are not ended, so that they stay; the next would be more than a quarter of 64 MiB.
            var held: [RawClient] = []
            for _ in 0..<2 {
                let client = try RawClient(port: fair.port)
                client.send(fair.head("POST", "/market/api/v1/proxy/\(service)/", fair.buyer, length: 9 << 20))
                for _ in 0..<7 { client.send(megabyte) }
                held.append(client)
            }
            for _ in 0..<50 where fair.server.house.web.bodies.heldBytes < 14 << 20 {
                try await Task.sleep(for: .milliseconds(50))
            }
            let next = try RawClient(port: fair.port)
            next.send(fair.head("POST", "/market/api/v1/proxy/\(service)/", fair.buyer, length: 9 << 20))
            for _ in 0..<4 { next.send(megabyte) }
            let answer = try await next.read(milliseconds: 20_000).text
            #expect(answer.bytewise.starts(with: "HTTP/1.1 429"))
            #expect(answer.bytewise.contains("Retry-After"))
            held.removeAll()
            for _ in 0..<50 where fair.server.house.web.bodies.heldBytes > 4 << 20 {
                try await Task.sleep(for: .milliseconds(50))
            }
            #expect(fair.server.house.web.bodies.heldBytes <= 4 << 20)
        }
    }

    @Test(
        "other spellings of a path are not read as the path",
        arguments: [
            "//market/api/v1/keys", "/market//api/v1/keys", "/market/./api/v1/keys", "/x/../market/api/v1/keys",
            "/%6darket/api/v1/keys", "/market/api/v1%2fkeys", "/market/api/v1/keys;x=1",
        ]
    )
    func spellings(path: String) async throws {
        try await Fair.open(settings: [.limitsAddressPerMinute: "60"]) { fair in
            let body = "{\"owner_id\":\"a\"}"
            let status = try await RawClient.status(
                port: fair.port,
                fair.head("POST", path, nil, length: body.utf8.count) + body,
                milliseconds: 2000
            )
            #expect(status == 404)
        }
    }

    @Test("guesses at the same time are counted before they are tried")
    func guesses() async throws {
        let server = try await TestServer(systemIDs: true)
        let key = try await server.key(MarketRole.buyer, of: "buyer")
        let (id, secret) = key.bytewise.cut(at: ":")
        let (keyID, right) = (String(id), secret.map(String.init) ?? "")
        try await server.test { client in
            let statuses = try await withThrowingTaskGroup(of: Int.self) { group in
                for number in 0..<110 {
                    let guess = number == 109 ? right : "sec_\(number)"
                    group.addTask {
                        try await client.send(
                            .post,
                            "/market/api/v1/keys/validate",
                            json: ["key_id": .string(keyID), "secret": .string(guess)]
                        ).status
                    }
                }
                return try await group.reduce(into: [Int: Int]()) { $0[$1, default: 0] += 1 }
            }
            #expect(statuses[401, default: 0] <= 5)
            #expect(statuses[429, default: 0] >= 104)
            // A right one gives its try back.
            server.clock.advance(seconds: 61)
            for _ in 0..<10 {
                let answer = try await client.send(
                    .post,
                    "/market/api/v1/keys/validate",
                    json: ["key_id": .string(keyID), "secret": .string(right)]
                )
                #expect(answer.status == 200)
            }
        }
    }

    @Test("letters that join with quotes do not break the search", arguments: Engine.available)
    func search(engine: Engine) async throws {
        let server = try await TestServer(engine: engine)
        let provider = try await server.key(MarketRole.provider, of: "provider")
        try await server.test { client async throws in
            for joiner in Joiners.all {
                for delimiter in ["\"", "'", "\\", "*", ":"] {
                    let text = "a\(joiner)\(delimiter)b\(delimiter)\(joiner)"
                    let found = try await client.send(.get, "/market/api/v1/discover?q=\(HTML.percentEncode(text))")
                    #expect(found.status == 200, "\(joiner.unicodeScalars) \(delimiter)")
                    let listed = try await client.send(
                        .post,
                        "/market/api/v1/services",
                        key: provider,
                        json: [
                            "name": "S", "endpoint": "http://127.0.0.1:9/", "price_per_call": "0.01",
                            "description": .string(text),
                        ]
                    )
                    #expect(listed.status == 201, "\(joiner.unicodeScalars) \(delimiter)")
                }
            }
        }
    }

    @Test("a name with letters that join with brackets is no markup on any page")
    func markup() async throws {
        let server = try await TestServer()
        let provider = try await server.key(MarketRole.provider, of: "provider")
        try await server.test { client in
            let name = "Best\u{0D4E}<script\u{0D4E}>alert(1)\u{0D4E}</script\u{0D4E}>\u{0D4E}\" onload=\"x"
            let listed = try await client.send(
                .post,
                "/market/api/v1/services",
                key: provider,
                json: [
                    "name": .string(name), "endpoint": "http://127.0.0.1:9/", "price_per_call": "0.01",
                    "description": .string(name),
                ]
            )
            let id = try #require(listed.json["id"]?.string)
            for path in ["/market/", "/market/?q=best", "/market/services/\(id)"] {
                let page = try await client.send(.get, path, headers: ["Accept": "text/html"])
                #expect(page.status == 200)
                #expect(!page.body.bytewise.contains("<script"), "\(path)")
                #expect(!page.body.bytewise.contains("onload=\""), "\(path)")
                #expect(page.header("Content-Security-Policy")?.bytewise.contains("form-action 'self'") == true)
            }
        }
    }

    @Test(
        "a head that could be read in two ways is refused, and its connection ends",
        arguments: [
            "GET /health HTTP/1.1\r\n\r\n", "GET /health HTTP/1.1\r\nHost: a\r\nhost: b\r\n\r\n",
            "GET /health HTTP/1.0\r\nHost: a\r\nHost: a\r\n\r\n",
            "POST /market/api/v1/keys HTTP/1.0\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
        ]
    )
    func unclearHeads(head: String) async throws {
        try await Fair.open { fair in
            let client = try RawClient(port: fair.port)
            client.send(head + "GET /health HTTP/1.1\r\nHost: a\r\n\r\n")
            let answer = try await client.read(milliseconds: 20_000)
            #expect(answer.text.bytewise.starts(with: "HTTP/1.1 400 "))
            #expect(answer.text.bytewise.split(" ").filter { $0.bytewise.ends(with: "HTTP/1.1") }.count == 1)
            #expect(answer.isClosed)
            #expect(try await RawClient.status(port: fair.port, "GET /health HTTP/1.0\r\n\r\n") == 200)
        }
    }

    @Test("a bad head behind a good request takes no answer's place")
    func unclearHeadBehind() async throws {
        try await Fair.open { fair in
            try await HostileHost.serving(.late) { host in
                let service = try await fair.list(host, timeout: 20)
                let client = try RawClient(port: fair.port)
                client.send(fair.call(service) + "GET /health HTTP/1.1\r\n\r\n")
                let answer = try await client.read(milliseconds: 20_000)
                let (first, second) = answer.text.bytewise.cut(at: "late")
                #expect(first.bytewise.starts(with: "HTTP/1.1 200 OK"))
                #expect(second?.bytewise.starts(with: "HTTP/1.1 400 ") == true)
                #expect(answer.isClosed)
            }
        }
    }

    @Test("a client that asks first is told to go on, unless it speaks HTTP/1.0 or another answer is under way")
    func expectContinue() async throws {
        try await Fair.open { fair in
            try await HostileHost.serving(.late) { host in
                let service = try await fair.list(host, timeout: 20)
                let ask = { (version: String) in
                    "POST /market/api/v1/keys HTTP/\(version)\r\nHost: x\r\nExpect: 100-continue\r\nContent-Length: 20\r\n\r\n"
                }
                for (text, isTold) in [
                    (ask("1.1"), true), (ask("1.0"), false), (fair.call(service) + ask("1.1"), false),
                ] {
                    let client = try RawClient(port: fair.port)
                    client.send(text)
                    let told = try await client.read(milliseconds: 300).text
                    #expect(told.bytewise.starts(with: "HTTP/1.1 100 ") == isTold, "\(text)")
                }
            }
        }
    }

    @Test("an answer that breaks off costs nothing, but for a buyer who let it wait", arguments: [0, 8000])
    func brokenWhileHeldUp(milliseconds: Int) async throws {
        try await Fair.open { fair in
            try await HostileHost.serving(.breakingOff(after: 24 << 20)) { host in
                let service = try await fair.list(host, timeout: 20)
                let client = try RawClient(port: fair.port)
                client.send(fair.call(service))
                try await Task.sleep(for: .milliseconds(milliseconds))
                #expect(try await client.read(milliseconds: 10_000).isClosed)
                let isHeldUp = milliseconds > 5000
                for _ in 0..<20 where try await fair.balance() != (isHeldUp ? "9.99" : "10.00") {
                    try await Task.sleep(for: .milliseconds(100))
                }
                #expect(try await fair.balance() == (isHeldUp ? "9.99" : "10.00"))
            }
        }
    }

    @Test("the commit that fails on a full disk answers 503, readiness says so, and both come back")
    func fullDisk() async throws {
        let server = try await TestServer(systemIDs: true)
        try await server.test { client in
            let sqlite = try #require(server.house.database as? SQLiteDatabase)
            let make = { @Sendable (owner: String) in
                try await client.send(.post, "/market/api/v1/keys", json: ["owner_id": .string(owner)])
            }
            #expect(try await make("before").status == 201)
            try await sqlite.limitPages(to: 1)
            var refused = try await make("0")
            for number in 1..<500 where refused.status == 201 { refused = try await make("\(number)") }
            #expect(refused.status == 503)
            #expect(refused.header("Retry-After") == "30")
            #expect(try await client.send(.get, "/ready").status == 503)
            try await sqlite.limitPages(to: 1_000_000)
            #expect(try await make("after").status == 201)
            #expect(try await client.send(.get, "/ready").status == 200)
        }
    }
}

extension ConnectionLimits {
    /// For tests: as the usual ones, in a hundredth of the time.
    static let impatient: ConnectionLimits = {
        var limits = ConnectionLimits()
        limits.head = .milliseconds(500)
        limits.bodyGrace = .milliseconds(1500)
        limits.body = .seconds(5)
        limits.leastBytesPerSecond = 20
        limits.stall = .milliseconds(1000)
        limits.tick = .milliseconds(100)
        return limits
    }()
}
