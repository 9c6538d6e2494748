import Kernel
import TestKit
import Testing

@Suite("Money")
struct MoneyTests {
    @Test(
        "decimal text is read exactly",
        arguments: [
            ("0", 0), ("0.05", 50_000), ("0.50", 500_000), ("100", 100_000_000), ("0.000001", 1), ("-1.5", -1_500_000),
            ("9223372036854.775807", Int64.max), ("007", 7_000_000),
        ] as [(String, Int64)]
    )
    func parses(text: String, micros: Int64) throws { #expect(try Micros.parse(text) == micros) }

    @Test(
        "what is not plain decimal is refused",
        arguments: ["", "-", ".", ".5", "5.", "1e3", "NaN", "+1", " 1", "1,0", "0x1", "1.2.3", "٣"]
    )
    func refuses(text: String) { #expect(throws: Micros.Malformed.notDecimal) { try Micros.parse(text) } }

    @Test("a seventh place and too large a number have their own errors")
    func limits() {
        #expect(throws: Micros.Malformed.tooManyPlaces) { try Micros.parse("0.0000001") }
        #expect(throws: Micros.Malformed.tooLarge) { try Micros.parse("9223372036854.775808") }
    }

    @Test(
        "amounts are written with two to six places",
        arguments: [(0, "0.00"), (50_000, "0.05"), (1, "0.000001"), (12_345_600, "12.3456"), (-1_500_000, "-1.50")]
            as [(Int64, String)]
    )
    func writes(micros: Int64, text: String) { #expect(Micros.text(micros) == text) }

    @Test("every amount survives writing and reading (seeded)")
    func roundTrip() throws {
        var random = SeededGenerator(seed: 7)
        for _ in 0..<2000 {
            let micros = Int64.random(in: Int64.min / 2...Int64.max / 2, using: &random)
            #expect(try Micros.parse(Micros.text(micros)) == micros)
        }
    }

    @Test("a share is rounded down")
    func share() {
        #expect(Amount<USDC>(1_000_001).share(basisPoints: 1000) == 100_000)
        #expect(Amount<USDC>(.max).share(basisPoints: 10_000) == Amount(.max))
    }
}
