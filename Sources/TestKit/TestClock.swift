package import Kernel
import Synchronization

/// A clock that stands still until it is moved.
package final class TestClock: Sendable {
    /// 2026-03-19 10:00:00 UTC, the contracts' favourite morning.
    package static let start = Timestamp(text: "2026-03-19T10:00:00Z")!

    private let time: Mutex<Timestamp>

    package init(_ start: Timestamp = TestClock.start) { self.time = Mutex(start) }

    package var clock: WallClock { WallClock { self.time.withLock { $0 } } }

    package func advance(microseconds: Int64) {
        self.time.withLock { $0 = Timestamp(microseconds: $0.microseconds + microseconds) }
    }

    package func advance(seconds: Int64) { self.time.withLock { $0 = $0.adding(seconds: seconds) } }
}
