import Kernel
import Testing

@testable import Web

@Suite("Charts")
struct BarChartTests {
    private func bars(_ values: [Double]) -> [BarChart.Bar] {
        values.enumerated().map { .init(label: "12-\($0.offset + 1)", value: $0.element, text: "\($0.element)") }
    }

    private func scale(_ most: Double, scale: Double = 1) -> [String] {
        let chart = BarChart.svg("t", self.bars([0, most]), scale: scale, empty: "none").text
        let wide = chart.bytewise.cut(at: "chart-narrow").before
        return wide.matches(of: /text-anchor="end">([^<]+)</).map { String($0.1) }
    }

    @Test("the scale has few round numbers, from zero to no less than the most")
    func scales() {
        #expect(self.scale(17) == ["0", "5", "10", "15", "20"])
        #expect(self.scale(1) == ["0", "1"])
        #expect(self.scale(3) == ["0", "1", "2", "3"])
        #expect(self.scale(123_456) == ["0", "40k", "80k", "120k", "160k"])
        #expect(self.scale(50_000, scale: 1_000_000) == ["0", "0.02", "0.04", "0.06"])
        #expect(self.scale(1, scale: 1_000_000) == ["0", "0.000001"])
        #expect(self.scale(120, scale: 1_000_000) == ["0", "0.00004", "0.00008", "0.00012"])
        #expect(self.scale(2_000_000_000) == ["0", "500M", "1G", "1.5G", "2G"])
        for most in [0.001, 0.7, 4, 9, 10, 11, 99, 100, 101, 12_345, 9e8] as [Double] {
            #expect((2...6).contains(self.scale(most).count), "\(most): \(self.scale(most))")
        }
    }

    @Test("many values are a line, and as many labels are shown as fit")
    func many() {
        let chart = BarChart.svg("t", self.bars([Double](repeating: 1, count: 90)), empty: "none").text
        #expect(chart.contains("<polyline"))
        let labels = chart.matches(of: /text-anchor="middle">/).count
        #expect(labels > 8 && labels < 40, "\(labels)")
        // No two of them touch, though the last one has moved to stay within.
        let places = chart.matches(of: /x="(\d+)" y="\d+" text-anchor="middle">/).map { Int($0.1)! }
        for (left, right) in zip(places.dropFirst(), places) where left < right { #expect(right - left >= 40) }
        // The last one is always there.
        #expect(chart.contains(">12-90<"))
        #expect(!BarChart.svg("t", self.bars([1, 2]), empty: "none").text.contains("<polyline"))
    }

    @Test("a period in which nothing happened says so, and markup in texts stays text")
    func empty() {
        #expect(
            BarChart.svg("t", self.bars([0, 0]), empty: "Nothing <b>").text
                == "<p class=\"empty\">Nothing &lt;b&gt;</p>"
        )
        let chart = BarChart.svg("<i>", [.init(label: "<u>", value: 1, text: "\"<s>")], unit: "<x>", empty: "").text
        for mark in ["<i>", "<u>", "<s>", "<x>"] { #expect(!chart.contains(mark)) }
    }

    @Test("the period before is a dashed line on the same scale, with what it comes to below")
    func before() {
        let chart = BarChart.svg(
            "t",
            self.bars([1_000_000, 2_000_000]),
            scale: 1_000_000,
            before: .init(values: [4_000_000, 0], sentence: "3 & 4"),
            empty: "none"
        ).text
        let wide = chart.bytewise.cut(at: "chart-narrow").before
        #expect(wide.matches(of: /text-anchor="end">([^<]+)</).map { String($0.1) } == ["0", "1", "2", "3", "4"])
        #expect(chart.matches(of: /<polyline class="before"/).count == 2)
        #expect(chart.hasSuffix("<p class=\"legend drawn soft\">3 &amp; 4</p>"))
        // Nothing before is no line; nothing now says so, and still tells of what was.
        let none = BarChart.svg("t", self.bars([1]), before: .init(values: [0], sentence: "s"), empty: "none").text
        #expect(!none.contains("class=\"before\"") && none.contains(">s<"))
        let now = BarChart.svg("t", self.bars([0]), before: .init(values: [5], sentence: "s"), empty: "none").text
        #expect(now == "<p class=\"empty\">none</p><p class=\"legend drawn soft\">s</p>")
    }

    @Test("days are whole periods")
    func days() throws {
        let last = try #require(Timestamp(text: "2026-03-01T13:00:00Z"))
        #expect(
            BarChart.days(from: last.adding(seconds: -2 * 86_400), through: last) == [
                "2026-02-27", "2026-02-28", "2026-03-01",
            ]
        )
        #expect(BarChart.days(from: last, through: last) == ["2026-03-01"])
    }
}
