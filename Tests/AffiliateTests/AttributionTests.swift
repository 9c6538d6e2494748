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

@testable import Affiliate

@Suite("Clicks, orders and what counts")
struct AttributionTests {
    @Test("the last second of the cookie window counts, the next does not", arguments: Engine.available)
    func window(_ engine: Engine) async throws {
        let clock = TestClock()
        try await NetworkFixture.open(engine, clock: clock) { network in
            let code = try await network.join(try await network.program(["cookie_days": 7])).code
            let click = try await network.click(code)
            let token = try await network.token()
            let query = "click_id=\(click.reference)&token=\(token)"
            clock.advance(seconds: 7 * 86_400)
            let last = try await network.postback("\(query)&order_id=A").json["data"]
            #expect(last?["status"] == "pending")
            clock.advance(seconds: 1)
            let late = try await network.postback("\(query)&order_id=B").json["data"]
            #expect(late?["status"] == "rejected")
            #expect(late?["reason"] == .int(Reason.outsideWindow.rawValue))
            #expect(late?["reward"] == 0)
        }
    }

    @Test("the last valid click wins, whoever's it is, and a late report goes to the click before its order")
    func lastClick() async throws {
        let clock = TestClock()
        try await NetworkFixture.open(clock: clock) { network in
            let other = try await network.server.key(AffiliateRole.publisher, of: "other")
            let program = try await network.program()
            let (mine, theirs) = (try await network.join(program), try await network.join(program, key: other))
            let first = try await network.click(mine.code)
            clock.advance(seconds: 3600)
            let moment = network.server.clock.clock.now().text
            clock.advance(seconds: 3600)
            try await network.click(theirs.code, cookie: first.cookie)
            let token = try await network.token()
            clock.advance(seconds: 60)
            let query = "click_id=\(first.reference)&token=\(token)"
            let won = try await network.postback("\(query)&order_id=A").json["data"]
            #expect(won?["partnership_id"] == .integer(theirs.id))
            let late = try await network.postback(
                "\(query)&order_id=B&occurred_at=\(moment.replacing("+", with: "%2B"))"
            ).json["data"]
            #expect(late?["partnership_id"] == .integer(mine.id))
            // A click that does not count takes nobody's order away.
            try await network.click(mine.code, cookie: first.cookie, userAgent: "Googlebot/2.1")
            let third = try await network.postback("\(query)&order_id=C").json["data"]
            #expect(third?["partnership_id"] == .integer(theirs.id))
        }
    }

