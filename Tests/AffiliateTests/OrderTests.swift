import HTTPTypes
import Kernel
import Ledger
import Server
import Storage
import TestKit
import Testing

@testable import Affiliate

@Suite("Reports of orders in any order")
struct OrderTests {
    /// Reports of several orders, whose sequence within each source is fixed by nothing.
    private enum Report: Sendable {
        case postback(Int)
        case pixel(Int)
        case agent(Int)
    }

    @Test("any order of postbacks, pixels and agents' reports gives the same money", arguments: [UInt64(1), 2, 3, 4])
    func shuffled(_ seed: UInt64) async throws {
        let clock = TestClock()
        try await Network.open(clock: clock) { network in
            var generator = SeededGenerator(seed: seed)
            let program = try await network.program(["reward_percent": 10, "typical_order_amount": 5000])
            let partnership = try await network.join(program)
            let token = try await network.token()
            let click = try await network.click(partnership.code)
            clock.advance(seconds: 600)
            let reports = (0..<8).flatMap { [Report.postback($0), .pixel($0), .agent($0), .postback($0)] }
            for report in reports.shuffled(using: &generator) {
                switch report {
                case .postback(let order):
                    _ = try await network.postback(
                        "click_id=\(click.reference)&token=\(token)&order_id=O\(order)&amount=\(1000 * (order + 1))"
                    )
                case .pixel(let order):
                    _ = try await network.client.send(
                        .get,
                        "/affiliate/pixel?program_id=\(program)&order_id=O\(order)&amount=7",
                        headers: ["Cookie": click.cookie]
                    )
                case .agent(let order):
                    _ = try await network.act(
                        "agent.record_conversion",
                        ["tracking_code": .string(partnership.code), "order_id": .string("O\(order)"), "amount": 7]
                    )
                }
            }
            // A tenth of 1,000 + 2,000 + … + 8,000.
            #expect(try await network.data("publisher.earnings_summary")["pending"] == 3600)
            let found = try await network.ask(.get, "conversions?limit=100").json["data"]?["conversions"]?.array ?? []
            #expect(found.count == 8)
            #expect(found.allSatisfy { $0["source"] == "postback" })
        }
    }

    @Test("the advertiser's server wins also over what was decided, until the month is closed")
    func replaced() async throws {
        let clock = TestClock()
        try await Network.open(clock: clock) { network in
            let program = try await network.program(["reward_percent": 10, "typical_order_amount": 5000])
            let partnership = try await network.join(program)
            let token = try await network.token()
            let click = try await network.click(partnership.code)
            clock.advance(seconds: 600)
            let agent = { (order: String) in
                try await network.data(
                    "agent.record_conversion",
                    ["tracking_code": .string(partnership.code), "order_id": .string(order), "amount": 90_000]
                )
            }
            let postback = { (order: String) in
                try await network.postback("click_id=\(click.reference)&token=\(token)&order_id=\(order)&amount=50000")
            }
            try await network.decide(try await agent("approved"), "approve")
            try await network.decide(try await agent("rejected"), "reject")
            for order in ["approved", "rejected"] {
                let data = try await postback(order).json["data"]
                #expect(data?["status"] == "pending")
                #expect(data?["reward"] == 5000)
            }
            #expect(try await network.balance("agent", .rewards) == 0)
            try await network.decide(try await agent("closed"), "approve")
            clock.advance(seconds: 20 * 86_400)
            _ = try await network.close("2026-03")
            #expect(try await postback("closed").status == 409)
        }
    }

    @Test("an order that did not count for one does not stop another's that does")
    func burnt() async throws {
        let clock = TestClock()
        try await Network.open(clock: clock) { network in
            let program = try await network.program()
            let mine = try await network.join(program)
            let other = try await network.server.affiliateKey(.publisher, of: "other")
            let theirs = try await network.join(program, key: other)
            let burnt = try await network.data(
                "agent.record_conversion",
                ["tracking_code": .string(mine.code), "order_id": "X"]
            )
            #expect(burnt["reason"] == .int(Reason.noClick.rawValue))
            let click = try await network.click(theirs.code)
            clock.advance(seconds: 600)
            let pixel = try await network.client.send(
                .get,
                "/affiliate/pixel?program_id=\(program)&order_id=X",
                headers: ["Cookie": click.cookie]
            )
            #expect(pixel.header("X-Souk-Outcome") == "conversion=1; status=pending; reason=0")
            #expect(try await network.data("publisher.earnings_summary", key: other)["pending"] == 1200)
            for path in ["order_id=click-9", "order_id=%20"] {
                let refused = try await network.client.send(.get, "/affiliate/pixel?program_id=\(program)&\(path)")
                #expect(refused.status == 400)
            }
        }
    }

