package import Kernel
import Platform

/// Sends the demo's requests to a running Souk, and tells what was asked and answered.
package struct DemoClient: Sendable {
    package let url: String
    private let tell: @Sendable (String) -> Void
    private let client = Outbound(allowedHosts: ["127.0.0.1", "localhost"], clock: .system)

    package init(url: String, tell: @escaping @Sendable (String) -> Void) {
        self.url = url
        self.tell = tell
    }

    package func close() async { await self.client.close() }

    /// Throws when the status is another than the story expects.
    package func ask(
        _ method: String,
        _ path: String,
        by caller: String?,
        _ body: JSONValue? = nil,
        expecting status: Int
    ) async throws -> JSONValue {
        let answer = try await self.send(method, path, by: caller, body)
        let billing = ["X-ACF-Amount", "X-ACF-Usage-Id", "Location"].compactMap { name in
            answer.header(name).map { "\(name): \($0)" }
        }
        self.tell("   \(method) \(path)\(body.map { " \(Self.shown(Array(JSON.text(of: $0).utf8)))" } ?? "")")
        self.tell("   → \(answer.status) \(billing.joined(separator: ", ")) \(Self.shown(answer.body))")
        guard answer.status == status else { throw ConfigurationError("expected \(status), got \(answer.status)") }
        return (try? JSON.read(answer.body)) ?? .null
    }

    /// Where a link leads that somebody follows in a browser.
    package func follow(_ path: String) async throws -> String {
        let answer = try await self.send("GET", path, [], nil)
        let target = answer.header("Location") ?? ""
        self.tell("   GET \(path)\n   → \(answer.status) Location: \(target)")
        guard answer.status == 302 else { throw ConfigurationError("expected 302, got \(answer.status)") }
        return target
    }

    /// The same with headers and a body of one's own.
    package func send(
        _ method: String,
        _ path: String,
        _ headers: [Problem.Header],
        _ body: [UInt8]?,
        expecting status: Int
    ) async throws -> JSONValue {
        let answer = try await self.send(method, path, headers, body)
        self.tell("   \(method) \(path)\(body.map { " \(Self.shown($0))" } ?? "")")
        self.tell("   → \(answer.status) \(Self.shown(answer.body))")
        guard answer.status == status else { throw ConfigurationError("expected \(status), got \(answer.status)") }
        return (try? JSON.read(answer.body)) ?? .null
    }

    private func send(_ method: String, _ path: String, by caller: String?, _ body: JSONValue?) async throws
        -> OutboundAnswer
    {
        var headers = [Problem.Header("Content-Type", "application/json")]
        if let caller { headers.append(.init("Authorization", "Bearer \(caller)")) }
        return try await self.send(method, path, headers, try body.map { try JSON.encode($0) })
    }

    private func send(_ method: String, _ path: String, _ headers: [Problem.Header], _ body: [UInt8]?) async throws
        -> OutboundAnswer
    {
        // A person's browser, where the story follows a link.
        let browser = Problem.Header("User-Agent", "Mozilla/5.0 (X11; Linux) Firefox/140.0")
        return try await self.client.collect(
            OutboundRequest(method: method, url: self.url + path, headers: headers + [browser], body: body),
            timeoutSeconds: 30,
            limit: 1024 * 1024
        )
    }

    /// Secrets are shown once by the server and not at all by the demo.
    package static func shown(_ body: [UInt8]) -> String {
        let text = String(decoding: body.prefix(400), as: UTF8.self)
        // characters: the demo's own output
        return text.replacing(
            #/(sec_|pb_|aa_|goclaw_)[0-9a-f]+|(mrt_|sup_|MA2A\.|INV-|gjp_|gjo_|gjm_)[A-Za-z0-9_-]+|(whsec_)[A-Za-z0-9+\/=]+/#
        ) { "\($0.1 ?? $0.2 ?? $0.3 ?? "")…" }
    }
}
