import Affiliate
import HTTPTypes
import Kernel
import Ledger
import ServerTestKit
import Storage
import TestKit
import Testing

@Suite("From a recommendation to a payout")
struct StoryTests {
    @Test(
        "an order that is reported twice is counted once, approved, and paid with the tax right",
        arguments: Engine.available
    )
    func story(_ engine: Engine) async throws {
        let clock = TestClock()
        try await NetworkFixture.open(engine, clock: clock) { network in
            let program = try await network.program(["reward_amount": 100_000, "name": "画像生成スタジオ"])
            let found = try await network.data("agent.recommend", ["use_case": "画像生成", "limit": 5])
            #expect(found["programs"]?.array?.first?["program_id"] == .integer(program))
            let partnership = try await network.join(program)
            let click = try await network.data(
                "agent.track_click",
                ["partnership_id": .integer(partnership.id), "context": "voice-assistant"]
            )
            #expect(click["lp_url"]?.string?.hasPrefix("https://shop.example.com/?souk_click=1-") == true)
            let report: JSONValue = [
                "tracking_code": .string(partnership.code), "order_id": "ORDER-001", "amount": 9800,
            ]
            let first = try await network.data("agent.record_conversion", report)
            #expect(first["status"] == "pending")
            #expect(first["reward"] == 100_000)
            #expect(try await network.data("agent.record_conversion", report) == first)
            let other = try await network.act("agent.record_conversion", report.adding("amount", 9801))
            #expect(other.status == 409)
            #expect(try await network.balance("agent", .rewards) == 0)
            #expect(try await network.decide(first, "approve").json["data"]?["status"] == "payable")
            #expect(try await network.balance("agent", .rewards) == 100_000)
            let id = try await network.ask(.get, "operator/accounts?role=agent", key: network.operator).json["data"]?[
                "accounts"
            ]?.array?.first?["id"]?.string
            _ = try await network.ask(
                .patch,
                "operator/accounts/\(id ?? "")",
                ["tax_regime": "flat"],
                key: network.operator
            )
            #expect(try await network.ask(.post, "operator/months/2026-03/close", key: network.operator).status == 409)
            clock.advance(seconds: 13 * 86_400)
            let closed = try await network.close("2026-03")
            #expect(closed["net_amount"] == 89_350)
            let payout = try await network.data("publisher.earnings_payouts")["payouts"]?.array?.first
            #expect(payout?["gross_reward"] == 100_000)
            #expect(payout?["withholding_tax"] == 10_210)
            #expect(payout?["transfer_fee"] == 440)
            #expect(payout?["net_amount"] == 89_350)
            #expect(try await network.balance("agent", .rewards) == 0)
            #expect(try await network.decide(first, "reject").status == 409)
            let why = try await network.ask(.get, "conversions/1", key: network.agent).json["data"]
            #expect(why?["status"] == "paid")
            #expect(why?["reports"]?.array?.count == 3)
        }
    }
}