    @Test("clicks that do not count say why, and still lead on")
    func reasons() async throws {
        try await NetworkFixture.open { network in
            let program = try await network.program(["auto_approve": false])
            let partnership = try await network.join(program)
            let cookie = try await network.click(partnership.code).cookie
            _ = try await network.ask(.post, "partnerships/\(partnership.id)/approve")
            try await network.click(partnership.code, userAgent: "curl/8 python-requests")
            try await network.click(partnership.code, cookie: cookie)
            _ = try await network.ask(.patch, "programs/\(program)", ["status": "paused"])
            try await network.click(partnership.code, cookie: cookie)
            let reasons = try await network.server.house.database.read { tx in
                try tx.clicks.list(partnership: NumericID(partnership.id), limit: 50).map(\.reason)
            }
            #expect(reasons == [.programEnded, .counts, .bot, .notApproved])
            #expect(
                try await network.client.send(.get, "/affiliate/t/\(String(repeating: "0", count: 32))").status == 404
            )
            let head = try await network.client.send(.head, "/affiliate/t/\(partnership.code)")
            #expect(head.status == 302)
            let report = try await network.data("publisher.report")
            #expect(report["totals"]?["clicks"] == 4)
            #expect(report["totals"]?["valid_clicks"] == 1)
        }
    }

    @Test("a click in the publisher's own browser counts only where self-back is allowed")
    func selfReferral() async throws {
        try await NetworkFixture.open { network in
            let browser = try await network.client.send(
                .post,
                "/affiliate/sign-in",
                headers: ["Content-Type": "application/x-www-form-urlencoded"],
                body: "key=\(network.agent)"
            )
            #expect(browser.status == 303)
            let cookies = browser.headers[values: .init("Set-Cookie")!].map { String($0.prefix { $0 != ";" }) }
            let visitor = cookies.first { $0.hasPrefix("souk_visitor") }
            let strict = try await network.join(try await network.program())
            let open = try await network.join(try await network.program(["self_affiliate": true]))
            try await network.click(strict.code, cookie: visitor)
            try await network.click(open.code, cookie: visitor)
            let reasons = try await network.server.house.database.read { tx in
                try [strict.id, open.id].flatMap {
                    try tx.clicks.list(partnership: NumericID($0), limit: 50).map(\.reason)
                }
            }
            #expect(reasons == [.selfReferral, .counts])
        }
    }

    @Test(
        "what fetches a link without going there is sent on and not counted",
        arguments: [
            ("Sec-Fetch-Dest", "image"), ("Sec-Fetch-Dest", "iframe"), ("Sec-Fetch-Dest", "script"),
            ("Sec-Fetch-Dest", "empty"),
            ("Sec-Purpose", "prefetch"), ("Sec-Purpose", "prefetch;prerender"), ("Purpose", "prefetch"),
            ("X-Moz", "prefetch"),
            ("X-Purpose", "preview"),
        ]
    )
    func fetching(header: (name: String, value: String)) async throws {
        try await NetworkFixture.open { network in
            let (id, code) = try await network.join(try await network.program())
            let headers = ["User-Agent": NetworkFixture.userAgent, header.name: header.value]
            let answer = try await network.client.send(.get, "/affiliate/t/\(code)", headers: headers)
            #expect(answer.status == 302)
            #expect(answer.header("Location") == "https://shop.example.com/")
            let document = ["User-Agent": NetworkFixture.userAgent, "Sec-Fetch-Dest": "document"]
            #expect(try await network.client.send(.get, "/affiliate/t/\(code)", headers: document).status == 302)
            let clicks = try await network.server.house.database.read {
                try $0.clicks.list(partnership: NumericID(id), limit: 50).count
            }
            #expect(clicks == 1)
        }
    }

    @Test("self-back is partnership, click and landing page in one, and once")
    func selfBack() async throws {
        try await NetworkFixture.open { network in
            let program = try await network.program(["self_affiliate": true])
            let none = try await network.program()
            #expect(try await network.act("publisher.selfback_apply", ["program_id": .integer(none)]).status == 409)
            let done = try await network.data("publisher.selfback_apply", ["program_id": .integer(program)])
            #expect(done["redirect_url"]?.string?.contains("souk_click=") == true)
            #expect(try await network.act("publisher.selfback_apply", ["program_id": .integer(program)]).status == 409)
            let order = try await network.data(
                "agent.record_conversion",
                ["tracking_code": done["tracking_code"] ?? "", "order_id": "mine"]
            )
            #expect(order["status"] == "pending")
        }
    }

    @Test("a click keeps the terms of its moment")
    func terms() async throws {
        let clock = TestClock()
        try await NetworkFixture.open(clock: clock) { network in
            let program = try await network.program(["reward_amount": 1000])
            let code = try await network.join(program).code
            let before = try await network.click(code)
            _ = try await network.ask(
                .patch,
                "programs/\(program)",
                ["reward_percent": 12.5, "typical_order_amount": 8000]
            )
            let after = try await network.click(code)
            let token = try await network.token()
            clock.advance(seconds: 60)
            let rewards = try await [before, after].asyncMap { click in
                try await network.postback(
                    "click_id=\(click.reference)&token=\(token)&order_id=\(click.reference)&amount=999"
                )
                .json["data"]?["reward"]?.integer
            }
            #expect(rewards == [1000, 124])
            let missing = try await network.postback("click_id=\(after.reference)&token=\(token)&order_id=none")
            #expect(missing.status == 422)
            #expect(missing.json["message"]?.string?.contains("amount") == true)
        }
    }

    @Test("pixel and postback of one order make one conversion, and the postback wins")
    func pixel() async throws {
        let clock = TestClock()
        try await NetworkFixture.open(clock: clock) { network in
            let program = try await network.program(["reward_percent": 10, "typical_order_amount": 5000])
            let code = try await network.join(program).code
            let click = try await network.click(code)
            let token = try await network.token()
            clock.advance(seconds: 60)
            let pixel = { (amount: Int) in
                try await network.client.send(
                    .get,
                    "/affiliate/pixel?program_id=\(program)&order_id=X&amount=\(amount)",
                    headers: ["Cookie": click.cookie]
                )
            }
            let first = try await pixel(1000)
            #expect(first.header("Content-Type") == "image/gif")
            #expect(first.header("X-Souk-Outcome") == "conversion=1; status=pending; reason=0")
            let postback = try await network.postback(
                "click_id=\(click.reference)&token=\(token)&order_id=X&amount=9000"
            )
            #expect(postback.json["data"]?["conversion_id"] == 1)
            #expect(postback.json["data"]?["reward"] == 900)
            #expect(try await pixel(1000).header("X-Souk-Outcome") == "refused=order_conflict")
            #expect(try await pixel(9000).header("X-Souk-Outcome") == "conversion=1; status=pending; reason=0")
            let pending = try await network.data("publisher.earnings_summary")["pending"]
            #expect(pending == 900)
            // Once the advertiser has decided, nothing takes its place.
            try await network.decide(["conversion_id": 1], "approve")
            let again = try await network.postback("click_id=\(click.reference)&token=\(token)&order_id=X&amount=9001")
            #expect(again.status == 409)
        }
    }

    @Test("64 reports of one order at once make one conversion", arguments: Engine.available)
    func retries(_ engine: Engine) async throws {
        try await NetworkFixture.open(engine) { network in
            let partnership = try await network.join(try await network.program())
            _ = try await network.data("agent.track_click", ["partnership_id": .integer(partnership.id)])
            let report: JSONValue = ["tracking_code": .string(partnership.code), "order_id": "O", "amount": 1]
            let ids = try await withThrowingTaskGroup(of: Int64?.self) { group in
                for _ in 0..<64 {
                    group.addTask {
                        try await network.data("agent.record_conversion", report)["conversion_id"]?.integer
                    }
                }
                return try await group.reduce(into: Set<Int64?>()) { $0.insert($1) }
            }
            #expect(ids == [1])
            #expect(try await network.data("publisher.earnings_summary")["pending"] == 1200)
        }
    }

    @Test("without an order id the click stands for the order; without a click nothing does")
    func withoutOrder() async throws {
        try await NetworkFixture.open { network in
            let partnership = try await network.join(try await network.program())
            let report: JSONValue = ["tracking_code": .string(partnership.code), "amount": 5000]
            #expect(try await network.act("agent.record_conversion", report).status == 422)
            _ = try await network.data(
                "agent.track_click",
                ["partnership_id": .integer(partnership.id), "context": "line-bot"]
            )
            let first = try await network.data("agent.record_conversion", report)
            #expect(try await network.data("agent.record_conversion", report) == first)
        }
    }

    @Test("a budget is never overspent, and what is rejected gives it back", arguments: Engine.available)
    func budget(_ engine: Engine) async throws {
        try await NetworkFixture.open(engine) { network in
            let partnership = try await network.join(try await network.program(["monthly_budget": 3000]))
            _ = try await network.data("agent.track_click", ["partnership_id": .integer(partnership.id)])
            let record = { (order: String) in
                try await network.data(
                    "agent.record_conversion",
                    ["tracking_code": .string(partnership.code), "order_id": .string(order)]
                )
            }
            let all = try await ["A", "B", "C"].asyncMap { try await record($0) }
            #expect(all.map { $0["status"] } == ["pending", "pending", "rejected"])
            #expect(all[2]["reason"] == .int(Reason.budgetUsedUp.rawValue))
            try await network.decide(all[0], "reject")
            #expect(try await record("D")["status"] == "pending")
        }
    }

    @Test("a paid click counts once a day for each browser", arguments: Engine.available)
    func paidClicks(_ engine: Engine) async throws {
        let clock = TestClock()
        try await NetworkFixture.open(engine, clock: clock) { network in
            let program = try await network.program(["reward_type": "cpc", "reward_amount": 15, "monthly_budget": 40])
            let code = try await network.join(program).code
            try await network.click(code)
            try await network.click(code)
            try await network.click(code, userAgent: "Mozilla/5.0 (Windows) Firefox/140.0")
            try await network.click(code, userAgent: "Mozilla/5.0 (Android) Chrome/140.0")
            #expect(try await network.balance("agent", .rewards) == 30)
            clock.advance(seconds: 86_400)
            try await network.click(code)
            #expect(try await network.balance("agent", .rewards) == 30)
            _ = try await network.ask(.patch, "programs/\(program)", ["monthly_budget": .null])
            try await network.click(code)
            #expect(try await network.balance("agent", .rewards) == 45)
            let reasons = try await network.server.house.database.read { tx in
                try tx.clicks.list(partnership: 1, limit: 50).map(\.reason)
            }
            #expect(reasons == [.counts, .budgetUsedUp, .budgetUsedUp, .counts, .duplicateClick, .counts])
            let order = try await network.data(
                "agent.record_conversion",
                ["tracking_code": .string(code), "order_id": "A"]
            )
            #expect(order["reason"] == .int(Reason.paysForClicks.rawValue))
        }
    }

    @Test("what looks like fraud is held, not paid, until somebody releases it")
    func fraud() async throws {
        let clock = TestClock()
        try await NetworkFixture.open(clock: clock) { network in
            let code = try await network.join(try await network.program(["reward_amount": 1300])).code
            let token = try await network.token()
            let fast = try await network.click(code)
            let held =
                try await network.postback("click_id=\(fast.reference)&token=\(token)&order_id=F").json["data"] ?? .null
            #expect(held["flags"] == ["too_fast"])
            #expect(held["held"] == true)
            clock.advance(seconds: 20 * 86_400)
            #expect(try await network.close("2026-03")["net_amount"] == 0)
            let queue = try await network.ask(.get, "conversions?held=1", key: network.operator).json["data"]
            #expect(queue?["conversions"]?.array?.count == 1)
            try await network.decide(held, "release", key: network.operator)
            try await network.decide(held, "approve")
            clock.advance(seconds: 30 * 86_400)
            // The fee is ¥220, so that the least payout of ¥1,000 is met.
            #expect(try await network.close("2026-04")["net_amount"] == 1080)
        }
    }

    @Test("a wrong token is refused, and the advertiser sees that somebody has tried")
    func wrongToken() async throws {
        try await NetworkFixture.open { network in
            let program = try await network.program()
            let click = try await network.click(try await network.join(program).code)
            let answer = try await network.postback("click_id=\(click.reference)&token=pb_wrong&order_id=A")
            #expect(answer.status == 401)
            let reports = try await network.server.house.database.read {
                try $0.conversions.listReports(ofProgram: NumericID(program), limit: 10)
            }
            #expect(reports.map(\.reason) == [.wrongToken])
            let stranger = try await network.server.key(AffiliateRole.advertiser, of: "stranger")
            let theirs = try await network.token(key: stranger)
            #expect(try await network.postback("click_id=\(click.reference)&token=\(theirs)&order_id=A").status == 404)
        }
    }

    @Test("countries are compared where a trusted proxy and the advertiser tell them")
    func countries() async throws {
        #expect(Countries.code("jp") == "JP")
        #expect(Countries.code("J1") == nil)
        #expect(Robots.isRobot("Mozilla/5.0 (compatible; bingbot/2.0)"))
        #expect(Robots.isRobot(nil))
        #expect(!Robots.isRobot("Mozilla/5.0 (Linux; Android 9; CUBOT X18) Chrome/140"))
    }
}

extension Sequence where Element: Sendable {
    func asyncMap<T: Sendable>(_ transform: (Element) async throws -> T) async rethrows -> [T] {
        var results: [T] = []
        for element in self { results.append(try await transform(element)) }
        return results
    }
}
