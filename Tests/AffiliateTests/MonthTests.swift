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

/// A month of a whole network, and what it must come to, computed beside it by other means.
@Suite("A month in the life of a network")
struct MonthTests {
    private struct Program: Sendable {
        let id: Int64
        let cookieDays: Int64
        /// Whole yen, or (nil) a tenth of the order.
        let reward: Int64?
        let token: String
        let advertiser: String
    }

    private struct PageRequest: Sendable {
        let program: Int
        let publisher: Int
        let reference: String
        let at: Timestamp
    }

    /// What the test knows of an order that was reported.
    private struct Order: Sendable {
        let id: Int64
        let publisher: Int
        let program: Int
        let reward: Int64
        var isApproved = false
    }

    private static let publishers = 40
    private static let clicks = 20_160
    private static let orders = 1440

    @Test("every report, every statement and the ledger agree to the yen", arguments: [UInt64(4), 2026])
    func month(_ seed: UInt64) async throws {
        // Midnight of 1 March in Japan.
        let clock = TestClock(Timestamp(text: "2026-02-28T15:00:00Z")!)
        try await NetworkFixture.open(clock: clock) { network in
            var generator = SeededGenerator(seed: seed)
            let world = try await World.make(network)
            var earned = [Int64](repeating: 0, count: Self.publishers)
            var orders = try await Self.live(through: 30 * 24, world, network, clock, &generator)
            try await Self.decide(&orders, &earned, world, network, &generator)
            clock.advance(seconds: 86_400 + 3600)
            let march = try await network.close("2026-03")
            try await Self.check(march, "2026-03", earned, network)
            #expect(try await network.ask(.post, "operator/months/2026-03/close", key: network.operator).status == 409)

            // One order of the closed month comes back; the rest of April is as March was.
            let returned = try #require(orders.first { $0.isApproved && $0.reward > 0 })
            let advertiser = world.programs[returned.program].advertiser
            #expect(
                try await network.decide(["conversion_id": .integer(returned.id)], "reject", key: advertiser).status
                    == 409
            )
            let taken = try await network.decide(["conversion_id": .integer(returned.id)], "clawback", key: advertiser)
            #expect(taken.status == 200)
            let carried = try await Self.carried(network)
            var april = carried
            april[returned.publisher] -= returned.reward
            var later = try await Self.live(through: 36, world, network, clock, &generator)
            try await Self.decide(&later, &april, world, network, &generator)
            clock.advance(seconds: 30 * 86_400)
            try await Self.check(try await network.close("2026-04"), "2026-04", april, network)
            try await Self.checkReports(network)
        }
    }

    // MARK: The world

    private struct World: Sendable {
        let programs: [Program]
        let publishers: [String]
        /// By program and publisher.
        let codes: [[String]]

        static func make(_ network: NetworkFixture) async throws -> World {
            let terms: [[String: JSONValue]] = [
                ["reward_amount": 1200, "cookie_days": 7], ["reward_percent": 10, "typical_order_amount": 5000],
                ["reward_amount": 15, "reward_type": "cpc"],
            ]
            var programs: [Program] = []
            for (index, fields) in terms.enumerated() {
                let key = try await network.server.key(AffiliateRole.advertiser, of: "shop-\(index)")
                programs.append(
                    Program(
                        id: try await network.program(fields, key: key),
                        cookieDays: fields["cookie_days"]?.integer ?? 30,
                        reward: fields["reward_amount"]?.integer,
                        token: try await network.token(key: key),
                        advertiser: key
                    )
                )
            }
            var publishers: [String] = []
            for number in 0..<MonthTests.publishers {
                publishers.append(
                    try await network.server.key(AffiliateRole.publisher, of: "publisher-\(number + 100)")
                )
            }
            let made = programs
            let codes = try await made.asyncMap { program in
                try await publishers.asyncMap { try await network.join(program.id, key: $0).code }
            }
            let regimes = ["none", "flat", "excess"]
            let accounts = try await network.ask(.get, "operator/accounts?role=publisher", key: network.operator)
            for (index, account) in (accounts.json["data"]?["accounts"]?.array ?? []).enumerated() {
                _ = try await network.ask(
                    .patch,
                    "operator/accounts/\(account["id"]?.string ?? "")",
                    ["tax_regime": .string(regimes[index % 3])],
                    key: network.operator
                )
            }
            return World(programs: made, publishers: publishers, codes: codes)
        }
    }

    /// Hours of clicks and orders; what was counted.
    private static func live(
        through hours: Int,
        _ world: World,
        _ network: NetworkFixture,
        _ clock: TestClock,
        _ generator: inout SeededGenerator
    ) async throws -> [Order] {
        var visits: [PageRequest] = []
        var orders: [Order] = []
        for _ in 0..<hours {
            let plans = (0..<Self.clicks / (30 * 24)).map { number in
                (
                    program: Int.random(in: 0..<3, using: &generator),
                    publisher: Int.random(in: 0..<Self.publishers, using: &generator),
                    browser: number, isBot: Int.random(in: 0..<50, using: &generator) == 0
                )
            }
            let now = clock.clock.now()
            visits += try await withThrowingTaskGroup(of: PageRequest?.self) { group in
                for plan in plans {
                    group.addTask {
                        let agent =
                            plan.isBot ? "Googlebot" : "\(NetworkFixture.userAgent) \(plan.browser) \(now.seconds)"
                        let click = try await network.click(
                            world.codes[plan.program][plan.publisher],
                            userAgent: agent
                        )
                        return plan.isBot || plan.program == 2
                            ? nil
                            : PageRequest(
                                program: plan.program,
                                publisher: plan.publisher,
                                reference: click.reference,
                                at: now
                            )
                    }
                }
                return try await group.reduce(into: []) { if let visit = $1 { $0.append(visit) } }
            }
            visits.sort { ($0.at, $0.reference) < ($1.at, $1.reference) }
            for _ in 0..<Self.orders / (30 * 24) where !visits.isEmpty {
                let visit = visits[Int.random(in: 0..<visits.count, using: &generator)]
                let amount = Int64.random(in: 100...30_000, using: &generator)
                let isRepeated = Int.random(in: 0..<10, using: &generator) == 0
                if let order = try await Self.report(visit, amount, isRepeated: isRepeated, world, network, now) {
                    orders.append(order)
                }
            }
            clock.advance(seconds: 3600)
        }
        return orders
    }

    private static func report(
        _ visit: PageRequest,
        _ amount: Int64,
        isRepeated: Bool,
        _ world: World,
        _ network: NetworkFixture,
        _ now: Timestamp
    ) async throws -> Order? {
        let program = world.programs[visit.program]
        let query =
            "click_id=\(visit.reference)&order_id=\(visit.reference)&amount=\(amount)&token=\(program.token)"
        let first = try await network.postback(query)
        // An order of the same click as an earlier one is that one again, and another amount a conflict.
        guard first.status == 200 else {
            #expect(first.status == 409)
            return nil
        }
        if isRepeated { #expect(try await network.postback(query).json["data"] == first.json["data"]) }
        let data = first.json["data"] ?? .null
        let isLate = now.seconds > visit.at.seconds + program.cookieDays * 86_400
        let expected = isLate ? 0 : program.reward ?? amount / 10
        #expect(data["reward"] == .integer(expected))
        #expect(data["status"] == (isLate ? "rejected" : "pending"))
        #expect(data["held"] == .bool(!isLate && now == visit.at))
        guard !isLate else { return nil }
        return Order(
            id: data["conversion_id"]?.integer ?? 0,
            publisher: visit.publisher,
            program: visit.program,
            reward: expected
        )
    }

    /// Approves most, rejects some, and some of those later; what each publisher has earned.
    private static func decide(
        _ orders: inout [Order],
        _ earned: inout [Int64],
        _ world: World,
        _ network: NetworkFixture,
        _ generator: inout SeededGenerator
    ) async throws {
        for index in orders.indices {
            let order = orders[index]
            let key = world.programs[order.program].advertiser
            let fate = Int.random(in: 0..<20, using: &generator)
            if fate == 0 { continue }
            let isRejected = fate < 4
            // A refund is a rejection after the approval.
            if !isRejected || fate == 1 {
                #expect(
                    try await network.decide(["conversion_id": .integer(order.id)], "approve", key: key).status == 200
                )
            }
            if isRejected {
                #expect(
                    try await network.decide(["conversion_id": .integer(order.id)], "reject", key: key).status == 200
                )
            } else {
                orders[index].isApproved = true
                // Whoever approves an order that is held has looked at it.
                earned[order.publisher] += order.reward
            }
        }
        // Paid clicks are the database's own count of valid clicks.
        let clicks = try await network.server.house.database.read { tx in
            try tx.rows(
                """
                SELECT identity.name, COUNT(*) FROM affiliate_click k JOIN affiliate_partnership s ON s.id = k.partnership_id
                JOIN identity ON identity.id = s.publisher_id
                WHERE k.reason = 0 AND k.program_id = \(world.programs[2].id)
                    AND k.at >= (SELECT MAX(closed_until) FROM affiliate_account) GROUP BY identity.name
                """
            ) { (try $0.column(String.self), try $0.column(Int64.self)) }
        }
        for (name, count) in clicks { earned[(Int(name.dropFirst("publisher-".count)) ?? 100) - 100] += count * 15 }
    }

    // MARK: What must hold

    private static func check(_ month: JSONValue, _ text: String, _ earned: [Int64], _ network: NetworkFixture)
        async throws
    {
        let payouts = try await network.ask(.get, "operator/months/\(text)/payouts", key: network.operator).json["data"]
        let found = payouts?["payouts"]?.array ?? []
        var gross = [Int64](repeating: 0, count: self.publishers)
        for payout in found {
            let number = Int(payout["publisher_name"]?.string?.dropFirst("publisher-".count) ?? "") ?? 100
            let value = payout["gross_reward"]?.integer ?? 0
            gross[number - 100] = value
            let regime = TaxRegime(rawValue: payout["tax_regime"]?.string ?? "") ?? .none
            let tax = regime.withheld(from: Yen(value)).smallestUnits
            let fee: Int64 = value - tax >= 30_000 ? 440 : 220
            let isPaid = value - tax - fee >= 1000
            #expect(payout["net_amount"] == .integer(isPaid ? value - tax - fee : 0))
            #expect(payout["carried_over"] == .integer(isPaid ? 0 : value))
            try await self.checkStatement(payout, network)
        }
        #expect(gross == earned, "\(text)")
        let net = found.reduce(Int64(0)) { $0 + ($1["net_amount"]?.integer ?? 0) }
        #expect(month["net_amount"] == .integer(net))
        #expect(month["state"] == "closed")
    }

    private static func checkStatement(_ payout: JSONValue, _ network: NetworkFixture) async throws {
        let id = payout["id"]?.integer ?? 0
        let csv = try await network.ask(.get, "payouts/\(id)/statement.csv", key: network.operator).body
        #expect(csv.hasPrefix("\u{FEFF}conversion_id,"))
        #expect(csv.split(separator: "\r\n").count < 2 || csv.contains("+09:00,"))
        let lines = csv.split(separator: "\r\n").dropFirst()
        let sum = lines.reduce(Int64(0)) { $0 + (Int64($1.split(separator: ",").last ?? "") ?? 0) }
        #expect(sum + (payout["carried_in"]?.integer ?? 0) == payout["gross_reward"]?.integer)
    }

    /// What each publisher's closed month goes on with.
    private static func carried(_ network: NetworkFixture) async throws -> [Int64] {
        let payouts = try await network.ask(.get, "operator/months/2026-03/payouts", key: network.operator).json["data"]
        var carried = [Int64](repeating: 0, count: self.publishers)
        for payout in payouts?["payouts"]?.array ?? [] {
            let number = Int(payout["publisher_name"]?.string?.dropFirst("publisher-".count) ?? "") ?? 100
            carried[number - 100] = payout["carried_over"]?.integer ?? 0
        }
        return carried
    }

    /// By day, by program and by publisher the totals are the same, and what the ledger says.
    private static func checkReports(_ network: NetworkFixture) async throws {
        let range = "start_date=2026-03-01&end_date=2026-05-31"
        let totals = try await ["daily", "program", "publisher"].asyncMap { grouping in
            try await network.ask(.get, "reports?\(range)&group_by=\(grouping)", key: network.operator).json["data"]?[
                "totals"
            ]
        }
        #expect(totals[0] == totals[1])
        #expect(totals[1] == totals[2])
        #expect(totals[0]?["clicks"]?.integer ?? 0 > Self.clicks - 1000)
        let (approved, pending) = try await network.server.house.database.read { tx in
            let accounts = try tx.ledger.listAccounts().filter { $0.key.purpose == .advertising }
            // The advertisers' debts, without what was clawed back.
            return (
                accounts.reduce(0) { $0 - $1.balance.micros } / Micros.perUnit,
                accounts.reduce(0) { $0 + $1.debitsPending } / Micros.perUnit
            )
        }
        let clawbacks = try await network.server.house.database.read {
            try $0.value("SELECT CAST(COALESCE(SUM(amount), 0) AS BIGINT) FROM affiliate_clawback", as: Int64.self) ?? 0
        }
        #expect(totals[0]?["approved_reward"]?.integer == approved + clawbacks)
        #expect(totals[0]?["pending_reward"]?.integer == pending)
    }
}
