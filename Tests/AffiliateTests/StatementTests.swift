import HTTPTypes
import Kernel
import Server
import ServerTestKit
import TestKit
import Testing
import Web

@Suite("Statements as tables")
struct StatementTests {
    /// Order ids are what strangers send.
    @Test("every order comes back as it was, and none begins with what a spreadsheet computes")
    func table() async throws {
        let orders = [
            "=HYPERLINK(1)", "+1", "-1+1", "@SUM(A1)", "a,b", "say \"hi\"", "a\u{300},b", "\u{0D4E}\"=1",
            "x\u{301},=1", "semi;colon",
        ]
        let clock = TestClock()
        try await NetworkFixture.open(clock: clock) { network in
            let code = try await network.join(try await network.program(["reward_amount": 1000])).code
            for order in orders {
                try await network.click(code)
                let conversion = try await network.data(
                    "agent.record_conversion",
                    ["tracking_code": .string(code), "order_id": .string(order), "amount": 9800]
                )
                _ = try await network.decide(conversion, "approve")
            }
            clock.advance(seconds: 40 * 86_400)
            _ = try await network.close("2026-03")
            let month = try await network.ask(.get, "operator/months/2026-03/payouts", key: network.operator)
            let payouts = month.json["data"]?["payouts"]?.array ?? []
            let id = try #require(payouts.first?["id"]?.integer ?? payouts.first?["payout_id"]?.integer)
            let file = try await network.ask(.get, "payouts/\(id)/statement.csv", key: network.agent)
            #expect(file.status == 200)
            let rows = try #require(CSV.rows(String(file.body.bytewise.dropping(prefix: "\u{FEFF}") ?? "")))
            let column = try #require(rows.first?.firstIndex(of: "order_id"))
            #expect(rows.count == orders.count + 1)
            #expect(rows.allSatisfy { $0.count == rows[0].count })
            let cells = Set(rows.dropFirst().map { $0[column] })
            #expect(cells == Set(orders.compactMap { CSV.rows(CSV.line([$0]))?.first?.first }))
            #expect(cells.allSatisfy { !"=+@".utf8.contains($0.utf8.first ?? 0) })
            // Programs get every text as it is.
            let path = "payouts/\(id)/statement.csv?format="
            let objects = try await network.ask(.get, path + "jsonl", key: network.agent)
            #expect(objects.header("Content-Type") == "application/jsonl")
            let table = try #require(JSONLines.objects(objects.body))
            #expect(Set(table.map { $0.members["order_id"] }) == Set(orders))
            #expect(try await network.ask(.get, path + "xml", key: network.agent).status == 400)
        }
    }
}
