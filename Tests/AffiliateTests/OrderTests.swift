import Affiliate
import HTTPTypes
import Kernel
import Ledger
import Server
import ServerTestKit
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
        try await NetworkFixture.open(clock: clock) { network in
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
        try await NetworkFixture.open(clock: clock) { network in
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
        try await NetworkFixture.open(clock: clock) { network in
            let program = try await network.program()
            let mine = try await network.join(program)
            let other = try await network.server.key(AffiliateRole.publisher, of: "other")
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
        try await NetworkFixture.open { network in
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
                let answer = try await network.client.send(
                    .get,
                    address,
                    headers: ["User-Agent": NetworkFixture.userAgent]
                )
                #expect(answer.status == 302)
            }
            #expect(try await network.balance("agent", .rewards) == 10)
        }
    }

    @Test("a suspended publisher's clicks do not count, and what is due waits")
    func suspended() async throws {
        let clock = TestClock()
        try await NetworkFixture.open(clock: clock) { network in
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
        try await NetworkFixture.open { network in
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
                headers: ["User-Agent": NetworkFixture.userAgent]
            )
            #expect(answer.header("Location")?.hasPrefix("https://shop.example.com/pen?x=1&souk_click=") == true)
            for keyword in ["チャット", "サクラ", "ＳＫＥＴＣＨ", "sketch"] {
                let found = try await network.data("publisher.programs_search", ["keyword": .string(keyword)])
                #expect(found["total"] == 1, "\(keyword)")
            }
        }
    }

    // MARK: Orders in doubt

    private func pixel(_ network: NetworkFixture, _ program: Int64, _ query: String, cookie: String? = nil) async throws
        -> TestClient.Answer
    {
        try await network.client.send(
            .get,
            "/affiliate/pixel?program_id=\(program)&\(query)",
            headers: cookie.map { ["Cookie": $0] } ?? [:]
        )
    }

    @Test("what only a robot's click leads to is held, takes nobody's order away, and may be released")
    func robots() async throws {
        let clock = TestClock()
        try await NetworkFixture.open(clock: clock) { network in
            let program = try await network.program()
            let code = try await network.join(program).code
            let robot = try await network.click(code, userAgent: "Googlebot/2.1")
            let person = try await network.click(code)
            clock.advance(seconds: 60)
            for order in ["1", "2"] {
                let answer = try await self.pixel(network, program, "order_id=\(order)&amount=5", cookie: robot.cookie)
                #expect(answer.header("X-Souk-Outcome") == "conversion=\(order); status=pending; reason=0")
            }
            let held = try await network.ask(.get, "conversions?held=true").json["data"]?["conversions"]?.array ?? []
            #expect(held.map { $0["flags"] } == [["bot"], ["bot"]])
            // The person's own report of the order wins, also with another amount.
            for _ in 0..<2 {
                _ = try await self.pixel(network, program, "order_id=1&amount=9800", cookie: person.cookie)
            }
            let first = try await network.ask(.get, "conversions/1").json["data"]
            #expect(first?["amount"] == 9800)
            #expect(first?["held"] == false)
            // A robot takes nothing back.
            let again = try await self.pixel(network, program, "order_id=1&amount=5", cookie: robot.cookie)
            #expect(again.header("X-Souk-Outcome") == "refused=order_conflict")
            let second: JSONValue = ["conversion_id": 2]
            #expect(try await network.decide(second, "release", key: network.operator).status == 200)
            #expect(try await network.decide(second, "approve").status == 200)
            #expect(try await network.data("publisher.earnings_summary")["unpaid_balance"] == 1200)
        }
    }

    @Test("a robot's order gives way to an agent's too, but to nothing that does not count itself")
    func robotsGiveWay() async throws {
        let clock = TestClock()
        try await NetworkFixture.open(clock: clock) { network in
            let program = try await network.program([
                "reward_percent": 10, "typical_order_amount": 5000, "monthly_budget": 300,
            ])
            let code = try await network.join(program).code
            let robot = try await network.click(code, userAgent: "Googlebot/2.1")
            let person = try await network.click(code)
            clock.advance(seconds: 60)
            _ = try await self.pixel(network, program, "order_id=1&amount=1000", cookie: robot.cookie)
            let large = try await self.pixel(network, program, "order_id=1&amount=100000", cookie: person.cookie)
            #expect(large.header("X-Souk-Outcome") == "refused=order_conflict")
            let kept = try await network.ask(.get, "conversions/1").json["data"]
            #expect(kept?["status"] == "pending")
            #expect(kept?["reward"] == 100)
            #expect(try await network.ask(.get, "programs/\(program)").json["data"]?["budget_used"] == 100)
            let order: JSONValue = ["tracking_code": .string(code), "order_id": "1", "amount": 3000]
            #expect(try await network.data("agent.record_conversion", order)["reward"] == 300)
            let reports = try await network.ask(.get, "conversions/1").json["data"]?["reports"]?.array
            #expect(reports?.map { $0["reason"] } == [15, 12, 0])
            #expect(try await network.ask(.get, "programs/\(program)").json["data"]?["budget_used"] == 300)
        }
    }

    @Test("an order that a rule refused is no rejected one, and the advertiser may approve it while the budget lasts")
    func refused() async throws {
        let clock = TestClock()
        try await NetworkFixture.open(clock: clock) { network in
            let program = try await network.program(["monthly_budget": 2400])
            let code = try await network.join(program).code
            let cookie = try await network.click(code).cookie
            clock.advance(seconds: 60)
            for order in 1...3 { _ = try await self.pixel(network, program, "order_id=\(order)", cookie: cookie) }
            let third: JSONValue = ["conversion_id": 3]
            #expect(try await network.ask(.get, "conversions/3").json["data"]?["reason"] == 5)
            #expect(try await network.decide(third, "approve").status == 409)
            try await network.decide(["conversion_id": 1], "reject")
            // The advertiser's own rejection may be undone, and takes the budget again.
            #expect(try await network.decide(["conversion_id": 1], "approve").status == 200)
            #expect(try await network.decide(third, "approve").status == 409)
            try await network.decide(["conversion_id": 1], "reject")
            #expect(try await network.decide(third, "approve").status == 200)
            let totals = try await network.data("publisher.report")["totals"]
            #expect(totals?["conversions"] == 3)
            #expect(totals?["confirmation_rate"] == 50)
            #expect(totals?["reward"] == 2400)
            // Orders that nobody made lower no rate.
            for order in 4...20 { _ = try await self.pixel(network, program, "order_id=\(order)", cookie: cookie) }
            let later = try await network.data("publisher.report")["totals"]
            #expect(later?["invalid_conversions"] == 17)
            #expect(later?["confirmation_rate"] == 50)
            let detail = try await network.data("publisher.programs_detail", ["program_id": .integer(program)])
            #expect(detail["confirmation_rate"] == 50)
        }
    }

    @Test("a pixel is an image whatever it says, and its status and header tell a developer")
    func images() async throws {
        try await NetworkFixture.open { network in
            let program = try await network.program()
            let asked = [
                ("order_id=\(String(repeating: "x", count: 201))", 400, "order_id must be at most 200 characters"),
                ("amount=x", 422, "amount: must be an integer"),
                ("amount=5", 422, "order_id: is required where no click leads to the order"),
            ]
            for (query, status, message) in asked {
                let answer = try await self.pixel(network, program, query)
                #expect(answer.status == status)
                #expect(answer.header("Content-Type") == "image/gif")
                #expect(answer.header("X-Souk-Outcome")?.contains(message) == true, "\(answer.headers)")
            }
            let none = try await network.client.send(.get, "/affiliate/pixel")
            #expect(none.header("X-Souk-Outcome") == "refused=program_id: is required")
        }
    }

    @Test("what would pay nothing, or no order at all, is not approved after a rule refused it")
    func unpayable() async throws {
        try await NetworkFixture.open { network in
            let percent = try await network.program(["reward_percent": 10, "typical_order_amount": 5000])
            let paid = try await network.program(["reward_type": "cpc", "reward_amount": 10])
            let token = try await network.token()
            for (number, program) in [percent, paid].enumerated() {
                let code = try await network.join(program).code
                let query = "tracking_code=\(code)&token=\(token)&order_id=O"
                #expect(try await network.postback(query).json["data"]?["reason"] == 8)
                let refused = try await network.decide(["conversion_id": .int(number + 1)], "approve")
                #expect(refused.status == (number == 0 ? 422 : 409), "\(refused.body)")
            }
            let why = try await network.ask(.get, "conversions/2").json["data"]
            #expect(why?["can_be_approved"] == false)
        }
    }

    @Test("what anybody could have reported leaves room for what the advertiser's own server reports")
    func rewardsLimit() async throws {
        try await NetworkFixture.open { network in
            let program = try await network.program(["reward_percent": 100, "typical_order_amount": 5000])
            let code = try await network.join(program).code
            let click = try await network.click(code).reference
            let token = try await network.token()
            for number in 1...51 {
                let query = "click_id=\(click)&order_id=\(number)&amount=1000000000"
                let answer = try await self.pixel(network, program, query)
                let isRefused = answer.header("X-Souk-Outcome") == "refused=rewards_limit"
                #expect(isRefused == (number > 50), "\(number): \(answer.headers)")
            }
            let own = "click_id=\(click)&order_id=own&amount=1000000000&token=\(token)"
            #expect(try await network.postback(own).status == 200)
            // A visitor of a paid link still lands.
            let paid = try await network.program(["reward_type": "cpc", "reward_amount": 10])
            try await network.click(try await network.join(paid).code)
            let totals = try await network.data("publisher.report")["totals"]
            #expect(totals?["clicks"] == 2)
            #expect(totals?["valid_clicks"] == 1)
        }
    }

    @Test("what a rule refused is approved by a table too, and what was rejected is not released")
    func table() async throws {
        let clock = TestClock()
        try await NetworkFixture.open(clock: clock) { network in
            let program = try await network.program()
            let code = try await network.join(program).code
            let token = try await network.token()
            _ = try await network.postback("tracking_code=\(code)&token=\(token)&order_id=none")
            let click = try await network.click(code, userAgent: "Googlebot/2.1")
            clock.advance(seconds: 60)
            _ = try await network.postback("click_id=\(click.reference)&token=\(token)&order_id=robot")
            let csv = "program_id,order_id,decision\n\(program),none,approve\n\(program),robot,reject\n"
            let open = csv.bytewise.replacing("reject", with: "\"reject")
            let unread = try await network.ask(
                .post,
                "conversions/decisions",
                ["csv": .string(open), "dry_run": false]
            )
            #expect(unread.status == 400)
            let lines = """
                {"program_id": \(program), "order_id": "none", "decision": "approve"}
                {"program_id": \(program), "order_id": "robot", "decision": "reject", "reason": null}
                """
            let tried = try await network.ask(.post, "conversions/decisions", ["jsonl": .string(lines)])
            #expect(tried.json["data"]?["approved"] == 1 && tried.json["data"]?["applied"] == false)
            let wrong = try await network.ask(.post, "conversions/decisions", ["jsonl": "\n{\"program_id\": \"x\"}"])
            #expect(wrong.json["data"]?["errors"]?.array?.first?["line"] == 2)
            let both: JSONValue = ["jsonl": .string(lines), "csv": .string(csv)]
            #expect(try await network.ask(.post, "conversions/decisions", both).status == 400)
            let list = try await network.ask(.post, "conversions/decisions", ["jsonl": "[1]"])
            #expect(list.status == 400 && list.header("X-Souk-Problem") == "jsonl_line")
            let done = try await network.ask(.post, "conversions/decisions", ["csv": .string(csv), "dry_run": false])
            #expect(done.json["data"]?["reward"] == 1200)
            #expect(done.json["data"]?["applied"] == true)
            #expect(try await network.decide(["conversion_id": 2], "release").status == 409)
            let held = try await network.ask(.get, "conversions?held=true").json["data"]?["conversions"]
            #expect(held == [])
            let why = try await network.ask(.get, "conversions/1").json["data"]
            #expect(why?["decided_by"] == "No click leads to the order. The advertiser approved it all the same.")
        }
    }

    @Test("an order whose id is no UTF-8 is refused, since it would be taken for another")
    func encoding() async throws {
        try await NetworkFixture.open { network in
            let code = try await network.join(try await network.program()).code
            let fields = "tracking_code=\(code)&token=\(try await network.token())&amount=7"
            for id in ["%92%8D", "%95%B6", "%FF", "a%C3"] {
                let asked = try await network.postback("\(fields)&order_id=\(id)")
                #expect(asked.status == 400 && asked.header("X-Souk-Problem") == "field_encoding", "\(id)")
                let sent = try await network.client.send(.post, "/affiliate/postback", body: "\(fields)&order_id=\(id)")
                #expect(sent.status == 400 && sent.header("X-Souk-Problem") == "field_encoding", "\(id)")
            }
            #expect(try await network.postback("\(fields)&order_id=%E6%B3%A8").json["data"]?["order_id"] == "注")
        }
    }

    @Test("a guessed token is charged to its address before anything is written down")
    func guessedTokens() async throws {
        try await NetworkFixture.open(settings: [.limitsAddressPerMinute: "1"]) { network in
            let program = try await network.program()
            let code = try await network.join(program).code
            for (number, status) in [401, 401, 429, 429].enumerated() {
                let query = "tracking_code=\(code)&token=pb_\(number)&order_id=O"
                #expect(try await network.postback(query).status == status)
            }
            let reports = try await network.ask(.get, "programs/\(program)/reports").json["data"]?["reports"]?.array
            #expect(reports?.count == 2)
            let token = try await network.token()
            #expect(try await network.postback("tracking_code=\(code)&token=\(token)&order_id=O").status == 200)
        }
    }
}
