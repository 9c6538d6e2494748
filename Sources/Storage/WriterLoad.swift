package import Kernel
import Synchronization

/// How busy the writer of a database is, for whoever watches a server.
package final class WriterLoad: Sendable {
    /// From the call of ``Database/write(_:)`` to the beginning of its commit.
    package let queueTimes = Histogram()
    /// Of commits, with the statements of all writes in them.
    package let commitTimes = Histogram()
    private let waiting = Atomic<Int>(0)

    /// Writes that wait now.
    package var queueLength: Int { self.waiting.load(ordering: .relaxed) }

    func noteWaiting(_ count: Int) { self.waiting.store(count, ordering: .relaxed) }

    func noteTaken(_ batch: [WriteJob]) {
        let now = ContinuousClock.now
        for job in batch { self.queueTimes.add((now - job.queuedAt).microseconds) }
    }

    func measuringCommit<T>(_ body: () throws -> T) rethrows -> T {
        let startedAt = ContinuousClock.now
        defer { self.commitTimes.add((ContinuousClock.now - startedAt).microseconds) }
        return try body()
    }
}

extension Duration {
    fileprivate var microseconds: Int64 {
        self.components.seconds * 1_000_000 + self.components.attoseconds / 1_000_000_000_000
    }
}
