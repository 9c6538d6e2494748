import Affiliate
import HTTPTypes
import Kernel
import Ledger
import Platform
import Server
import ServerTestKit
import Storage
import TestKit
import Testing

/// A network with an advertiser, a publisher's agent and an operator, and what they say to it.
struct NetworkFixture: Sendable {
    let server: TestServer
    let client: TestClient
    let advertiser: String
    let agent: String
    let `operator`: String

    static let userAgent = "Mozilla/5.0 (Macintosh) Safari/605.1.15"

    static func open(
        _ engine: Engine = .sqlite,
        settings: [Setting: String] = [:],
        clock: TestClock = TestClock(),
        _ body: @escaping @Sendable (NetworkFixture) async throws -> Void
    ) async throws {
        let server = try await TestServer(engine: engine, settings: settings, clock: clock, systemIDs: true)
        let advertiser = try await server.key(AffiliateRole.advertiser, of: "shop")
        let agent = try await server.key(AffiliateRole.agent, of: "agent")
        let `operator` = try await server.key(AffiliateRole.operator, of: "ops")
        try await server.test { client in
            try await body(
                NetworkFixture(
                    server: server,
                    client: client,
                    advertiser: advertiser,
                    agent: agent,
                    operator: `operator`
                )
            )
            #expect(try await server.differences() == [])
        }
    }

    // MARK: Saying

    func act(_ action: String, _ params: JSONValue = [:], key: String? = nil) async throws -> TestClient.Answer {
        try await self.client.send(
            .post,
            "/affiliate/api/mcp.php",
            key: key ?? self.agent,
            json: ["action": .string(action), "params": params]
        )
    }

    /// What an action answers that works.
    func data(_ action: String, _ params: JSONValue = [:], key: String? = nil) async throws -> JSONValue {
        let answer = try await self.act(action, params, key: key)
        #expect(answer.status == 200, "\(action): \(answer.body)")
        return answer.json["data"] ?? .null
    }

    func ask(_ method: HTTPRequest.Method, _ path: String, _ body: JSONValue? = nil, key: String? = nil) async throws
        -> TestClient.Answer
    {
        try await self.client.send(method, "/affiliate/api/v1/\(path)", key: key ?? self.advertiser, json: body)
    }

    /// An active program with a reward of ¥1,200, or what `fields` say.
    func program(_ fields: [String: JSONValue] = [:], key: String? = nil) async throws -> Int64 {
        let standard: [String: JSONValue] = [
            "name": "Sketch AI", "category_id": 2, "landing_url": "https://shop.example.com/", "reward_type": "cpa",
            "status": "active", "auto_approve": true, "cookie_days": 30, "hold_days": 0,
        ]
        var body = standard.merging(fields) { $1 }
        if body["reward_percent"] == nil, body["reward_amount"] == nil { body["reward_amount"] = 1200 }
        let answer = try await self.ask(.post, "programs", .object(body), key: key)
        #expect(answer.status == 201, "\(answer.body)")
        return answer.json["data"]?["id"]?.integer ?? 0
    }

    /// The agent's partnership with a program.
    func join(_ program: Int64, key: String? = nil) async throws -> (id: Int64, code: String) {
        let data = try await self.data("publisher.partnerships_apply", ["program_id": .integer(program)], key: key)
        return (data["partnership_id"]?.integer ?? 0, data["tracking_code"]?.string ?? "")
    }

    /// A person follows a link; the click's reference and the cookie.
    @discardableResult
    func click(_ code: String, cookie: String? = nil, userAgent: String = NetworkFixture.userAgent) async throws -> (
        reference: String, cookie: String
    ) {
        var headers = ["User-Agent": userAgent]
        headers["Cookie"] = cookie
        let answer = try await self.client.send(.get, "/affiliate/t/\(code)", headers: headers)
        #expect(answer.status == 302, "\(answer.body)")
        let location = answer.header("Location") ?? ""
        let reference = location.split(separator: "souk_click=").last.map(String.init) ?? ""
        return (reference, String(answer.header("Set-Cookie")?.prefix { $0 != ";" } ?? ""))
    }

    func token(key: String? = nil) async throws -> String {
        try await self.ask(.get, "postback-token", key: key).json["data"]?["token"]?.string ?? ""
    }

    func postback(_ query: String) async throws -> TestClient.Answer {
        try await self.client.send(.get, "/affiliate/postback?\(query)")
    }

    @discardableResult
    func decide(_ conversion: JSONValue, _ decision: String, key: String? = nil) async throws -> TestClient.Answer {
        let id = conversion["conversion_id"]?.integer ?? 0
        return try await self.ask(.post, "conversions/\(id)/\(decision)", ["reason": "test"], key: key)
    }

    /// Closes the month and waits until that is done.
    func close(_ month: String) async throws -> JSONValue {
        let begun = try await self.ask(.post, "operator/months/\(month)/close", key: self.operator)
        #expect(begun.status == 202, "\(begun.body)")
        try await self.server.house.jobs.work()
        return try await self.ask(.get, "operator/months/\(month)", key: self.operator).json["data"] ?? .null
    }

    /// The balance of an account of the ledger, in yen.
    func balance(_ owner: String, _ purpose: AccountKey.Purpose) async throws -> Int64 {
        try await self.server.house.database.read { tx in
            let id = try tx.identities.find(name: owner)?.id.text ?? owner
            let account = try tx.ledger.find(AccountKey(owner: id, purpose: purpose, currency: .jpy))
            return (account?.balance.micros ?? 0) / Micros.perUnit
        }
    }
}
