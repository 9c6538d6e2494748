import Testing

@testable import Affiliate

@Suite("Withholding and fees")
struct PayoutTests {
    @Test(
        "tax is withheld in whole yen, rounded down",
        arguments: [
            (TaxRegime.none, Int64(1_000_000), Int64(0)), (.flat, 9800, 1000), (.flat, 100_000, 10_210),
            (.flat, 1_000_000, 102_100), (.flat, 1_500_000, 204_200), (.flat, 1_000_001, 102_100), (.flat, 0, 0),
            (.flat, -500, 0), (.excess, 120_000, 0), (.excess, 120_009, 0), (.excess, 120_010, 1),
            (.excess, 200_000, 8168),
            (.excess, 1_000_000, 89_848),
        ]
    )
    func withholding(_ regime: TaxRegime, _ gross: Int64, _ tax: Int64) {
        #expect(regime.withheld(from: gross) == tax)
    }
}
