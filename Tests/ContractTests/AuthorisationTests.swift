import Foundation
import HTTPTypes
import Kernel
import Market
import Platform
import Server
import ServerTestKit
import TestKit
import Testing
import Web

/// Every route, tried by everybody: what the declarations say is checked, and what owners may do is written down in
/// `Contracts/authorisation.tsv`, which `make record` rewrites. A route that is not in it fails.
@Suite("Who may call what")
struct AuthorisationTests {
    private static let table = AuthorisationTable(
        "authorisation.tsv",
        callers: ["nobody", "buyer", "otherBuyer", "otherProvider", "admin", "owner"]
    )

    /// What a request needs to get as far as the question whose it is.
    private static let bodies: [String: JSONValue] = [
        "POST /api/v1/keys": ["owner_id": "fresh-owner"],
        "POST /api/v1/keys/validate": ["key_id": "acf_0", "secret": "sec_0"],
        "POST /api/v1/services": ["name": "New", "endpoint": "https://api.example.com/", "price_per_call": "0.10"],
        "PATCH /api/v1/services/{service_id}": ["name": "Changed"],
        "POST /api/v1/admin/credits": ["buyer_id": "owner", "amount": "1", "reason": "test"],
        "POST /api/v1/deposits": ["amount": "1", "payment_method": "x402"],
        "POST /api/v1/webhooks": ["url": "https://example.com/", "events": ["service.called"], "secret": "s"],
        "POST /api/v1/webhooks/{webhook_id}/replay": ["from": "2026-03-01T00:00:00Z", "to": "2026-03-02T00:00:00Z"],
        "POST /api/v1/agents": ["display_name": "New"],
        "PATCH /api/v1/agents/{agent_id}": ["display_name": "Changed"],
        "POST /api/v1/teams": ["name": "New"],
        "PATCH /api/v1/teams/{team_id}": ["name": "Changed"],
        "POST /api/v1/teams/{team_id}/route": ["text": "task"],
        "POST /api/v1/teams/{team_id}/members": ["agent_id": "{agent_id}"],
        "POST /api/v1/teams/{team_id}/rules": ["name": "R", "keywords": ["a"], "target_agent_id": "{agent_id}"],
        "POST /api/v1/teams/{team_id}/gates": ["gate_type": "latency", "threshold": 1],
        "POST /api/v1/teams/{team_id}/gates/check": ["measures": [:]],
        "POST /api/v1/settlements": [
            "provider_id": "owner", "period_start": "2026-01-01T00:00:00Z", "period_end": "2026-02-01T00:00:00Z",
        ],
        "PATCH /api/v1/settlements/{settlement_id}/pay": ["payment_tx": "0x1"],
        "PATCH /api/v1/settlements/{settlement_id}/fail": ["reason": "test"],
        "POST /api/v1/webhooks/{webhook_id}/replays": ["from": "2026-03-01T00:00:00Z", "to": "2026-03-02T00:00:00Z"],
        "POST /api/v1/settlements/runs": [
            "period_start": "2026-01-01T00:00:00Z", "period_end": "2026-02-01T00:00:00Z",
        ],
        "POST /api/v1/exports": [:],
        "POST /api/v1/deposits/{deposit_id}/refunds": [:],
        "PATCH /api/v1/admin/refunds/{refund_id}/pay": ["payment_tx": "0x1"],
        "PATCH /api/v1/admin/refunds/{refund_id}/fail": ["reason": "test"],
    ]

    /// By method and path; found once for the process.
    private static let endpoints = Task {
        let endpoints = try await TestServer().slice(Market.self).surface.endpoints
        return Dictionary(endpoints.map { ("\($0.method) \($0.path)", $0) }) { first, _ in first }
    }
    /// Reading changes nothing for anybody, so one server answers all that only reads.
    private static let read = Task {
        let endpoints = try await Self.endpoints.value.filter { Self.isRead($0.value) }
        return try await Self.statuses(of: endpoints)
    }

    /// Whether a route may be asked beside others. What a browser or a payer begins by following a link may not.
    private static func isRead(_ endpoint: Endpoint) -> Bool {
        endpoint.method == .get && !endpoint.takesRestOfPath && !endpoint.path.contains("/language/")
    }

    @Test("as declared and as written down", arguments: try await endpoints.value.keys.sorted())
    func route(_ route: String) async throws {
        let endpoint = try #require(try await Self.endpoints.value[route])
        let asked =
            Self.isRead(endpoint) ? try await Self.read.value : try await Self.statuses(of: [route: endpoint])
        let statuses = try #require(asked[route])
        for (caller, status) in zip(Self.table.callers, statuses) { self.check(endpoint, route, caller, status) }
        try Self.table.check(route, statuses)
    }

    @Test("nothing is written down that is not there")
    func whole() async throws { try Self.table.check(routes: Array(try await Self.endpoints.value.keys)) }

    /// The declaration alone decides who is unknown and who has the wrong role.
    private func check(_ endpoint: Endpoint, _ route: String, _ caller: String, _ status: Int) {
        switch endpoint.access {
        case .open, .optional, .undecided: break
        case .key(let roles, _):
            let role = Self.role(of: caller).role
            if caller == "nobody" {
                #expect(status == 401, "\(route) by nobody")
            } else if let roles, !roles.contains(role) {
                #expect(status == 403, "\(route) by \(caller)")
            } else {
                #expect(status != 401, "\(route) by \(caller)")
            }
        }
    }

    private static func role(of caller: String) -> MarketRole {
        switch caller {
        case "buyer", "otherBuyer": .buyer
        case "admin": .admin
        default: .provider
        }
    }

