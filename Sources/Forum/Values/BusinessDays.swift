import Foundation
import Kernel
import Platform

/// Days on which people work in Japan: Monday to Friday, but for the holidays that the operator has named.
struct BusinessDays: Sendable {
    private static let offsetSeconds: Int64 = 9 * 3600
    private static let dayseconds: Int64 = 86_400

    let holidays: Set<Day>

    /// Of a file with a date in each line that begins with one. Throws `ConfigurationError`.
    static func read(_ path: String?) throws -> BusinessDays {
        guard let path else { return BusinessDays(holidays: []) }
        guard let text = try? String(contentsOfFile: path, encoding: .utf8) else {
            throw ConfigurationError("the file of holidays cannot be read: \(path)")
        }
        let days = text.bytewise.split("\n").compactMap { line in
            Day(text: String(Substring(line.utf8.prefix(10))).bytewise.replacing("/", with: "-"))
        }
        guard !days.isEmpty else { throw ConfigurationError("the file of holidays has no dates: \(path)") }
        return BusinessDays(holidays: Set(days))
    }

    /// The end of the last of so many working days after the day of a moment.
    func end(of count: Int, after moment: Timestamp) -> Timestamp {
        var day = (moment.seconds + Self.offsetSeconds) / Self.dayseconds
        var left = count
        while left > 0 {
            day += 1
            if self.isWorking(day) { left -= 1 }
        }
        return Timestamp(seconds: (day + 1) * Self.dayseconds - Self.offsetSeconds)
    }

    /// - Parameter day: since 1970-01-01, which was a Thursday.
    private func isWorking(_ day: Int64) -> Bool {
        let weekday = (day + 3) % 7
        return weekday < 5 && !self.holidays.contains(Day(number: day))
    }
}
