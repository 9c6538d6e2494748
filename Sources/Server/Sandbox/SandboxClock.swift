package import Kernel
import Synchronization

/// The system's time, moved forward: what `souk serve --sandbox` runs on.
package final class SandboxClock: Sendable {
    private let offset = Mutex<Int64>(0)

    package init() {}

    package var clock: WallClock {
        WallClock { Timestamp(microseconds: WallClock.system.now().microseconds + self.offset.withLock { $0 }) }
    }

    /// Throws *invalid* for a moment that is not in the future: time does not run back.
    package func move(to moment: Timestamp) throws {
        try self.offset.withLock { offset in
            let now = WallClock.system.now().microseconds + offset
            guard moment.microseconds >= now else {
                throw Problem(.invalid, "clock_backwards")
            }
            offset += moment.microseconds - now
        }
    }
}
