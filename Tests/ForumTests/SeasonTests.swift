import Testing

@testable import Forum

@Suite("Seasons")
struct SeasonTests {

    @Test(
        "half of the days must lie in the season's months",
        arguments: [
            ("2026-12-01", "2027-03-31", Season.winter, 42_804_500, true),
            ("2026-12-01", "2027-04-30", .winter, 42_804_500, true),
            ("2026-12-01", "2027-05-31", .winter, 42_804_500, false),
            ("2026-11-16", "2026-12-15", .winter, 42_804_500, true),
            ("2026-07-01", "2026-08-31", .winter, 42_804_500, false),
            ("2026-07-01", "2026-08-31", .winter, -45_030_000, true),
            ("2026-07-01", "2026-08-31", .winter, 1_350_000, true),
            ("2026-07-01", "2026-08-31", .all, 42_804_500, true),
            ("2026-07-01", "2026-08-31", .wet, 42_804_500, false), ("2026-07-01", "2026-08-31", .wet, 1_350_000, true),
        ]
    )
    func fits(from: String, to: String, season: Season, latitude: Int64, isRight: Bool) throws {
        let (from, to) = (try #require(Day(text: from)), try #require(Day(text: to)))
        #expect(season.fits(from: from, to: to, at: MicroDegrees(millionths: latitude)) == isRight)
    }

    @Test("fall is autumn, and winters is no season")
    func words() {
        #expect(Season(word: "fall") == .autumn)
        #expect(Season(word: "winters") == nil)
    }
}
