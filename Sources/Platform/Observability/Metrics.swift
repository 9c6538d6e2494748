import Synchronization

/// Counters, gauges and histograms, written in Prometheus' text format.
package final class Metrics: Sendable {
    private struct State {
        var counters: [String: [String: Int64]] = [:]
        var histograms: [String: [String: Histogram]] = [:]
    }

    private struct Histogram {
        var counts = [Int64](repeating: 0, count: Metrics.boundsMilliseconds.count + 1)
        var sumMicroseconds: Int64 = 0

        mutating func add(_ microseconds: Int64, toBucket bucket: Int) {
            self.counts[bucket] += 1
            self.sumMicroseconds += microseconds
        }
    }

    /// Upper bounds of the buckets.
    static let boundsMilliseconds: [Int64] = [1, 2, 5, 10, 25, 50, 100, 250, 500, 1000, 2500, 5000, 10_000, 30_000]

    private let state = Mutex(State())
    private let help: [String: String]

    /// - Parameter help: a line for each name.
    package init(help: [String: String] = [:]) { self.help = help }

    /// - Parameter labels: written already: `surface="market",status="2xx"`.
    package func count(_ name: String, _ labels: String, by amount: Int64 = 1) {
        self.state.withLock { $0.counters[name, default: [:]][labels, default: 0] += amount }
    }

    package func time(_ name: String, _ labels: String, microseconds: Int64) {
        let bucket = Self.boundsMilliseconds.firstIndex { microseconds <= $0 * 1000 } ?? Self.boundsMilliseconds.count
        self.state.withLock { state in
            state.histograms[name, default: [:]][labels, default: Histogram()].add(microseconds, toBucket: bucket)
        }
    }

    /// Everything, sorted, with a HELP and a TYPE for each name.
    package func exposition() -> String {
        let state = self.state.withLock { $0 }
        var lines: [String] = []
        for (name, values) in state.counters.sorted(by: { $0.key < $1.key }) {
            self.head(name, "counter", &lines)
            for (labels, value) in values.sorted(by: { $0.key < $1.key }) {
                lines.append("\(name){\(labels)} \(value)")
            }
        }
        for (name, values) in state.histograms.sorted(by: { $0.key < $1.key }) {
            self.head(name, "histogram", &lines)
            for (labels, histogram) in values.sorted(by: { $0.key < $1.key }) {
                var total: Int64 = 0
                for (bound, count) in zip(Self.boundsMilliseconds, histogram.counts) {
                    total += count
                    lines.append("\(name)_bucket{\(labels),le=\"\(Self.seconds(bound * 1000))\"} \(total)")
                }
                total += histogram.counts.last!
                lines.append("\(name)_bucket{\(labels),le=\"+Inf\"} \(total)")
                lines.append("\(name)_sum{\(labels)} \(Self.seconds(histogram.sumMicroseconds))")
                lines.append("\(name)_count{\(labels)} \(total)")
            }
        }
        return lines.map { $0 + "\n" }.joined()
    }

    private func head(_ name: String, _ type: String, _ lines: inout [String]) {
        lines.append("# HELP \(name) \(self.help[name] ?? name)")
        lines.append("# TYPE \(name) \(type)")
    }

    private static func seconds(_ microseconds: Int64) -> String { "\(Double(microseconds) / 1_000_000)" }
}
