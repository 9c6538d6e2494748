import Foundation
import Kernel
import Testing
import Web

@testable import Forum

/// Shares, rates, months and the days by which people answer.
@Suite("The forum's money and days")
struct MoneyTests {
    private static func order(_ amount: String, refund: String? = nil) -> ShopOrder {
        var order = ShopOrder(
            id: ID("A-1"),
            status: .paid,
            amount: Dollars.micros(amount) ?? 0,
            refund: refund.flatMap { Dollars.micros($0) } ?? 0,
            occurredAt: Timestamp(seconds: 0),
            sharePercent: 15,
            share: 0
        )
        order.share = order.share(of: order.amount)
        return order
    }

    @Test("15 % of an order is exact, and only shown in cents")
    func shares() {
        #expect(Self.order("0.01").share == 1500)
        #expect(Self.order("1284.50").share == 192_675_000)
        let sum = ["9.99", "19.99", "4.50"].reduce(0) { $0 + Self.order($1).share }
        #expect(sum == 5_172_000)
        #expect(sum - Self.order("19.99").share == 2_173_500)
        #expect(DataOf.text(CentsNumber(micros: 192_675_000)) == "192.68")
        #expect(DataOf.text(CentsNumber(micros: 1_284_500_000)) == "1284.5")
        #expect(Self.order("10", refund: "2.50").remainingShare == 1_125_000)
    }

    private enum DataOf {
        static func text(_ value: CentsNumber) -> String { JSON.text(of: CentsNumber.shape.json(of: value)) }
    }

    @Test("amounts in dollars", arguments: [("0.01", 10_000), ("100000", 100_000_000_000), ("4.5", 4_500_000)])
    func dollars(_ text: String, _ micros: Int64) { #expect(Dollars.micros(text) == micros) }

    @Test("no amounts", arguments: ["0", "0.00", "1.001", "100000.01", "-1", "1e3", "", "1.", ".5", "1,5", "１"])
    func noDollars(_ text: String) { #expect(Dollars.micros(text) == nil) }

    @Test("a share becomes whole yen, rounded down once")
    func yen() {
        let rate = ConversionRate(value: ConversionRate.value(of: "156.72") ?? 0, source: "", asOf: "")
        #expect(rate.yen(192_675_000) == 30_196)
        #expect(rate.text == "156.72")
        #expect(rate.yen(1_000_000_000_000) == 156_720_000)
        #expect(ConversionRate.value(of: "49.9999") == nil && ConversionRate.value(of: "500.0001") == nil)
        #expect(ConversionRate.value(of: "50") == 500_000 && ConversionRate.value(of: "500") == 5_000_000)
        #expect(ConversionRate.value(of: "156.72345") == nil && ConversionRate.value(of: "1e2") == nil)
    }

    @Test("months of UTC")
    func months() {
        #expect(Month(text: "2026-12")?.next.text == "2027-01")
        #expect(Month(text: "2026-13") == nil && Month(text: "2026-1") == nil)
        #expect(Month(text: "2026-05")?.end == Timestamp(text: "2026-06-01T00:00:00Z"))
    }

    @Test(
        "five working days of Japan",
        arguments: [
            ("2026-05-01T01:00:00Z", [], "2026-05-08T15:00:00Z"), ("2026-05-01T16:00:00Z", [], "2026-05-08T15:00:00Z"),
            ("2026-05-01T01:00:00Z", ["2026-05-04", "2026-05-05", "2026-05-06"], "2026-05-13T15:00:00Z"),
        ] as [(String, [String], String)]
    )
    func days(_ from: String, _ holidays: [String], _ end: String) {
        let days = BusinessDays(holidays: Set(holidays.compactMap { Day(text: $0) }))
        #expect(days.end(of: 5, after: Timestamp(text: from)!) == Timestamp(text: end))
    }

    @Test("an IBAN's digits are checked, and it is shown by its ends")
    func iban() {
        let good = PayoutMethod(kind: .iban, value: "DE89 3704 0044 0532 0130 00")
        #expect(good.isValid && good.mask == "DE89 … 3000")
        #expect(!PayoutMethod(kind: .iban, value: "DE89 3704 0044 0532 0130 01").isValid)
        #expect(!PayoutMethod(kind: .iban, value: "DE").isValid)
        let paypal = PayoutMethod(kind: .paypal, value: "pay@klook.com")
        #expect(paypal.isValid && paypal.mask == "p…@klook.com")
    }
}

/// Levels that an account reaches by what it has done.
@Suite("Trust")
struct TrustTests {
    private static let now = Timestamp(text: "2026-06-01T00:00:00Z")!

    private static var basic: TrustFacts {
        var facts = TrustFacts()
        (facts.ageSeconds, facts.threadsOpened, facts.postsShown, facts.posts) = (86_400, 5, 30, 1)
        return facts
    }

    private static var member: TrustFacts {
        var facts = Self.basic
        (facts.daysVisited, facts.threadsOpened, facts.postsShown, facts.posts, facts.threadsWithPosts) = (
            15, 20, 100, 10, 3
        )
        return facts
    }

    private static var regular: TrustFacts {
        var facts = Self.member
        (facts.recentDaysVisited, facts.recentThreadsAnswered, facts.recentThreadsOpened) = (50, 10, 100)
        return facts
    }

    private static func level(_ facts: TrustFacts, from present: TrustLevel = .new) -> TrustLevel {
        facts.judge(present, idleSince: nil, now: self.now).level
    }

    @Test("each level needs all that it asks for, at its edge")
    func edges() {
        #expect(Self.level(TrustFacts()) == .new)
        #expect(Self.level(Self.basic) == .basic)
        #expect(Self.level(Self.member) == .member)
        #expect(Self.level(Self.regular) == .regular)
        func without(_ facts: TrustFacts, _ change: (inout TrustFacts) -> Void) -> TrustLevel {
            var facts = facts
            change(&facts)
            return Self.level(facts)
        }
        #expect(without(Self.basic) { $0.ageSeconds -= 1 } == .new)
        #expect(without(Self.basic) { $0.threadsOpened = 4 } == .new)
        #expect(without(Self.basic) { $0.postsShown = 29 } == .new)
        #expect(without(Self.basic) { $0.posts = 0 } == .new)
        #expect(without(Self.basic) { $0.removedIn30Days = 1 } == .new)
        #expect(without(Self.member) { $0.daysVisited = 14 } == .basic)
        #expect(without(Self.member) { $0.threadsWithPosts = 2 } == .basic)
        #expect(without(Self.member) { $0.removedIn90Days = 2 } == .basic)
        #expect(without(Self.regular) { $0.recentDaysVisited = 49 } == .member)
        #expect(without(Self.regular) { $0.recentRemoved = 1 } == .member)
        #expect(without(Self.regular) { ($0.reportsDecided, $0.reportsUpheld) = (5, 2) } == .member)
        #expect(without(Self.regular) { ($0.reportsDecided, $0.reportsUpheld) = (5, 3) } == .regular)
    }

    @Test("an idle regular has a fortnight to come back")
    func grace() {
        var idle = Self.regular
        idle.recentDaysVisited = 10
        let begun = idle.judge(.regular, idleSince: nil, now: Self.now)
        #expect(begun.level == .regular && begun.idleSince == Self.now)
        let late = Self.now.adding(seconds: 14 * 86_400 - 1)
        #expect(idle.judge(.regular, idleSince: Self.now, now: late).level == .regular)
        #expect(idle.judge(.regular, idleSince: Self.now, now: late.adding(seconds: 1)).level == .member)
        #expect(Self.regular.judge(.regular, idleSince: Self.now, now: late).idleSince == nil)
    }
}
