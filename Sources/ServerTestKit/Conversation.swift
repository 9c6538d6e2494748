import Affiliate
import Commerce
import Forum
package import Foundation
import HTTPTypes
import Kernel
import Market
import Search
import Server
import TestKit

/// A golden conversation with a fresh server: requests as they are written, answers as they were recorded.
///
/// `### title`, the request line, header lines, the body; an empty line; the status, header lines, the body.
/// `{{name}}` is replaced: `admin`, `provider`, `buyer`, `stranger` are keys, `upstream` is a provider's address, and
/// `model` is a model server's; `token` is the gateway's,
/// `advertiser`, `agent`, `publisher` and `operator` are the network's, `developer`, `reader`, `supply` and `merchant` are commerce's, and `# name = path.to.member` after a request keeps a member of the answer. `# advance 60` moves the clock before the request, and
/// `# approve ORDER1` has the payer agree on PayPal's page.
package struct Conversation: Sendable, CustomStringConvertible {
    package struct Exchange: Sendable {
        package let title: String
        var request: [String]
        var directives: [String]
        package var answer: String

        /// Method and target.
        package var requestLine: String { self.request[0] }
    }

    package let name: String
    package let file: URL
    package var exchanges: [Exchange]
    package var description: String { self.name }

    /// Headers that belong to the contract; the others vary or are the same everywhere.
    private static let recordedHeaders = [
        "Allow", "Cache-Control", "Content-Type", "Idempotency-Replayed", "Location", "RateLimit", "X-Souk-Outcome",
        "X-Souk-Problem", "Retry-After",
        "WWW-Authenticate", "Content-Language", "Idempotent-Replayed", "X-Total-Count", "X-GoClaw-Agent-Id",
        "X-GoClaw-Session-Key", "X-GoClaw-Ignored", "X-GoClaw-Provider", "X-GoClaw-Model", "X-GoClaw-Cost-Micros",
        "x-should-retry", "X-ACF-Usage-Id", "X-ACF-Amount", "X-ACF-Free-Tier", "X-ACF-Latency-Ms",
    ]

    package static func all(in folder: URL) -> [Conversation] {
        let files = FileManager.default.enumerator(at: folder, includingPropertiesForKeys: nil)
        return (files?.compactMap { $0 as? URL } ?? []).filter { $0.pathExtension == "http" }
            .sorted { $0.path < $1.path }
            .compactMap { try? Conversation(file: $0, name: String($0.path.dropFirst(folder.path.count + 1))) }
    }

    init(file: URL, name: String) throws {
        self.file = file
        self.name = name
        let text = "\n" + (try String(contentsOf: file, encoding: .utf8))
        self.exchanges = text.components(separatedBy: "\n### ").dropFirst().map { part in
            let halves = part.components(separatedBy: "\n\n")
            var lines = halves[0].components(separatedBy: "\n")
            let title = lines.removeFirst()
            return Exchange(
                title: title,
                request: lines.filter { !$0.hasPrefix("# ") && !$0.isEmpty },
                directives: lines.filter { $0.hasPrefix("# ") },
                answer: halves.dropFirst().joined(separator: "\n\n").trimmed
            )
        }
    }

    /// Plays the requests; the answers as they should be recorded.
    ///
    /// - Parameters:
    ///   - model: where a model server answers.
    ///   - payPal: where payers agree, for conversations about money that comes in.
    package func play(on server: TestServer, upstream: String, model: String = "", payPal: FakePayPal? = nil)
        async throws -> [String]
    {
        let keys = [
            "admin": try await server.key(MarketRole.admin, of: "ops"),
            "provider": try await server.key(MarketRole.provider, of: "my-agent"),
            "buyer": try await server.key(MarketRole.buyer, of: "buyer-1"),
            "stranger": try await server.key(MarketRole.provider, of: "stranger"),
            "upstream": upstream, "model": model, "token": Self.gatewayToken,
        ].merging(self.name.hasPrefix("affiliate") ? try await Self.affiliateKeys(server) : [:]) { $1 }
            .merging(self.name.hasPrefix("forum") ? try await Self.forumKeys(server) : [:]) { $1 }
        let (exchanges, isCommerce) = (self.exchanges, self.name.hasPrefix("commerce"))
        return try await server.test { client in
            var variables = isCommerce ? try await Self.commerceKeys(server) : keys
            var answers: [String] = []
            for exchange in exchanges {
                for directive in exchange.directives {
                    if let seconds = Self.argument("# advance ", directive) {
                        server.clock.advance(seconds: Int64(seconds) ?? 0)
                    }
                    if let order = Self.argument("# approve ", directive) { payPal?.approve(order) }
                }
                let answer = try await Self.send(exchange, variables, client)
                for directive in exchange.directives where directive.contains(" = ") {
                    let parts = directive.dropFirst(2).components(separatedBy: " = ")
                    variables[parts[0]] = Self.member(parts[1], of: answer.json)
                }
                let recorded = Self.record(answer).replacing(upstream, with: "{{upstream}}")
                answers.append(model.isEmpty ? recorded : recorded.replacing(model, with: "{{model}}"))
            }
            return answers
        }
    }

    /// The gateway's, in its conversations.
    package static let gatewayToken = "golden-conversations-0123456789"

    private static func affiliateKeys(_ server: TestServer) async throws -> [String: String] {
        [
            "agent": try await server.key(AffiliateRole.agent, of: "agent-1"),
            "publisher": try await server.key(AffiliateRole.publisher, of: "publisher-1"),
            "advertiser": try await server.key(AffiliateRole.advertiser, of: "shop"),
            "operator": try await server.key(AffiliateRole.operator, of: "network"),
        ]
    }

    /// Two partners; the second one has no agent in the beginning.
    private static func forumKeys(_ server: TestServer) async throws -> [String: String] {
        [
            "partner": try await server.key(ForumRole.partner, of: "klook.com", rateLimit: 0),
            "other": try await server.key(ForumRole.partner, of: "other.example", rateLimit: 0),
            "moderator": try await server.key(ForumRole.operator, of: "moderator"),
            "busy": try await server.key(ForumRole.partner, of: "busy.example", rateLimit: 2),
        ]
    }

    /// A shop with two mice and a keyboard.
    private static func commerceKeys(_ server: TestServer) async throws -> [String: String] {
        let commerce = server.slice(Commerce.self)
        let merchant = try await commerce.merchants.create(
            "tea-house",
            linkParameter: "rec_id",
            linkHosts: [],
            windowDays: 30,
            rateBasisPoints: 1200,
            creatorBasisPoints: 5000
        )
        let file = TestDatabases.temporaryPath("feed")
        try Self.feed.write(toFile: file, atomically: true, encoding: .utf8)
        _ = try await commerce.imports.importFile(
            file,
            of: "tea-house",
            format: "acp",
            keepsIDs: false,
            isDryRun: false,
            isFull: false,
            isForced: false
        )
        for search in server.house.searches { while try await search.work() {} }
        return [
            "merchant": merchant.token,
            "developer": try await server.key(CommerceRole.developer, of: "agent-1"),
            "reader": try await server.key(CommerceRole.reader, of: "reader-1"),
            "supply": try await server.key(CommerceRole.supply, of: "ops"),
        ]
    }

    private static let feed = """
        {"id": "m1", "title": "Wireless mouse black", "link": "https://tea.example.com/m1", "price": "24.95 USD", "availability": "in_stock", "brand": "Lumo"}
        {"id": "m2", "title": "Wireless mouse white", "link": "https://tea.example.com/m2", "price": "29.00 USD", "availability": "in_stock", "brand": "Lumo"}
        {"id": "k1", "title": "Keyboard", "link": "https://tea.example.com/k1", "price": "45.00 USD", "availability": "in_stock", "brand": "Tapwell", "videos": [{"task_id": "v1", "creator": "ann", "creator_name": "Ann", "creator_followers": 1200, "video_url": "https://videos.example.com/v1.mp4", "orders": 3, "views": 4000, "gmv": "135.00", "duration_s": 21, "published_at": "2026-03-10T10:00:00Z"}]}
        """

    /// The file's text with these answers.
    package func text(answers: [String]) -> String {
        zip(self.exchanges, answers).map { exchange, answer in
            let head = (["### \(exchange.title)"] + exchange.directives + exchange.request).joined(separator: "\n")
            return "\(head)\n\n\(answer)\n"
        }.joined(separator: "\n")
    }

    private static func argument(_ prefix: String, _ line: String) -> String? {
        line.hasPrefix(prefix) ? String(line.dropFirst(prefix.count)) : nil
    }

    private static func send(
        _ exchange: Exchange,
        _ variables: [String: String],
        _ client: TestClient
    ) async throws -> TestClient.Answer {
        let lines = exchange.request.map { line in
            variables.reduce(line) { $0.replacing("{{\($1.key)}}", with: $1.value) }
        }
        let start = lines[0].split(separator: " ", maxSplits: 1)
        let headerLines = lines.dropFirst().prefix { $0.first?.isLetter ?? false && $0.contains(": ") }
        var headers: [String: String] = [:]
        for line in headerLines {
            let parts = line.split(separator: ":", maxSplits: 1)
            headers[String(parts[0])] = String(parts[1]).trimmed
        }
        let body = lines.dropFirst(1 + headerLines.count).joined(separator: "\n")
        return try await client.send(
            HTTPRequest.Method(String(start[0]))!,
            String(start[1]),
            headers: headers,
            body: body.isEmpty ? nil : body
        )
    }

    private static func member(_ path: String, of value: JSONValue) -> String? {
        let found = path.split(separator: ".").reduce(value as JSONValue?) { value, key in
            Int(key).flatMap { index in value?.array.map { $0[index] } } ?? value?[String(key)]
        }
        return found?.string ?? found?.integer.map { "\($0)" }
    }

    private static func record(_ answer: TestClient.Answer) -> String {
        let headers = self.recordedHeaders.compactMap { name in answer.header(name).map { "\(name): \($0)" } }
        if answer.header("Content-Type")?.hasPrefix("image/") ?? false {
            return (["\(answer.status)"] + headers + ["(an image)"]).joined(separator: "\n")
        }
        let isJSON = answer.header("Content-Type")?.contains("json") ?? false
        let body = isJSON ? self.indented(answer.body) : answer.body.replacing("\r\n", with: "\n").trimmed
        return (["\(answer.status)"] + headers + [body]).filter { !$0.isEmpty }.joined(separator: "\n")
    }

    /// The same JSON in lines: what was sent stays as it was, byte for byte, between the blanks.
    private static func indented(_ json: String) -> String {
        var (text, depth, isInString) = ([UInt8](), 0, false)
        let bytes = Array(json.utf8)
        var index = 0
        let startLine = { text += [.lineFeed] + Array(repeating: UInt8(ascii: " "), count: depth * 2) }
        while index < bytes.count {
            let byte = bytes[index]
            let next = index + 1 < bytes.count ? bytes[index + 1] : 0
            switch byte {
            case UInt8(ascii: "\\") where isInString:
                text += [byte, next]
                index += 1
            case .quote:
                isInString.toggle()
                text.append(byte)
            case _ where isInString: text.append(byte)
            case UInt8(ascii: "{"), UInt8(ascii: "["):
                text.append(byte)
                if next == byte + 2 {
                    text.append(next)
                    index += 1
                } else {
                    depth += 1
                    startLine()
                }
            case UInt8(ascii: "}"), UInt8(ascii: "]"):
                depth -= 1
                startLine()
                text.append(byte)
            case UInt8(ascii: ","):
                text.append(byte)
                startLine()
            case UInt8(ascii: ":"): text += [byte, UInt8(ascii: " ")]
            default: text.append(byte)
            }
            index += 1
        }
        return String(decoding: text, as: UTF8.self)
    }
}
