import Affiliate
import Foundation
import HTTPTypes
import Kernel
import Platform
import Server
import ServerTestKit
import TestKit
import Testing
import Web

/// Every operation and action of the affiliate network, asked by everybody: what comes is written down, and compared.
@Suite("Who may do what in the network")
struct NetworkAuthorisationTests {
    private static let table = AuthorisationTable(
        "authorisation-affiliate.tsv",
        callers: ["nobody", "otherPublisher", "otherAdvertiser", "agent", "shop", "operator"]
    )

    /// What a request needs to get as far as the question whose it is.
    private static let bodies: [String: JSONValue] = [
        "POST /api/v1/programs": [
            "name": "P", "category_id": 1, "landing_url": "https://a.example.com", "reward_type": "cpa",
            "reward_amount": 5,
        ],
        "POST /api/v1/programs/{program_id}/creatives": ["type": "text", "title": "T"],
        "POST /api/v1/conversions/decisions": ["csv": "program_id,order_id,decision\n1,A,approve\n"],
        "POST /api/v1/keys": ["name": "k"],
        "PUT /api/v1/account/bank": ["bank_name": "B", "account_number": "1234567", "account_holder": "H"],
        "POST /api/v1/account/password": ["password": "wrong", "new_password": "a-long-password"],
        "POST /api/v1/webhooks": [
            "url": "https://example.com/", "events": ["payout.paid"], "secret": "s of twenty-four bytes at the least",
        ],
        "POST /api/v1/webhooks/{webhook_id}/replay": ["from": "2026-03-01T00:00:00Z", "to": "2026-03-02T00:00:00Z"],
        "POST /api/v1/operator/categories": ["slug": "new", "name": "New"],
        "POST /api/v1/operator/payouts/{payout_id}/paid": ["reference": "r"],
    ]

    private static let actions: [String: JSONValue] = [
        "publisher.programs_detail": ["program_id": 1], "publisher.partnerships_apply": ["program_id": 2],
        "publisher.partnerships_cancel": ["partnership_id": 1], "publisher.links_generate": ["partnership_id": 1],
        "publisher.selfback_apply": ["program_id": 2], "publisher.notifications_read": ["notification_id": 2],
        "agent.program_detail": ["program_id": 1], "agent.track_click": ["partnership_id": 1],
        "agent.record_conversion": ["tracking_code": "{code}", "order_id": "B", "amount": 5],
    ]

    /// By method and path; found once for the process.
    private static let operations = Task {
        let endpoints = try await TestServer().slice(Affiliate.self).surface.endpoints
        let operations = endpoints.filter { !$0.isPage && $0.path != "/api/mcp.php" }
        return Dictionary(operations.map { ("\($0.method) \($0.path)", $0) }) { first, _ in first }
    }
    /// Reading changes nothing for anybody, so one server answers all that only reads.
    private static let read = Task {
        let operations = try await Self.operations.value.filter { Self.isRead($0.value) }
        return try await Self.statuses(of: operations)
    }

    /// Whether an operation may be asked beside others: clicks and orders may not, though they are reported by GET.
    private static func isRead(_ endpoint: Endpoint) -> Bool {
        endpoint.method == .get && endpoint.path.hasPrefix("/api/v1/")
    }

    private static let actionNames = Task {
        try await TestServer().slice(Affiliate.self).surface.actions.map(\.name)
    }

    @Test("as declared and as written down", arguments: try await operations.value.keys.sorted())
    func operation(_ route: String) async throws {
        let endpoint = try #require(try await Self.operations.value[route])
        let asked =
            Self.isRead(endpoint) ? try await Self.read.value : try await Self.statuses(of: [route: endpoint])
        let statuses = try #require(asked[route])
        self.check(endpoint, route, statuses)
        try Self.table.check(route, statuses)
    }

    @Test("actions, as written down", arguments: try await actionNames.value)
    func action(_ action: String) async throws {
        let statuses = try await Self.answers { client, key, ids in
            let params = JSON.text(of: Self.actions[action] ?? [:]).replacing("{code}", with: ids["code"] ?? "")
            return try await client.send(
                .post,
                "/affiliate/api/mcp.php",
                key: key,
                body: "{\"action\":\"\(action)\",\"params\":\(params)}"
            ).status
        }
        try Self.table.check(action, statuses)
    }

    @Test("nothing is written down that is not there")
    func whole() async throws {
        let routes = Array(try await Self.operations.value.keys)
        try Self.table.check(routes: routes + (try await Self.actionNames.value))
    }

