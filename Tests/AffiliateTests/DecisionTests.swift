import HTTPTypes
import Kernel
import Ledger
import Server
import ServerTestKit
import Storage
import TestKit
import Testing

@testable import Affiliate

@Suite("What is decided can be understood and undone")
struct DecisionTests {
    @Test("approving releases what is held, in one step", arguments: Engine.available)
    func approvingReleases(_ engine: Engine) async throws {
        try await NetworkFixture.open(engine) { network in
            let partnership = try await network.join(try await network.program())
            try await network.click(partnership.code, userAgent: "python-requests/2.32")
            let token = try await network.token()
            let order = "token=\(token)&tracking_code=\(partnership.code)&order_id=A&amount=5000"
            let held = try await network.postback(order).json["data"] ?? .null
            #expect(held["held"] == true && held["status"] == "pending")
            let approved = try await network.decide(held, "approve").json["data"]
            #expect(approved?["held"] == false)
            #expect(approved?["status"] == "payable")
            #expect(try await network.balance("agent", .rewards) == 1200)
            #expect(try await network.decide(held, "release").status == 200)
            // By a table, too.
            let second = try await network.postback(order.replacing("order_id=A", with: "order_id=B")).json["data"]
            #expect(second?["held"] == true)
            let table = try await network.ask(
                .post,
                "conversions/decisions",
                ["csv": "program_id,order_id,decision\n1,B,approve\n", "dry_run": false]
            )
            #expect(table.status == 200, "\(table.body)")
            let held2 = try await network.ask(.get, "conversions?held=true").json["data"]?["conversions"]
            #expect(held2 == [])
        }
    }

    @Test(
        "a rejection is undone by its author within its month, and moves the reward anew",
        arguments: Engine.available
    )
    func undone(_ engine: Engine) async throws {
        let clock = TestClock()
        try await NetworkFixture.open(engine, clock: clock) { network in
            let program = try await network.program(["monthly_budget": 2400])
            let partnership = try await network.join(program)
            _ = try await network.data("agent.track_click", ["partnership_id": .integer(partnership.id)])
            let record = { (order: String) in
                try await network.data(
                    "agent.record_conversion",
                    ["tracking_code": .string(partnership.code), "order_id": .string(order)]
                )
            }
            let (pending, approved) = (try await record("A"), try await record("B"))
            try await network.decide(approved, "approve")
            for order in [pending, approved] { try await network.decide(order, "reject") }
            #expect(try await network.balance("agent", .rewards) == 0)
            for order in [pending, approved] {
                let id = order["conversion_id"]?.integer ?? 0
                #expect(
                    try await network.ask(.get, "conversions/\(id)").json["data"]?["can_be_approved"] == true
                )
                let again = try await network.decide(order, "approve")
                #expect(again.json["data"]?["status"] == "payable", "\(again.body)")
            }
            #expect(try await network.balance("agent", .rewards) == 2400)
            // What was given back to the budget is taken again.
            #expect(try await record("C")["reason"] == .int(Reason.budgetUsedUp.rawValue))
            // And once more, as often as somebody changes their mind.
            try await network.decide(pending, "reject")
            #expect(try await network.balance("agent", .rewards) == 1200)
            #expect(try await network.decide(pending, "approve").status == 200)
            try await network.decide(pending, "reject")
            clock.advance(seconds: 32 * 86_400)
            let late = try await network.decide(pending, "approve")
            #expect(late.status == 409)
            #expect(late.header("X-Souk-Problem") == "rejection_final")
            let differences = try await network.server.house.database.read { try network.server.house.verify(in: $0) }
            #expect(differences == [])
        }
    }

    @Test("who was rejected applies again after thirty days", arguments: Engine.available)
    func again(_ engine: Engine) async throws {
        let clock = TestClock()
        try await NetworkFixture.open(engine, clock: clock) { network in
            let program = try await network.program(["auto_approve": false])
            let first = try await network.join(program)
            #expect(try await network.ask(.post, "partnerships/\(first.id)/reject", ["reason": "no"]).status == 200)
            let early = try await network.act("publisher.partnerships_apply", ["program_id": .integer(program)])
            #expect(early.status == 409)
            #expect(early.header("X-Souk-Problem") == "application_too_soon")
            clock.advance(seconds: PartnershipService.waitDays * 86_400)
            let second = try await network.join(program)
            #expect(second.id == first.id)
            let open = try await network.act("publisher.partnerships_apply", ["program_id": .integer(program)])
            #expect(open.header("X-Souk-Problem") == "partnership_exists")
            #expect(try await network.ask(.post, "partnerships/\(first.id)/approve").status == 200)
        }
    }

    @Test("a budget of nothing counts nothing, and null lifts the limit", arguments: Engine.available)
    func budget(_ engine: Engine) async throws {
        try await NetworkFixture.open(engine) { network in
            let program = try await network.program(["monthly_budget": 0])
            let partnership = try await network.join(program)
            _ = try await network.data("agent.track_click", ["partnership_id": .integer(partnership.id)])
            let report = { (order: String) in
                try await network.act(
                    "agent.record_conversion",
                    ["tracking_code": .string(partnership.code), "order_id": .string(order)]
                ).json
            }
            // What does not count is no success, and is told all the same.
            let refused = try await report("A")
            #expect(refused["success"] == false)
            #expect(refused["data"]?["reason"] == .int(Reason.budgetUsedUp.rawValue))
            #expect(refused["message"]?.string?.hasPrefix("The order does not count: ") == true)
            #expect(try await report("A") == refused)
            let kept = try await network.ask(.patch, "programs/\(program)", ["name": "Other"])
            #expect(kept.json["data"]?["monthly_budget"] == 0)
            let lifted = try await network.ask(.patch, "programs/\(program)", ["monthly_budget": .null])
            #expect(lifted.json["data"]?["monthly_budget"] == .null)
            let counted = try await report("B")
            #expect(counted["success"] == true && counted["message"] == "Operation completed")
            #expect(try await network.ask(.patch, "programs/\(program)", ["monthly_budget": -1]).status == 400)
        }
    }

    @Test("an advertiser sets how many clicks of one browser count, and the terms show it")
    func clickLimit() async throws {
        try await NetworkFixture.open { network in
            let program = try await network.program(["click_limit": 3])
            let code = try await network.join(program).code
            for _ in 0..<5 { try await network.click(code) }
            let reasons = try await network.server.house.database.read { tx in
                try tx.clicks.list(partnership: 1, limit: 50).map(\.reason)
            }
            #expect(reasons.filter { $0 == .counts }.count == 3)
            #expect(reasons.filter { $0 == .flood }.count == 2)
            #expect(try await network.ask(.get, "programs/\(program)").json["data"]?["click_limit"] == 3)
            for limit in [0, 1001] {
                #expect(
                    try await network.ask(.patch, "programs/\(program)", ["click_limit": .int(limit)]).status == 400
                )
            }
            #expect(try await network.ask(.patch, "programs/\(program)", ["click_limit": 1000]).status == 200)
        }
    }
}
