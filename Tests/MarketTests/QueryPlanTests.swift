import HTTPTypes
import Kernel
import Market
import Platform
import Server
import ServerTestKit
import Storage
import TestKit
import Testing

/// How SQLite answers what is asked: by an index, and never by reading all usage records or all roll-ups.
@Suite("Query plans")
struct QueryPlanTests {
    private static let questions: [(path: String, role: MarketRole)] = [
        ("reputation/leaderboard", .buyer), ("agents/search?q=ann", .buyer), ("usage/me", .buyer), ("usage", .buyer),
        ("usage?from=2026-03-01&to=2026-04-01", .buyer), ("balance", .buyer), ("deposits", .buyer), ("refunds", .buyer),
        ("jobs", .buyer), ("webhooks", .buyer), ("keys", .buyer), ("discover/trending", .buyer),
        ("provider/dashboard", .provider), ("provider/services", .provider),
        ("provider/services/{service}/analytics", .provider), ("provider/earnings", .provider),
        ("provider/onboarding", .provider), ("admin/stats", .admin), ("admin/usage/daily?days=90", .admin),
        ("admin/analytics/trends?granularity=daily", .admin), ("admin/analytics/trends?granularity=weekly", .admin),
        ("admin/analytics/trends?granularity=monthly", .admin), ("admin/analytics/top-services?days=30", .admin),
        ("admin/analytics/buyers?days=30", .admin), ("admin/providers/ranking", .admin),
        ("admin/providers/ranking?period=30", .admin), ("admin/payments/summary", .admin),
        ("admin/services/health", .admin), ("admin/providers/seller/commission", .admin),
        ("settlements?provider_id=seller", .admin), ("admin/refunds?status=pending", .admin),
        ("admin/ledger/accounts/1", .admin),
    ]

    /// Tables that grow with every call.
    private static let large = [
        "market_usage", "market_rollup", "market_rollup_buyer", "market_rollup_spender", "ledger_transfer", "event",
        "webhook_delivery", "webhook_attempt", "audit_entry",
    ]

    @Test("every figure is found through an index")
    func plans() async throws {
        let statements = Locked<Set<String>>([])
        let server = try await TestServer(systemIDs: true) { statement in
            statements.change { $0.insert(statement) }
        }
        let keys: [MarketRole: String] = [
            .buyer: try await server.key(MarketRole.buyer, of: "buyer"),
            .provider: try await server.key(MarketRole.provider, of: "seller"),
            .admin: try await server.key(MarketRole.admin, of: "ops"),
        ]
        try await FakeHost.serving { upstream in
            try await server.test { client in
                let service = try await client.send(
                    .post,
                    "/market/api/v1/services",
                    key: keys[.provider],
                    json: ["name": "S", "endpoint": .string(upstream.url), "price_per_call": "0"]
                ).json["id"]?.string
                _ = try await client.send(.post, "/market/api/v1/proxy/\(service ?? "")/", key: keys[.buyer])
                _ = try await client.send(
                    .post,
                    "/market/api/v1/admin/credits",
                    key: keys[.admin],
                    json: ["buyer_id": "buyer", "amount": "1", "reason": "test"]
                )
                // What is added to the figures is found among the records that wait, and not the other way round.
                statements.change { $0 = [] }
                _ = try await client.send(.get, "/market/api/v1/admin/stats", key: keys[.admin])
                let adding = statements.value.filter { $0.contains("FROM market_usage_pending p") }
                #expect(adding.count == 2)
                for statement in adding {
                    let first = try await server.house.database.plan(of: statement).first
                    #expect(first?.contains(" p ") == true, "\(first ?? "")")
                }
                var count = 0
                for (path, role) in Self.questions {
                    statements.change { $0 = [] }
                    let path = path.replacing("{service}", with: service ?? "")
                    let answer = try await client.send(.get, "/market/api/v1/\(path)", key: keys[role])
                    #expect(answer.status == 200, "\(path): \(answer.body)")
                    for statement in statements.value where statement.hasPrefix("SELECT") {
                        count += 1
                        let found = try await server.house.database.wholeReads(statement, of: Self.large)
                        #expect(found == [], "\(path): \(statement)")
                    }
                }
                #expect(count > Self.questions.count)
            }
        }
    }
}
