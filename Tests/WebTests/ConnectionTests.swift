import Kernel
import NIOCore
import Server
import ServerTestKit
import TestKit
import Testing
import Web

@Suite("Connections and their requests")
struct ConnectionTests {
    private static let health = "GET /health HTTP/1.1\r\nHost: x\r\n"

    /// Sends the bytes on one connection, and reads until it ends, or has brought as many answers; what comes at once after them is read,
    /// too.
    private func ask(
        _ text: String,
        answers: Int = .max,
        limits: ConnectionLimits = ConnectionLimits(),
        closesOutput: Bool = false
    ) async throws -> (text: String, isClosed: Bool) {
        try await TestServer().serving(limits: limits) { port in
            let client = try RawClient(port: port)
            client.send(text)
            if closesOutput { client.closeOutput() }
            return try await self.read(client, answers: answers)
        }
    }

    private func read(_ client: RawClient, answers: Int) async throws -> (text: String, isClosed: Bool) {
        var (text, isClosed) = ("", false)
        for _ in 0..<200 where !isClosed && self.statuses(text).count < answers {
            let more = try await client.read(milliseconds: 100)
            (text, isClosed) = (text + more.text, more.isClosed)
        }
        guard !isClosed else { return (text, true) }
        let more = try await client.read(milliseconds: 200)
        return (text + more.text, more.isClosed)
    }

    private func statuses(_ text: String) -> [String] {
        text.replacing("HTTP/1.1 ", with: "\u{1}").bytewise.split("\u{1}", keepsEmpty: true).dropFirst().map {
            String($0.bytewise.cut(at: " ").before)
        }
    }

    @Test("a connection stays open after an answer, and says so to a client of HTTP/1.0 that asks")
    func keptOpen() async throws {
        #expect(try await self.ask(Self.health + "\r\n", answers: 1).isClosed == false)
        let old = try await self.ask("GET /health HTTP/1.0\r\nConnection: keep-alive\r\n\r\n", answers: 1)
        #expect(!old.isClosed)
        #expect(old.text.bytewise.contains("\r\nConnection: keep-alive\r\n"))
    }

    @Test(
        "a connection ends after an answer when its client wants so",
        arguments: [
            "GET /health HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n", "GET /health HTTP/1.0\r\n\r\n",
        ]
    )
    func ends(request: String) async throws {
        let answer = try await self.ask(request)
        #expect(answer.isClosed)
        #expect(answer.text.bytewise.contains("\r\nConnection: close\r\n"))
        #expect(self.statuses(answer.text) == ["200"])
    }

    @Test("requests that come at once are answered in their order")
    func pipeline() async throws {
        let requests = ["/health", "/none", "/health", "/none"].map { "GET \($0) HTTP/1.1\r\nHost: x\r\n\r\n" }
        let answer = try await self.ask(requests.joined(), closesOutput: true)
        #expect(self.statuses(answer.text) == ["200", "404", "200", "404"])
        #expect(answer.isClosed)
    }

    @Test("a client that has sent everything and closed its side is answered")
    func halfClosed() async throws {
        let answer = try await self.ask(Self.health + "\r\n", closesOutput: true)
        #expect(self.statuses(answer.text) == ["200"])
        #expect(answer.isClosed)
    }

    @Test("HEAD has the length of the answer and no body, also on the host's own paths")
    func head() async throws {
        let answer = try await self.ask(
            "HEAD /health HTTP/1.1\r\nHost: x\r\n\r\n" + Self.health + "\r\n",
            answers: 2
        )
        let (first, rest) = answer.text.bytewise.cut(at: "\r\n\r\n")
        #expect(first.bytewise.contains("\r\nContent-Length: "))
        #expect(rest?.bytewise.starts(with: "HTTP/1.1 200 ") == true)
    }

    @Test("an answer without a body has no length", arguments: ["OPTIONS"])
    func noBody(method: String) async throws {
        let answer = try await self.ask("\(method) /market/api/v1/services HTTP/1.1\r\nHost: x\r\n\r\n", answers: 1)
        #expect(self.statuses(answer.text) == ["204"])
        #expect(!answer.text.lowercased().bytewise.contains("content-length"))
    }

    @Test("a body that nobody reads is passed over, and the next request is answered", arguments: [10, 300_000])
    func unreadBody(length: Int) async throws {
        let body = String(repeating: "x", count: length)
        let answer = try await self.ask(
            "POST /none HTTP/1.1\r\nHost: x\r\nContent-Length: \(length)\r\n\r\n\(body)" + Self.health + "\r\n",
            answers: 2
        )
        #expect(self.statuses(answer.text) == ["404", "200"])
        let chunked =
            "POST /none HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n\(String(length, radix: 16))\r\n\(body)\r\n0\r\n\r\n"
        let other = try await self.ask(chunked + Self.health + "\r\n", answers: 2)
        #expect(self.statuses(other.text) == ["404", "200"])
    }

