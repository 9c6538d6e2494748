import HTTPTypes
import Kernel
import Server
import ServerTestKit
import Storage
import TestKit
import Testing

@testable import Affiliate

/// How SQLite does what the network is asked: by an index, and never by reading all clicks, orders or notices.
@Suite("Query plans of the network")
struct QueryPlanTests {
    /// Tables that grow with clicks, orders, months and partners.
    private static let large = [
        "affiliate_click", "affiliate_click_day", "affiliate_paid_click", "affiliate_conversion", "affiliate_report",
        "affiliate_notification", "affiliate_payout", "affiliate_clawback", "affiliate_partnership", "affiliate_terms",
        "affiliate_account", "ledger_transfer", "event", "webhook_delivery", "webhook_attempt", "audit_entry",
    ]

    @Test("every click, order, decision, figure and list goes by an index")
    func plans() async throws {
        let statements = Locked<Set<String>>([])
        let clock = TestClock()
        let server = try await TestServer(clock: clock, systemIDs: true) { statement in
            statements.change { $0.insert(statement) }
        }
        let keys = try await (
            server.key(AffiliateRole.advertiser, of: "shop"), server.key(AffiliateRole.agent, of: "agent"),
            server.key(AffiliateRole.operator, of: "ops")
        )
        try await server.test { client in
            let network = NetworkFixture(
                server: server,
                client: client,
                advertiser: keys.0,
                agent: keys.1,
                operator: keys.2
            )
            try await self.use(network, clock)
            let asked = statements.value.filter { text in
                ["SELECT", "UPDATE", "DELETE"].contains { text.hasPrefix($0) }
                    && Self.large.contains { text.contains($0) }
            }
            #expect(asked.count > 50)
            for statement in asked.sorted() {
                let found = try await server.house.database.wholeReads(statement, of: Self.large)
                #expect(found == [], "\(statement)")
            }
        }
    }

    /// One of everything that clients and visitors do.
    private func use(_ network: NetworkFixture, _ clock: TestClock) async throws {
        let program = try await network.program(["self_affiliate": true])
        let partnership = try await network.join(program)
        let click = try await network.click(partnership.code)
        try await network.click(partnership.code, userAgent: "Googlebot")
        clock.advance(seconds: 60)
        let token = try await network.token()
        let id: JSONValue = .integer(partnership.id)
        for order in ["1", "2", "1"] {
            _ = try await network.postback("click_id=\(click.reference)&token=\(token)&order_id=\(order)")
        }
        let pixel = "/affiliate/pixel?program_id=\(program)&order_id=3"
        _ = try await network.client.send(.get, pixel, headers: ["Cookie": click.cookie])
        for (action, params) in [
            ("agent.track_click", ["partnership_id": id]), ("publisher.links_generate", ["partnership_id": id]),
            ("agent.record_conversion", ["tracking_code": .string(partnership.code), "order_id": "4"]),
            ("publisher.programs_search", ["keyword": "sketch", "sort": "epc_desc"]), ("agent.catalog", [:]),
            ("publisher.programs_detail", ["program_id": .integer(program)]), ("agent.recommend", ["use_case": "AI"]),
            ("publisher.partnerships_list", [:]), ("publisher.report", ["group_by": "program"]),
            ("publisher.report", ["group_by": "daily"]), ("publisher.selfback_list", [:]),
            ("publisher.earnings_summary", [:]), ("publisher.earnings_payouts", [:]),
            ("publisher.notifications_list", [:]), ("publisher.notifications_read", [:]), ("common.profile", [:]),
            ("common.stats", [:]), ("agent.categories", [:]),
        ] as [(String, JSONValue)] {
            _ = try await network.data(action, params)
        }
        try await network.decide(["conversion_id": 1], "approve")
        try await network.decide(["conversion_id": 2], "reject")
        for path in [
            "conversions", "conversions?status=pending&held=true", "conversions/1", "programs", "programs/\(program)",
            "programs/\(program)/reports", "partnerships", "reports", "reports?group_by=publisher",
        ] {
            #expect(try await network.ask(.get, path).status == 200, "\(path)")
        }
        clock.advance(seconds: 40 * 86_400)
        _ = try await network.close(Month(of: clock.clock.now()).adding(-1).text)
        for path in ["operator/months", "operator/accounts", "conversions?held=true"] {
            #expect(try await network.ask(.get, path, key: network.operator).status == 200, "\(path)")
        }
        for path in ["payouts/1", "payouts/1/statement.csv", "notifications"] {
            #expect(try await network.ask(.get, path, key: network.agent).status == 200, "\(path)")
        }
    }
}
