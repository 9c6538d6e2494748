import Kernel
import Synchronization

/// The value of the header `Date` (RFC 9110, section 5.6.7), written once a second.
final class HTTPDate: Sendable {
    private let clock: WallClock
    private let last = Mutex<(seconds: Int64, text: String)>((.min, ""))

    /// - Parameter clock: the real one; a moved clock of the sandbox is none of HTTP's.
    init(_ clock: WallClock = .system) { self.clock = clock }

    var text: String {
        let now = self.clock.now()
        return self.last.withLock { last in
            if last.seconds != now.seconds { last = (now.seconds, now.httpDate) }
            return last.text
        }
    }
}
