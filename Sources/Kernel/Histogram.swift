import Synchronization

/// How often a duration fell below each of a few bounds, and the sum of all. Durations are microseconds.
package final class Histogram: Sendable {
    /// From a look-up in memory to a slow answer of somebody else.
    package static let standardBounds: [Int64] = [
        500, 1000, 2500, 5000, 10_000, 25_000, 50_000, 100_000, 250_000, 500_000, 1_000_000, 2_500_000, 5_000_000,
        10_000_000, 30_000_000,
    ]

    package struct Snapshot: Sendable {
        /// By bound; one more for what is longer than all.
        package fileprivate(set) var counts: [Int64]
        package fileprivate(set) var sum: Int64 = 0

        package var count: Int64 { self.counts.reduce(0, +) }

        /// Of one with the same bounds.
        package func adding(_ other: Snapshot) -> Snapshot {
            var sum = Snapshot(counts: zip(self.counts, other.counts).map(+))
            sum.sum = self.sum + other.sum
            return sum
        }
    }

    /// Upper ones, ascending, each included.
    package let bounds: [Int64]
    private let state: Mutex<Snapshot>

    package init(_ bounds: [Int64] = standardBounds) {
        self.bounds = bounds
        self.state = Mutex(Snapshot(counts: [Int64](repeating: 0, count: bounds.count + 1)))
    }

    package func add(_ microseconds: Int64) {
        let bucket = self.bounds.firstIndex { microseconds <= $0 } ?? self.bounds.count
        self.state.withLock { state in
            state.counts[bucket] += 1
            state.sum += max(0, microseconds)
        }
    }

    package var snapshot: Snapshot { self.state.withLock { $0 } }
}
