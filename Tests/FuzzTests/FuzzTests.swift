import Foundation
import HTTPTypes
import Kernel
import Market
import Server
import ServerTestKit
import TestKit
import Testing

/// Odd bytes at every reader of what comes from outside: a short seeded run each time, a minute for each with `LONG=1`.
///
/// `scripts/fuzz` runs the same readers under libFuzzer, which looks for inputs that reach new code.
@Suite("Odd bytes", .serialized)
struct FuzzTests {
    private static let isLong = ProcessInfo.processInfo.environment["LONG"] == "1"
    private static let corpus = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "Corpus")

    private static func seeds(_ name: String) -> [[UInt8]] {
        let folder = self.corpus.appending(path: name)
        let files = (try? FileManager.default.contentsOfDirectory(at: folder, includingPropertiesForKeys: nil)) ?? []
        return files.sorted { $0.path < $1.path }.compactMap { try? [UInt8](Data(contentsOf: $0)) }
    }

    /// Tells the input with what it broke.
    private static func run(_ target: FuzzTarget, _ input: [UInt8]) {
        do { try target.run(input) } catch {
            Issue.record("\(target): \(error) with \(Data(input).base64EncodedString()) (base64)")
        }
    }

    /// How often is tried: so many times, or for a minute in a long run.
    private struct Tries {
        private let short: Int
        private let start = ContinuousClock.now
        private var count = 0

        init(_ short: Int) { self.short = short }

        mutating func next() -> Bool {
            self.count += 1
            return FuzzTests.isLong ? ContinuousClock.now - self.start <= .seconds(60) : self.count <= self.short
        }
    }

    @Test("end no reader", arguments: FuzzTarget.all)
    func readers(target: FuzzTarget) {
        let seeds = Self.seeds(target.name)
        #expect(!seeds.isEmpty)
        for seed in seeds { Self.run(target, seed) }
        var mutator = Mutator(seed: Self.isLong ? UInt64(Date.now.timeIntervalSince1970) : 1, seeds: seeds)
        var tries = Tries(3000)
        while tries.next() {
            Self.run(target, mutator.next())
        }
    }

    /// One kind of request: where it goes, and where the odd bytes stand.
    struct Request: Sendable, CustomTestStringConvertible {
        let method: HTTPRequest.Method
        let path: String
        let corpus: String
        /// Nil for the body, `path` for the end of the path, else a header.
        let place: String?
        var type = "application/json"

        var testDescription: String { "\(self.method) \(self.path) \(self.place ?? "body")" }
    }

    static let requests = [
        Request(method: .post, path: "/market/api/v1/keys", corpus: "json", place: nil),
        Request(method: .post, path: "/market/api/v1/services", corpus: "json", place: nil),
        Request(method: .post, path: "/market/api/v1/webhooks", corpus: "json", place: nil),
        Request(
            method: .post,
            path: "/market/sign-in",
            corpus: "forms",
            place: nil,
            type: "application/x-www-form-urlencoded"
        ),
        Request(
            method: .post,
            path: "/affiliate/sign-up",
            corpus: "multipart",
            place: nil,
            type: "multipart/form-data; boundary=b"
        ),
        Request(method: .post, path: "/affiliate/api/mcp.php", corpus: "json", place: nil),
        Request(
            method: .post,
            path: "/affiliate/api/postback",
            corpus: "forms",
            place: nil,
            type: "application/x-www-form-urlencoded"
        ),
        Request(method: .post, path: "/market/api/v1/rails/paypal/callback", corpus: "payments", place: nil),
        Request(method: .post, path: "/market/api/v1/rails/nowpayments/callback", corpus: "payments", place: nil),
        Request(method: .get, path: "", corpus: "paths", place: "path"),
        Request(method: .get, path: "/market/api/v1/discover?q=", corpus: "search", place: "path"),
        Request(method: .get, path: "/affiliate/t/", corpus: "search", place: "path"),
        Request(method: .get, path: "/market/", corpus: "headers", place: "Cookie"),
        Request(method: .get, path: "/affiliate/", corpus: "headers", place: "Accept-Language"),
        Request(method: .get, path: "/market/api/v1/balance", corpus: "headers", place: "Authorization"),
        Request(method: .get, path: "/market/api/v1/services", corpus: "headers", place: "traceparent"),
        Request(method: .get, path: "/market/api/v1/services", corpus: "headers", place: "X-Forwarded-For"),
        Request(method: .get, path: "/market/api/v1/services", corpus: "headers", place: "Origin"),
        Request(method: .post, path: "/market/api/v1/deposits", corpus: "headers", place: "Idempotency-Key"),
        Request(method: .get, path: "/market/api/v1/usage?from=", corpus: "moments", place: "path"),
    ]

    @Test("are an error of the client and never one of the server", arguments: requests)
    func surfaces(request: Request) async throws {
        let settings = FakePayPal.settings(url: "http://127.0.0.1:9").merging(
            FakeNOWPayments.settings(url: "http://127.0.0.1:9")
        ) { $1 }
        let server = try await TestServer(settings: settings, systemIDs: true)
        let key = try await server.key(MarketRole.provider, of: "provider")
        try await server.test { client in
            var tries = Tries(150)
            var mutator = Mutator(seed: 2, seeds: Self.seeds(request.corpus))
            while tries.next() {
                let odd = String(decoding: mutator.next(), as: UTF8.self)
                var (path, headers) = (request.path, ["Content-Type": request.type])
                switch request.place {
                case nil: break
                case "path"?: path += odd
                case let name?: headers[name] = odd
                }
                // The test's own client takes no target with a blank or a control in it, as the parser of the socket does not.
                guard path.utf8.allSatisfy({ $0 > 32 && $0 != 127 }) else { continue }
                let isPublic = request.place == "Authorization"
                let answer = try await client.send(
                    request.method,
                    path.isEmpty ? "/" : path,
                    key: isPublic ? nil : key,
                    headers: headers,
                    body: request.place == nil ? odd : nil
                )
                #expect(
                    answer.status < 500 || answer.status == 503,
                    "\(request.testDescription) \(Data(odd.utf8).base64EncodedString())"
                )
            }
        }
    }

    @Test("on the wire end no connection but their own")
    func wire() async throws {
        let server = try await TestServer(usesSystemClock: true, systemIDs: true)
        try await server.serving { port in
            let seeds = [
                "GET /market/api/v1/services HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n",
                "POST /market/api/v1/keys HTTP/1.1\r\nHost: x\r\nContent-Length: 16\r\nConnection: close\r\n\r\n{\"owner_id\":\"a\"}",
                "POST /market/api/v1/keys HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n10\r\n{\"owner_id\":\"a\"}\r\n0\r\n\r\n",
            ].map { Array($0.utf8) }
            var mutator = Mutator(seed: 3, seeds: seeds)
            var tries = Tries(200)
            while tries.next() {
                let client = try RawClient(port: port)
                client.send(mutator.next())
                client.closeOutput()
                let answer = try await client.read(milliseconds: 50).text
                #expect(!answer.bytewise.starts(with: "HTTP/1.1 500"))
            }
            #expect(
                try await RawClient.status(port: port, "GET /health HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
                    == 200
            )
        }
    }

    @Test("of a provider are an answer or an error")
    func answers() async throws {
        let seeds = [
            "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 2\r\n\r\n{}",
            "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n",
            "HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\nHTTP/1.1 204 No Content\r\n\r\n",
        ].map { Array($0.utf8) }
        var mutator = Mutator(seed: 4, seeds: seeds)
        var tries = Tries(200)
        while tries.next() {
            let text = String(decoding: mutator.next(), as: UTF8.self)
            try await HostileHost.answering(text)
        }
    }
}
