import Kernel
import Testing

@testable import Market

@Suite("Figures and reputation")
struct FigureTests {
    @Test("the formula of the contract, and zeros without calls")
    func reputation() {
        let none = Reputation(Figures())
        #expect(none.overall == 0 && none.latency == 0)
        let perfect = Reputation(Figures(calls: 4, successes: 4, latencyMilliseconds: 0))
        #expect(perfect.overall == 10)
        // 850 ms on average, 85 % below 400, 16 % at 500 and above.
        let mixed = Reputation(Figures(calls: 100, successes: 85, errors: 16, latencyMilliseconds: 85_000))
        #expect(Reputation.hundredths(mixed.latency) == 915)
        #expect(Reputation.hundredths(mixed.reliability) == 850)
        #expect(Reputation.hundredths(mixed.quality) == 840)
        #expect(Reputation.hundredths(mixed.overall) == 867)
        #expect(Reputation(Figures(calls: 1, successes: 0, errors: 1, latencyMilliseconds: 60_000)).overall == 0)
    }

    @Test(
        "days are covered by whole months where they fit",
        arguments: [
            ("2026-03-19", "2026-03-19", ["D2026-03-19"]), ("2026-03-01", "2026-03-31", ["M2026-03"]),
            ("2026-01-31", "2026-03-01", ["D2026-01-31", "M2026-02", "D2026-03-01"]),
            ("2025-12-01", "2026-01-31", ["M2025-12", "M2026-01"]), ("2026-03-02", "2026-03-01", []),
        ]
    )
    func covering(first: String, last: String, periods: [String]) {
        let covered = FigurePeriod.covering(
            from: Timestamp(text: first)!,
            through: Timestamp(text: last + "T23:00:00Z")!
        )
        #expect(covered.map(\.text) == periods)
    }

    @Test(
        "a period is all-time or a month",
        arguments: [
            ("all-time", "all"), ("2026-03", "M2026-03"), ("2026-13", nil), ("2026-3", nil), ("all", nil), ("", nil),
            ("2026-03-01", nil),
        ] as [(String, String?)]
    )
    func contractPeriods(text: String, period: String?) { #expect(FigurePeriod(contract: text)?.text == period) }
}
