import Kernel
import Synchronization

/// The value of the header `Date` (RFC 9110, section 5.6.7), written once a second.
final class HTTPDate: Sendable {
    private static let days = ["Thu", "Fri", "Sat", "Sun", "Mon", "Tue", "Wed"]
    private static let months = [
        "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
    ]

    private let clock: WallClock
    private let last = Mutex<(seconds: Int64, text: String)>((.min, ""))

    /// - Parameter clock: the real one; a moved clock of the sandbox is none of HTTP's.
    init(_ clock: WallClock = .system) { self.clock = clock }

    var text: String {
        let now = self.clock.now()
        return self.last.withLock { last in
            if last.seconds != now.seconds { last = (now.seconds, Self.text(now)) }
            return last.text
        }
    }

    private static func text(_ moment: Timestamp) -> String {
        let (year, month, day) = moment.civil
        let weekday = self.days[Int(moment.seconds / 86_400 % 7)]
        let time = moment.readable.utf8.suffix(8)
        let date = "\(day < 10 ? "0" : "")\(day) \(self.months[Int(month) - 1]) \(year)"
        return "\(weekday), \(date) \(Substring(time)) GMT"
    }
}
