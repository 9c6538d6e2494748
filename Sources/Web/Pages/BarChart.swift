package import Kernel

/// A chart as SVG, made here: no script, no other host. A table with the same figures belongs beside it.
///
/// Few values are bars, many are a line. The scale has round numbers and a grid; of the labels below, every n-th is shown, so that they fit. A
/// narrow window gets a drawing of its own, so that letters stay as large as elsewhere.
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

    /// The whole of a period, also where nothing happened: `2026-11-30` for each day, both ends included.
    package static func days(from first: Timestamp, through last: Timestamp) -> [String] {
        let count = max(0, last.startOfDay.seconds(since: first.startOfDay) / 86_400)
        return (0...count).map { first.startOfDay.adding(seconds: $0 * 86_400).dayText }
    }

    /// The period before, day by day, and what it comes to in words.
    package struct Comparison: Sendable {
        let values: [Double]
        let sentence: String
    }

    /// - Parameters:
    ///   - before: a dashed line over the bars.
    ///   - unit: what the values are in, above the scale; empty where the title says it.
    ///   - scale: how much of a value is one unit: a million for micro-units.
    ///   - empty: what stands there when every value is zero.
    package static func svg(
        _ title: String,
        _ bars: [Bar],
        unit: String = "",
        scale: Double = 1,
        before: Comparison? = nil,
        empty: String
    ) -> Markup {
        let earlier = before?.values ?? []
        let isDrawn = earlier.contains { $0 != 0 }
        let legend: Markup =
            before.map { "<p class=\"legend\(isDrawn ? " drawn" : "") soft\">\($0.sentence)</p>" } ?? .empty
        guard bars.contains(where: { $0.value != 0 }) else { return "<p class=\"empty\">\(empty)</p>\(legend)" }
        let figures = Figures(
            title: title,
            bars: bars,
            before: isDrawn ? earlier.map { $0 / scale } : [],
            unit: unit,
            scale: scale
        )
        return """
            <div class="charts">\(Drawing.wide.svg(figures))\(Drawing.narrow.svg(figures))</div>\(legend)
            """
    }

    /// What both drawings show.
    fileprivate struct Figures {
        let title: String
        let bars: [Bar]
        /// In units, as the scale has them; empty for none.
        let before: [Double]
        let unit: String
        let scale: Double

        var most: Double { max((self.bars.map(\.value).max() ?? 0) / self.scale, self.before.max() ?? 0) }
    }
}

/// One size of a chart.
private struct Drawing {
    static let wide = Drawing(name: "wide", width: 720, height: 240)
    static let narrow = Drawing(name: "narrow", width: 330, height: 200)

    private let name: String
    private let width: Int
    private let height: Int

    private init(name: String, width: Int, height: Int) {
        (self.name, self.width, self.height) = (name, width, height)
    }

    /// Of the scale's numbers.
    private var left = 52
    private static let right = 10
    private static let top = 22
    private static let bottom = 26
    private static let letterWidth = 8
    private static let widestBar = 44
    /// Narrower bars are a line.
    private static let narrowestBar = 7

    private var plotWidth: Int { self.width - self.left - Self.right }
    private var plotHeight: Int { self.height - Self.top - Self.bottom }

    func svg(_ figures: BarChart.Figures) -> Markup {
        let steps = Self.steps(upTo: figures.most, least: figures.scale > 1 ? 1 / figures.scale : 0)
        var drawing = self
        let letters = steps.map { Self.text($0).utf8.count }.max() ?? 0
        drawing.left = max(self.left, letters * Self.letterWidth + 8)
        return drawing.svg(figures, steps)
    }

    private func svg(_ figures: BarChart.Figures, _ steps: [Double]) -> Markup {
        let (title, bars, unit) = (figures.title, figures.bars, figures.unit)
        let limit = steps.last ?? 1
        let slot = Double(self.plotWidth) / Double(bars.count)
        let place = { (index: Int, value: Double) in
            Point(
                x: Double(self.left) + (Double(index) + 0.5) * slot,
                y: Double(Self.top) + (1 - min(1, max(0, value / limit))) * Double(self.plotHeight)
            )
        }
        let points = bars.enumerated().map { place($0, $1.value / figures.scale) }
        let before = figures.before.prefix(bars.count).enumerated().map { place($0, $1) }
        let isLine = Int(slot * 0.7) < Self.narrowestBar
        let drawn = isLine ? self.line(points, bars, slot) : self.bars(points, bars, slot)
        return """
            <svg class="chart chart-\(self.name)" role="img" aria-label="\(title)" width="\(self.width)" height="\(self.height)" viewBox="0 0 \(self.width) \(self.height)">
            \(self.grid(steps, limit))<text class="axis" x="4" y="13">\(unit)</text>
            \(drawn)\(self.before(before))
            <line class="axis-line" x1="\(self.left)" x2="\(self.width - Self.right)" y1="\(self.height - Self.bottom)" y2="\(self.height - Self.bottom)"/>
            \(self.labels(points, bars, slot))</svg>
            """
    }

    private struct Point {
        let x: Double
        let y: Double
    }