    /// The declaration alone decides who is unknown and who has the wrong role.
    private func check(_ endpoint: Endpoint, _ route: String, _ statuses: [Int]) {
        guard case .key(let roles, _) = endpoint.access else { return }
        let named: [AffiliateRole?] = [nil, .publisher, .advertiser, .agent, .advertiser, .operator]
        for (role, status) in zip(named, statuses) {
            guard let role else {
                #expect(status == 401, "\(route) by nobody")
                continue
            }
            if let roles, !roles.contains(role.role) { #expect(status == 403, "\(route) by \(role)") }
        }
    }

    /// What each caller gets of each operation, on one server.
    private static func statuses(of operations: [String: Endpoint]) async throws -> [String: [Int]] {
        let routes = operations.keys.sorted()
        let byCaller = try await Self.answers { client, key, ids in
            var statuses: [Int] = []
            for route in routes {
                guard let endpoint = operations[route] else { continue }
                let path = ids.reduce(endpoint.path) { $0.replacing("{\($1.key)}", with: $1.value) }
                let body: JSONValue? = endpoint.method == .get ? nil : Self.bodies[route] ?? [:]
                statuses.append(
                    try await client.send(endpoint.method, "/affiliate\(path)", key: key, json: body).status
                )
            }
            return statuses
        }
        return Dictionary(
            uniqueKeysWithValues: routes.enumerated().map { index, route in
                (route, byCaller.map { $0[index] })
            }
        )
    }

    /// What each caller gets, one after the other, where a shop and an agent have one of everything.
    private static func answers<Answer: Sendable>(
        _ ask: @escaping @Sendable (TestClient, _ key: String?, _ ids: [String: String]) async throws -> Answer
    ) async throws -> [Answer] {
        let server = try await TestServer(systemIDs: true)
        let keys = [
            "otherPublisher": try await server.key(AffiliateRole.publisher, of: "other-publisher"),
            "otherAdvertiser": try await server.key(AffiliateRole.advertiser, of: "other-shop"),
            "agent": try await server.key(AffiliateRole.agent, of: "agent"),
            "shop": try await server.key(AffiliateRole.advertiser, of: "shop"),
            "operator": try await server.key(AffiliateRole.operator, of: "ops"),
        ]
        return try await server.test { client in
            let ids = try await Self.makeResources(client, keys)
            var answers: [Answer] = []
            for caller in Self.table.callers { answers.append(try await ask(client, keys[caller], ids)) }
            return answers
        }
    }

    /// The identifiers of what was made.
    private static func makeResources(_ client: TestClient, _ keys: [String: String]) async throws -> [String: String] {
        let ask = { (method: HTTPRequest.Method, path: String, caller: String, body: JSONValue?) in
            try await client.send(method, "/affiliate/\(path)", key: keys[caller], json: body).json["data"] ?? .null
        }
        let program: JSONValue = [
            "name": "P", "category_id": 1, "landing_url": "https://shop.example.com", "reward_type": "cpa",
            "reward_amount": 1200, "status": "active", "auto_approve": true, "self_affiliate": true,
        ]
        for _ in 0..<2 { _ = try await ask(.post, "api/v1/programs", "shop", program) }
        _ = try await ask(.post, "api/v1/programs/1/creatives", "shop", ["type": "text", "title": "T"])
        let act = { (action: String, params: JSONValue) in
            try await ask(.post, "api/mcp.php", "agent", ["action": .string(action), "params": params])
        }
        let code = try await act("publisher.partnerships_apply", ["program_id": 1])["tracking_code"]?.string ?? ""
        _ = try await act("agent.track_click", ["partnership_id": 1])
        _ = try await act("agent.record_conversion", ["tracking_code": .string(code), "order_id": "A", "amount": 5])
        let webhook = try await ask(
            .post,
            "api/v1/webhooks",
            "agent",
            ["url": "https://example.com/", "events": ["payout.paid"], "secret": "s of twenty-four bytes at the least"]
        )
        let key = try await ask(.post, "api/v1/keys", "agent", ["name": "second"])
        let accounts = try await ask(.get, "api/v1/operator/accounts?role=agent", "operator", nil)
        return [
            "program_id": "1", "creative_id": "1", "partnership_id": "1", "conversion_id": "1", "payout_id": "1",
            "category_id": "1", "month": "2026-03", "tracking_code": code, "code": code, "delivery_id": "msg_0",
            "webhook_id": webhook["id"]?.string ?? "", "key_id": key["id"]?.string ?? "",
            "account_id": accounts["accounts"]?.array?.first?["id"]?.string ?? "",
        ]
    }
}
