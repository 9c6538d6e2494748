import Affiliate
import Kernel
import TestKit
import Testing

@testable import Affiliate

@Suite("Withholding and fees")
struct PayoutTests {
    @Test(
        "tax is withheld in whole yen, rounded down",
        arguments: [
            (TaxRegime.none, Yen(1_000_000), Yen(0)), (.flat, 9800, 1000), (.flat, 100_000, 10_210),
            (.flat, 1_000_000, 102_100), (.flat, 1_500_000, 204_200), (.flat, 1_000_001, 102_100), (.flat, 0, 0),
            (.flat, -500, 0), (.excess, 120_000, 0), (.excess, 120_009, 0), (.excess, 120_010, 1),
            (.excess, 200_000, 8168),
            (.excess, 1_000_000, 89_848),
        ]
    )
    func withholding(_ regime: TaxRegime, _ gross: Yen, _ tax: Yen) {
        #expect(regime.withheld(from: gross) == tax)
    }

    private static func fee(_ bank: String, _ from: Int64, _ fee: Int64) -> [String: JSONValue] {
        ["bank_code": .string(bank), "from_amount": .integer(from), "fee": .integer(fee)]
    }

    private static let rules = PayoutService.Rules(
        minimum: 1000,
        fees: TransferFees([Self.fee("*", 0, 220), Self.fee("*", 30_000, 440), Self.fee("0001", 0, 0)])!
    )

    private func settle(
        _ rewards: Yen,
        clawbacks: Yen = 0,
        carriedIn: Yen = 0,
        bank: String = "",
        isSuspended: Bool = false
    )
        -> (PayoutAmounts, Payout.CarryReason?)
    {
        PayoutAmounts.settle(
            .init(rewards: rewards, clawbacks: clawbacks, carriedIn: carriedIn),
            .flat,
            Self.rules,
            bank: bank,
            isSuspended: isSuspended
        )
    }

    @Test("what is left after tax and fee is at least the minimum, or is carried over without either")
    func minimum() {
        // 1,358 − 138 − 220 = 1,000
        let (paid, none) = self.settle(1358)
        #expect(none == nil && paid.net == 1000 && paid.withholding == 138)
        let (carried, reason) = self.settle(1357)
        #expect(
            reason == .belowMinimum && carried.withholding == 0 && carried.transferFee == 0 && carried.gross == 1357
        )
        #expect(self.settle(700, carriedIn: 700).1 == nil)
        #expect(self.settle(700, clawbacks: 900).1 == .negative)
        #expect(self.settle(5000, isSuspended: true).1 == .suspended)
    }

    @Test("fees go by bank and by the amount after tax")
    func fees() {
        #expect(self.settle(33_410).0.transferFee == 220)
        #expect(self.settle(33_411).0.transferFee == 440)
        #expect(self.settle(33_411, bank: "0001").0.transferFee == 0)
        #expect(self.settle(33_411, bank: "unknown").0.transferFee == 440)
        let refused: [[[String: JSONValue]]] = [
            [], [["bank_code": "*", "from_amount": 0]], [["bank_code": "*", "from_amount": 0, "fee": "x"]],
            [Self.fee("0001", 0, 5)], [Self.fee("*", 0, 5), Self.fee("*", 0, 6)], [Self.fee("*", -1, 5)],
            [Self.fee("*", 0, 100_001)], [Self.fee("*", 0, 5), Self.fee("00,01", 0, 5)],
            [Self.fee("*", 0, 5), Self.fee("0001\n*,3", 0, 5)], [Self.fee("", 0, 5), Self.fee("*", 0, 5)],
        ]
        for bands in refused { #expect(TransferFees(bands) == nil) }
        #expect(TransferFees([Self.fee("*", 0, 100_000)]) != nil)
    }

    @Test("months and days are Japan's")
    func months() {
        #expect(Month(of: Timestamp(text: "2026-02-28T15:00:00Z")!).text == "2026-03")
        #expect(Month(of: Timestamp(text: "2026-02-28T14:59:59Z")!).text == "2026-02")
        #expect(Month(text: "2026-12")?.next.text == "2027-01")
        #expect(Month(text: "2026-01")?.adding(-1).text == "2025-12")
        #expect(Month(text: "2026-13") == nil)
        #expect(Month(text: "2026-03")?.end == Timestamp(text: "2026-03-31T15:00:00Z"))
    }

    @Test("any order of the same rewards and clawbacks gives the same money", arguments: 0..<20)
    func property(_ seed: UInt64) {
        var generator = SeededGenerator(seed: seed)
        let rewards = (0..<50).map { _ in Yen(Int64.random(in: 0...9000, using: &generator)) }
        let total = rewards.reduce(0, +)
        for regime in TaxRegime.allCases {
            let (amounts, reason) = PayoutAmounts.settle(
                .init(rewards: rewards.shuffled(using: &generator).reduce(0, +), clawbacks: 0, carriedIn: 0),
                regime,
                Self.rules,
                bank: ""
            )
            #expect(amounts.gross == total)
            #expect(amounts.net + amounts.withholding + amounts.transferFee == total)
            #expect(reason != nil || amounts.net >= 1000)
            // Whole yen, and never more than the exact share.
            #expect(Double(regime.withheld(from: total).smallestUnits) <= Double(total.smallestUnits) * 0.2042 + 0.0001)
        }
    }
}