    @Test(
        "what is no request is answered with 400 once, and the answer arrives although the client goes on",
        arguments: [
            "HELLO\r\n\r\n", "GET / HTTP/9.9\r\n\r\n", "\u{0}\u{1}\u{2}", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
            "GET /health HTTP/1.1\r\nHost: x\r\nContent-Length: x\r\n\r\n",
            "GET /health HTTP/1.1\r\nHost: x\r\nno colon\r\n\r\n",
            "POST /health HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n",
        ]
    )
    func malformed(request: String) async throws {
        let answer = try await self.ask(request + String(repeating: "y", count: 100_000))
        #expect(self.statuses(answer.text) == ["400"])
        #expect(answer.isClosed)
    }

    @Test("a body that turns out malformed ends its connection without a second answer")
    func malformedBody() async throws {
        let answer = try await self.ask(
            "POST /none HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\nzz\r\n"
        )
        #expect(self.statuses(answer.text).count == 1)
        #expect(answer.isClosed)
    }

    @Test("a connection without requests ends after its time, but not while an answer is under way")
    func idle() async throws {
        var limits = ConnectionLimits()
        limits.idle = .milliseconds(300)
        limits.tick = .milliseconds(50)
        let answer = try await self.ask(Self.health + "\r\n", limits: limits)
        #expect(self.statuses(answer.text) == ["200"])
        #expect(answer.isClosed)
        #expect(try await self.ask("", limits: limits).isClosed)
    }

    @Test("a client that could have switched to another protocol is told that its connection ends")
    func upgrade() async throws {
        for request in [
            "GET /health HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: h2c\r\n\r\n",
            "CONNECT a:80 HTTP/1.1\r\nHost: a:80\r\n\r\n",
        ] {
            let answer = try await self.ask(request)
            #expect(answer.isClosed)
            #expect(answer.text.bytewise.contains("\r\nConnection: close\r\n"))
        }
    }

    @Test(
        "a host or a coding that two servers could read in two ways is refused",
        arguments: [
            "Host: a b", "Host: a/b", "Host: x@y", "Host: x\r\nTransfer-Encoding: gzip, chunked",
            "Host: x\r\nTransfer-Encoding: identity\r\nTransfer-Encoding: chunked",
        ]
    )
    func unclear(lines: String) async throws {
        let answer = try await self.ask("POST /health HTTP/1.1\r\n\(lines)\r\n\r\n0\r\n\r\n")
        #expect(self.statuses(answer.text) == ["400"])
        #expect(answer.isClosed)
        for line in ["\r\nDate: ", "\r\nX-Request-Id: ", "\r\nX-Souk-Problem: bad_request\r\n"] {
            #expect(answer.text.bytewise.contains(line))
        }
    }

    @Test("a client that waits for word is answered without its body when nobody wants it")
    func unwantedBody() async throws {
        let answer = try await self.ask(
            "POST /none HTTP/1.1\r\nHost: x\r\nExpect: 100-continue\r\nContent-Length: 20\r\n\r\n"
        )
        #expect(self.statuses(answer.text) == ["404"])
        #expect(answer.isClosed)
    }

    @Test("extensions of chunks are not endless")
    func chunkExtensions() async throws {
        let extended = "5;\(String(repeating: "a", count: 300_000))\r\nhello\r\n0\r\n\r\n"
        let answer = try await self.ask(
            "POST /market/api/v1/keys HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n\(extended)"
        )
        #expect(self.statuses(answer.text) == ["400"])
        #expect(answer.isClosed)
    }

    @Test("a long head that comes in pieces is read")
    func longHeadInPieces() async throws {
        try await TestServer().serving { port in
            let client = try RawClient(port: port)
            client.send(Self.health)
            for number in 0..<7 {
                client.send("X-\(number): \(String(repeating: "x", count: 10_000))\r\n")
                try await Task.sleep(for: .milliseconds(30))
            }
            client.send("\r\n")
            #expect(self.statuses(try await self.read(client, answers: 1).text) == ["200"])
        }
    }

    @Test("heads at and beyond what may be sent", arguments: [(79 * 1024, "200"), (81 * 1024, "431")])
    func longHead(length: Int, status: String) async throws {
        let field = "X-Long: \(String(repeating: "x", count: length))\r\n"
        let answer = try await self.ask(Self.health + field + "\r\n", answers: 1)
        #expect(self.statuses(answer.text) == [status])
    }
}