    /// From zero to a round number that is no less than the most.
    ///
    /// - Parameter least: the smallest step; zero for any.
    private static func steps(upTo most: Double, least: Double) -> [Double] {
        guard most > 0 else { return [0, 1] }
        var step = 1.0
        while step * 4 < most { step *= 10 }
        while step * 4 >= most * 10 { step /= 10 }
        for part in [10.0, 5, 2.5, 2] where step / part * 4 >= most {
            step /= part
            break
        }
        // What is counted has no halves.
        if most == most.rounded(), step < 1, most >= 1 { step = 1 }
        step = max(step, least)
        let count = Int((most / step).rounded(.up))
        return (0...max(1, count)).map { Double($0) * step }
    }

    private func grid(_ steps: [Double], _ limit: Double) -> [Markup] {
        steps.map { step in
            let y = Self.top + Int(nearest: (1 - step / limit) * Double(self.plotHeight))
            return """
                <line class="grid" x1="\(self.left)" x2="\(self.width - Self.right)" y1="\(y)" y2="\(y)"/><text class="axis" x="\(self.left - 6)" y="\(y + 4)" text-anchor="end">\(Self.text(step))</text>
                """
        }
    }

    /// `1.2k`, `0.05`.
    private static func text(_ value: Double) -> String {
        for (limit, letter) in [(1e9, "G"), (1e6, "M"), (1e4, "k")] where value >= limit {
            return "\(self.plain(value / (letter == "k" ? 1e3 : limit)))\(letter)"
        }
        return self.plain(value)
    }

    /// Six places at most, and no more than it needs.
    private static func plain(_ value: Double) -> String { Micros.shortest(Int64((value * 1e6).rounded())) }

    private func bars(_ points: [Point], _ bars: [BarChart.Bar], _ slot: Double) -> [Markup] {
        let width = min(Self.widestBar, max(1, Int(slot * 0.7)))
        return zip(points, bars).map { point, bar in
            let y = Int(nearest: point.y)
            let full = self.height - Self.bottom - y
            let height = bar.value > 0 ? max(2, full) : 0
            return """
                <g><title>\(bar.text)</title><rect class="bar" x="\(Int(nearest: point.x) - width / 2)" y="\(self.height - Self.bottom - height)" width="\(width)" height="\(height)" rx="2"/></g>
                """
        }
    }

    /// With a field above each point, so that each can be pointed at.
    private func line(_ points: [Point], _ bars: [BarChart.Bar], _ slot: Double) -> [Markup] {
        let path = points.map { "\(Int(nearest: $0.x)),\(Int(nearest: $0.y))" }.joined(separator: " ")
        let fields: [Markup] = zip(points, bars).map { point, bar in
            """
            <g><title>\(bar.text)</title><rect class="field" x="\(Int(nearest: point.x - slot / 2))" y="\(Self.top)" width="\(max(1, Int(slot.rounded(.up))))" height="\(self.plotHeight)"/></g>
            """
        }
        return ["<polyline class=\"line\" points=\"\(path)\"/>"] + fields
    }

    private func before(_ points: [Point]) -> Markup {
        guard !points.isEmpty else { return .empty }
        let path = points.map { "\(Int(nearest: $0.x)),\(Int(nearest: $0.y))" }.joined(separator: " ")
        return "<polyline class=\"before\" points=\"\(path)\"/>"
    }

    private func labels(_ points: [Point], _ bars: [BarChart.Bar], _ slot: Double) -> [Markup] {
        let letters = bars.map { $0.label.unicodeScalars.reduce(0) { $0 + ($1.value > 0x2E7F ? 2 : 1) } }.max() ?? 1
        let every = max(1, Int((Double(letters * Self.letterWidth + 6) / slot).rounded(.up)))
        let half = letters * Self.letterWidth / 2
        var free = Int.max
        // From the last one, which is the one that people look for, and which may have moved to stay within the drawing.
        return zip(points, bars).enumerated().reversed().compactMap { index, pair in
            let x = min(max(Int(nearest: pair.0.x), half), self.width - half)
            guard (bars.count - 1 - index).isMultiple(of: every), x + half <= free else { return nil }
            free = x - half
            return """
                <text class="axis" x="\(x)" y="\(self.height - 8)" text-anchor="middle">\(pair.1.label)</text>
                """
        }
    }
}

extension PageRequest {
    /// A period beside the one before it.
    ///
    /// - Parameters:
    ///   - values: of the days before, as many as the period has, oldest first.
    ///   - text: a sum as people read it.
    package func compared(_ now: Double, with values: [Double], _ text: (Double) -> String) -> BarChart.Comparison {
        let before = values.reduce(0, +)
        var arguments = ["now": text(now), "before": text(before)]
        guard before != 0 else {
            return .init(values: [], sentence: self.say("compared_with_nothing", arguments))
        }
        let change = Int(nearest: (now - before) * 100 / before)
        arguments["change"] = change > 0 ? "+\(change)%" : change < 0 ? "−\(-change)%" : "±0%"
        return .init(values: values, sentence: self.say("compared", arguments))
    }
}