    /// What each caller gets of each route, one after the other, on a server where `owner` has one of everything.
    private static func statuses(of endpoints: [String: Endpoint]) async throws -> [String: [Int]] {
        try await FakeHost.serving { upstream in
            let server = try await TestServer(
                settings: [
                    .x402Facilitator: upstream.url, .x402Network: "eip155:84532", .x402Asset: "0xA55e7",
                    .x402PayTo: "0xFee",
                ],
                systemIDs: true
            )
            var keys: [String: String] = [:]
            for caller in Self.table.callers.dropFirst() {
                keys[caller] = try await server.key(Self.role(of: caller), of: caller)
            }
            // Another one of the owner's: whoever revokes it goes on asking.
            let spare = try await server.key(MarketRole.provider, of: "owner")
            let keyring = keys
            return try await server.test { client in
                let (owner, admin) = (keyring["owner"]!, keyring["admin"]!)
                let ids = try await Self.makeResources(client, owner, admin, upstream.url, spare)
                server.clock.advance(seconds: 1)
                var statuses: [String: [Int]] = [:]
                for (route, endpoint) in endpoints {
                    for caller in Self.table.callers {
                        let status = try await Self.status(endpoint, route, keyring[caller], ids, client)
                        statuses[route, default: []].append(status)
                    }
                }
                return statuses
            }
        }
    }

    private static func status(
        _ endpoint: Endpoint,
        _ route: String,
        _ key: String?,
        _ ids: [String: String],
        _ client: TestClient
    ) async throws -> Int {
        let path = "/market\(Self.fill(endpoint.path, ids))"
        if endpoint.isPage { return try await Self.visit(endpoint.method, path, key, client) }
        let body = Self.bodies[route].flatMap { try? JSON.read(Self.fill(JSON.text(of: $0), ids).utf8) }
        return try await client.send(endpoint.method, path, key: key, json: body).status
    }

    /// Pages are seen by browsers, which sign in with the key first; forms are sent with their token and nothing else.
    private static func visit(_ method: HTTPRequest.Method, _ path: String, _ key: String?, _ client: TestClient)
        async throws -> Int
    {
        guard let key else { return try await client.send(method, path).status }
        let signedIn = try await client.send(.post, "/market/sign-in", body: "key=\(key.replacing(":", with: "%3A"))")
        let headers = ["Cookie": String(signedIn.header("Set-Cookie")?.prefix { $0 != ";" } ?? "")]
        guard method == .post else { return try await client.send(method, path, headers: headers).status }
        let account = try await client.send(.get, "/market/account", headers: headers).body
        // Empty for the fifth who has failed to sign in.
        let token =
            account.split(separator: "name=\"form_token\" value=\"").dropFirst().first?.prefix { $0 != "\"" } ?? ""
        let answer = try await client.send(method, path, headers: headers, body: "form_token=\(token)")
        guard let confirmation = answer.confirmation else { return answer.status }
        let body = "form_token=\(token)&confirmed=\(confirmation)"
        return try await client.send(method, path, headers: headers, body: body).status
    }

    /// One of everything, made by the owner; its ids by the names of the paths' parameters.
    private static func makeResources(
        _ client: TestClient,
        _ owner: String,
        _ admin: String,
        _ upstream: String,
        _ spare: String
    )
        async throws
        -> [String: String]
    {
        let make = { (path: String, key: String, body: JSONValue) in
            try await client.send(.post, "/market/api/v1/\(path)", key: key, json: body).json["id"]?.string ?? "none"
        }
        let agent =
            try await client.send(.post, "/market/api/v1/agents", key: owner, json: ["display_name": "Ann"])
            .json["agent_id"]?.string ?? "none"
        var ids = ["agent_id": agent, "provider_id": "owner", "owner_id": "owner", "path": ""]
        ids["key_id"] = String(spare.prefix { $0 != ":" })
        ids["service_id"] = try await make(
            "services",
            owner,
            ["name": "S", "endpoint": .string("\(upstream)/"), "price_per_call": "0"]
        )
        ids["team_id"] = try await make("teams", owner, ["name": "T"])
        let team = "teams/\(ids["team_id"]!)"
        ids["rule_id"] = try await make(
            "\(team)/rules",
            owner,
            ["name": "R", "keywords": ["a"], "target_agent_id": .string(agent)]
        )
        ids["gate_id"] = try await make("\(team)/gates", owner, ["gate_type": "latency", "threshold": 1])
        ids["webhook_id"] = try await make(
            "webhooks",
            owner,
            ["url": "https://example.com/", "events": ["service.called"], "secret": "s"]
        )
        _ = try await client.send(.get, "/market/api/v1/proxy/\(ids["service_id"]!)/", key: owner)
        ids["settlement_id"] = try await make(
            "settlements",
            admin,
            ["provider_id": "owner", "period_start": "2026-03-01T00:00:00Z", "period_end": "2026-03-02T00:00:00Z"]
        )
        let deliveries = try await client.send(
            .get,
            "/market/api/v1/webhooks/\(ids["webhook_id"]!)/deliveries",
            key: owner
        ).json["deliveries"]?.array
        ids["delivery_id"] = deliveries?.first?["id"]?.string ?? "none"
        ids["deposit_id"] = try await make("deposits", owner, ["amount": "1", "payment_method": "x402"])
        ids["refund_id"] = "none"
        ids["job_id"] = try await make("exports", owner, [:])
        ids["number"] = "1"
        return ids
    }

    private static func fill(_ text: String, _ ids: [String: String]) -> String {
        ids.reduce(text) { $0.replacing("{\($1.key)}", with: $1.value) }
    }
}
