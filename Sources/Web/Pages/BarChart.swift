import Kernel

/// Bars as SVG, made here: no script, no other host. A table with the same figures belongs beside it.
package enum BarChart {
    package struct Bar: Sendable {
        package let label: String
        package let value: Double
        /// What the bar says when it is pointed at.
        package let text: String

        package init(label: String, value: Double, text: String) {
            self.label = label
            self.value = value
            self.text = text
        }
    }

    private static let height = 160
    private static let barWidth = 40
    private static let gap = 16

    package static func svg(_ title: String, _ bars: [Bar]) -> Markup {
        let most = max(bars.map(\.value).max() ?? 0, .leastNormalMagnitude)
        let width = max(1, bars.count) * (self.barWidth + self.gap) + self.gap
        let drawn: [Markup] = bars.enumerated().map { index, bar in
            let x = self.gap + index * (self.barWidth + self.gap)
            let barHeight = max(bar.value > 0 ? 2 : 0, Int(nearest: min(1, bar.value / most) * Double(self.height)))
            return """
                <g><title>\(bar.text)</title>
                <rect class="bar" x="\(x)" y="\(self.height - barHeight + 8)" width="\(self.barWidth)" height="\(barHeight)" rx="3"/>
                <text class="axis" x="\(x + self.barWidth / 2)" y="\(self.height + 26)" text-anchor="middle">\(bar.label)</text></g>
                """
        }
        return """
            <svg class="chart" role="img" aria-label="\(title)" width="\(width)" height="\(self.height + 36)" viewBox="0 0 \(width) \(self.height + 36)">
            \(drawn)
            <line class="axis-line" x1="0" x2="\(width)" y1="\(self.height + 8)" y2="\(self.height + 8)"/>
            </svg>
            """
    }
}
