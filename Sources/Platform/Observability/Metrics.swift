import Kernel
import Synchronization

/// Whoever has figures says so once; they are asked when somebody looks.
package final class Metrics: Sendable {
    private struct State {
        var counters: [CounterKey: Counter] = [:]
        var sources: [@Sendable () -> [Sample]] = []
    }

    private struct CounterKey: Hashable {
        let metric: Metric
        let label: String
        let value: String
    }

    private let state = Mutex(State())

    package init() {}

    /// The counter of a metric under a label; kept by whoever counts, so that counting costs no look-up.
    package func counter(_ metric: Metric, _ label: String, _ value: String) -> Counter {
        self.state.withLock { state in
            let key = CounterKey(metric: metric, label: label, value: value)
            if let counter = state.counters[key] { return counter }
            let counter = Counter()
            state.counters[key] = counter
            return counter
        }
    }

    /// - Parameter source: gives what stands in memory; must be short.
    package func add(_ source: @escaping @Sendable () -> [Sample]) { self.state.withLock { $0.sources.append(source) } }

    /// What is known without asking a database.
    package func samples() -> [Sample] {
        let (counters, sources) = self.state.withLock { ($0.counters, $0.sources) }
        let counted = counters.map { key, counter in Sample(key.metric, counter.value, [key.label: key.value]) }
        return Self.merged(counted + sources.flatMap { $0() })
    }

    /// Several listeners may have the same series: it is one, with their sum.
    private static func merged(_ samples: [Sample]) -> [Sample] {
        var places: [Sample.Series: Int] = [:]
        var merged: [Sample] = []
        for sample in samples {
            if let place = places[sample.series] {
                merged[place] = merged[place].adding(sample)
            } else {
                places[sample.series] = merged.count
                merged.append(sample)
            }
        }
        return merged
    }

    /// In Prometheus' text format, sorted, with a HELP and a TYPE for each metric.
    package static func exposition(of samples: [Sample]) -> String {
        let byMetric = Dictionary(grouping: samples, by: \.metric).sorted { $0.key.name < $1.key.name }
        var text = ""
        for (metric, samples) in byMetric {
            text += "# HELP \(metric.name) \(metric.help)\n# TYPE \(metric.name) \(metric.kind.rawValue)\n"
            for sample in samples.sorted(by: { $0.labels < $1.labels }) { self.write(sample, to: &text) }
        }
        return text
    }

    private static func write(_ sample: Sample, to text: inout String) {
        let (name, labels) = (sample.metric.name, sample.labels)
        let inBraces = labels.isEmpty ? "" : "{\(labels)}"
        switch sample.value {
        case .number(let value): text += "\(name)\(inBraces) \(self.number(value))\n"
        case .histogram(let bounds, let snapshot):
            let start = labels.isEmpty ? "" : "\(labels),"
            var total: Int64 = 0
            for (bound, count) in zip(bounds, snapshot.counts) {
                total += count
                text += "\(name)_bucket{\(start)le=\"\(self.seconds(bound))\"} \(total)\n"
            }
            text += "\(name)_bucket{\(start)le=\"+Inf\"} \(snapshot.count)\n"
            text += "\(name)_sum\(inBraces) \(self.seconds(snapshot.sum))\n"
            text += "\(name)_count\(inBraces) \(snapshot.count)\n"
        }
    }

    private static func seconds(_ microseconds: Int64) -> String { self.number(Double(microseconds) / 1_000_000) }

    private static func number(_ value: Double) -> String {
        Int64(exactly: value).map { "\($0)" } ?? "\(value)"
    }
}

/// How many there are, counted by several tasks.
package final class Counter: Sendable {
    private let count = Atomic<Int>(0)

    package func add(_ amount: Int = 1) { self.count.add(amount, ordering: .relaxed) }
    package var value: Int { self.count.load(ordering: .relaxed) }
}