    @Test("bots do not push a visitor's click out of sight, and an agent's paid click waits for its visitor")
    func crowds() async throws {
        try await Network.open { network in
            let code = try await network.join(try await network.program()).code
            _ = try await network.data("agent.track_click", ["partnership_id": 1])
            for _ in 0..<60 { try await network.click(code, userAgent: "curl bot") }
            let order = try await network.data(
                "agent.record_conversion",
                ["tracking_code": .string(code), "order_id": "A"]
            )
            #expect(order["status"] == "pending")

            let paid = try await network.join(try await network.program(["reward_type": "cpc", "reward_amount": 10]))
            let report = try await network.data(
                "agent.track_click",
                ["partnership_id": .integer(paid.id), "user_agent": "Mozilla/5.0 of my choice"]
            )
            #expect(report["reason"] == .int(Reason.awaitsVisitor.rawValue))
            #expect(try await network.balance("agent", .rewards) == 0)
            let address = String(report["tracking_url"]?.string?.dropFirst("http://souk.test".count) ?? "")
            for _ in 0..<2 {
                let answer = try await network.client.send(.get, address, headers: ["User-Agent": Network.userAgent])
                #expect(answer.status == 302)
            }
            #expect(try await network.balance("agent", .rewards) == 10)
        }
    }

    @Test("a suspended publisher's clicks do not count, and what is due waits")
    func suspended() async throws {
        let clock = TestClock()
        try await Network.open(clock: clock) { network in
            let partnership = try await network.join(try await network.program(["reward_amount": 5000]))
            _ = try await network.data("agent.track_click", ["partnership_id": 1])
            let order = try await network.data(
                "agent.record_conversion",
                ["tracking_code": .string(partnership.code), "order_id": "A"]
            )
            try await network.decide(order, "approve")
            let accounts = try await network.ask(.get, "operator/accounts?role=agent", key: network.operator)
            let id = accounts.json["data"]?["accounts"]?.array?.first?["id"]?.string ?? ""
            let set = { (isSuspended: Bool) in
                _ = try await network.ask(
                    .patch,
                    "operator/accounts/\(id)",
                    ["suspended": .bool(isSuspended)],
                    key: network.operator
                )
            }
            try await set(true)
            try await network.click(partnership.code)
            clock.advance(seconds: 20 * 86_400)
            #expect(try await network.close("2026-03")["carried_over"] == 5000)
            try await set(false)
            try await network.click(partnership.code)
            let reasons = try await network.server.house.database.read {
                try $0.clicks.list(partnership: 1, limit: 9).map(\.reason)
            }
            #expect(reasons == [.counts, .notApproved, .counts])
            clock.advance(seconds: 30 * 86_400)
            #expect(try await network.close("2026-04")["net_amount"] == 4780)
        }
    }

    @Test("a click on a product lands on its page; half width and hiragana are found")
    func products() async throws {
        try await Network.open { network in
            let program = try await network.program(["description": "ﾁｬｯﾄ と さくら"])
            let code = try await network.join(program).code
            let made = try await network.ask(
                .post,
                "programs/\(program)/creatives",
                ["type": "product", "title": "Pen", "url": "https://shop.example.com/pen?x=1", "price": 500]
            )
            #expect(made.status == 201)
            let answer = try await network.client.send(
                .get,
                "/affiliate/t/\(code)?creative=1",
                headers: ["User-Agent": Network.userAgent]
            )
            #expect(answer.header("Location")?.hasPrefix("https://shop.example.com/pen?x=1&souk_click=") == true)
            for keyword in ["チャット", "サクラ", "ＳＫＥＴＣＨ", "sketch"] {
                let found = try await network.data("publisher.programs_search", ["keyword": .string(keyword)])
                #expect(found["total"] == 1, "\(keyword)")
            }
        }
    }
}
