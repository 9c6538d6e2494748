package import Kernel

/// The value of a metric under its labels at one moment.
package struct Sample: Sendable {
    package enum Value: Sendable {
        case number(Double)
        case histogram(bounds: [Int64], Histogram.Snapshot)
    }

    package let metric: Metric
    /// Written as Prometheus reads them: `surface="market",status="200"`.
    let labels: String
    package let value: Value

    package init(_ metric: Metric, _ value: Double, _ labels: KeyValuePairs<String, String> = [:]) {
        self.metric = metric
        self.labels = Self.text(labels)
        self.value = .number(value)
    }

    package init(_ metric: Metric, _ value: Int, _ labels: KeyValuePairs<String, String> = [:]) {
        self.init(metric, Double(value), labels)
    }

    /// Of a duration's histogram, which is told in seconds.
    package init(_ metric: Metric, _ histogram: Histogram, _ labels: KeyValuePairs<String, String> = [:]) {
        self.metric = metric
        self.labels = Self.text(labels)
        self.value = .histogram(bounds: histogram.bounds, histogram.snapshot)
    }

    struct Series: Hashable {
        let metric: Metric
        let labels: String
    }

    var series: Series { Series(metric: self.metric, labels: self.labels) }

    private init(_ metric: Metric, _ labels: String, _ value: Value) {
        (self.metric, self.labels, self.value) = (metric, labels, value)
    }

    /// Of the same series.
    func adding(_ other: Sample) -> Sample {
        switch (self.value, other.value) {
        case (.number(let one), .number(let two)): Sample(self.metric, self.labels, .number(one + two))
        case (.histogram(let bounds, let one), .histogram(_, let two)):
            Sample(self.metric, self.labels, .histogram(bounds: bounds, one.adding(two)))
        default: self
        }
    }

    private static func text(_ labels: KeyValuePairs<String, String>) -> String {
        labels.map { name, value in
            let escaped = value.bytewise.replacing("\\", with: "\\\\").bytewise.replacing("\"", with: "\\\"")
                .bytewise.replacing("\n", with: "\\n")
            return "\(name)=\"\(escaped)\""
        }.joined(separator: ",")
    }
}
