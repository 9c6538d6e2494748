/// A moment in UTC, in microseconds since 1970.
package struct Timestamp: Hashable, Comparable, Sendable {
    package let microseconds: Int64

    package init(microseconds: Int64) { self.microseconds = microseconds }

    package init(seconds: Int64) { self.microseconds = seconds * 1_000_000 }

    package var seconds: Int64 { Self.floorDivide(self.microseconds, 1_000_000) }

    package static func < (left: Self, right: Self) -> Bool { left.microseconds < right.microseconds }

    /// Clamps to the first and the last possible moment, so that a client's number cannot end the process.
    package func adding(seconds: Int64) -> Timestamp { self.adding(seconds, of: 1_000_000) }

    package func adding(milliseconds: Int64) -> Timestamp { self.adding(milliseconds, of: 1000) }

    private func adding(_ count: Int64, of unit: Int64) -> Timestamp {
        let (added, overflowed) = count.multipliedReportingOverflow(by: unit)
        let (sum, carried) = self.microseconds.addingReportingOverflow(added)
        guard overflowed || carried else { return Timestamp(microseconds: sum) }
        return Timestamp(microseconds: count < 0 ? .min : .max)
    }

    /// Negative when `earlier` is later than this.
    package func seconds(since earlier: Timestamp) -> Int64 { (self.microseconds - earlier.microseconds) / 1_000_000 }

    /// Whole milliseconds; negative when the other moment is later.
    package func milliseconds(since earlier: Timestamp) -> Int64 { (self.microseconds - earlier.microseconds) / 1000 }

    fileprivate static func floorDivide(_ value: Int64, _ divisor: Int64) -> Int64 {
        let (quotient, remainder) = value.quotientAndRemainder(dividingBy: divisor)
        return remainder < 0 ? quotient - 1 : quotient
    }
}

extension Timestamp {
    /// The civil date in UTC (algorithm of Howard Hinnant's `civil_from_days`).
    package var civil: (year: Int64, month: Int64, day: Int64) {
        let days = Self.floorDivide(self.seconds, 86_400) + 719_468
        let era = Self.floorDivide(days, 146_097)
        let dayOfEra = days - era * 146_097
        let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let shifted = (5 * dayOfYear + 2) / 153
        let month = shifted < 10 ? shifted + 3 : shifted - 9
        return (yearOfEra + era * 400 + (month <= 2 ? 1 : 0), month, dayOfYear - (153 * shifted + 2) / 5 + 1)
    }

    /// Midnight in UTC of the same day.
    package var startOfDay: Timestamp { Timestamp(seconds: Self.floorDivide(self.seconds, 86_400) * 86_400) }

    /// The day in UTC: `2026-08-01`.
    package var dayText: String { String(Substring(self.text.utf8.prefix(10))) }

    /// RFC 3339 in UTC with microseconds and `+00:00`.
    package var text: String {
        let (year, month, day) = self.civil
        let clock = self.seconds - Self.floorDivide(self.seconds, 86_400) * 86_400
        // Nearly every answer and row holds a moment, so its digits are written in place.
        return String(unsafeUninitializedCapacity: 40) { bytes in
            var end = 0
            func write(_ value: Int64, _ width: Int, _ separator: Unicode.Scalar) {
                var rest = value.magnitude
                for place in (0..<width).reversed() {
                    bytes[end + place] = UInt8(ascii: "0") + UInt8(rest % 10)
                    rest /= 10
                }
                bytes[end + width] = UInt8(ascii: separator)
                end += width + 1
            }
            if year < 0 {
                bytes[0] = UInt8(ascii: "-")
                end = 1
            }
            write(year, max(4, String(year.magnitude).utf8.count), "-")
            write(month, 2, "-")
            write(day, 2, "T")
            write(clock / 3600, 2, ":")
            write(clock / 60 % 60, 2, ":")
            write(clock % 60, 2, ".")
            write(self.microseconds - self.seconds * 1_000_000, 6, "+")
            write(0, 2, ":")
            write(0, 2, ":")
            return end - 1
        }
    }

    /// For people: date and time to the second, without its zone.
    package var readable: String {
        let bytes = self.text.utf8
        return "\(Substring(bytes.prefix(10))) \(Substring(bytes.dropFirst(11).prefix(8)))"
    }

    /// Reads RFC 3339 and the ISO 8601 forms that clients send: a date alone, a missing zone (UTC), up to nine places.
    package init?(text: String) {
        var scanner = DigitScanner(text)
        guard let year = scanner.number(4), scanner.take("-"), let month = scanner.number(2), scanner.take("-"),
            let day = scanner.number(2), (1...12).contains(month),
            (1...Self.daysIn(month: month, year: year)).contains(day)
        else { return nil }
        var microseconds = Self.days(year: year, month: month, day: day) * 86_400 * 1_000_000
        if !scanner.isAtEnd {
            guard scanner.take("T") || scanner.take("t") || scanner.take(" "), let hour = scanner.number(2), hour < 24,
                scanner.take(":"), let minute = scanner.number(2), minute < 60
            else { return nil }
            var second: Int64 = 0
            if scanner.take(":") {
                guard let value = scanner.number(2), value < 60 else { return nil }
                second = value
                if scanner.take(".") {
                    guard let fraction = scanner.fraction() else { return nil }
                    microseconds += fraction
                }
            }
            guard let offset = scanner.zone(), scanner.isAtEnd else { return nil }
            microseconds += (hour * 3600 + minute * 60 + second - offset) * 1_000_000
        }
        self.init(microseconds: microseconds)
    }

    /// Days since 1970-01-01 of a civil date (`days_from_civil`).
    package static func days(year: Int64, month: Int64, day: Int64) -> Int64 {
        let shifted = month <= 2 ? year - 1 : year
        let era = self.floorDivide(shifted, 400)
        let yearOfEra = shifted - era * 400
        let dayOfYear = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1
        return era * 146_097 + yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear - 719_468
    }

    private static func daysIn(month: Int64, year: Int64) -> Int64 {
        switch month {
        case 2: year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) ? 29 : 28
        case 4, 6, 9, 11: 30
        default: 31
        }
    }
}

/// By bytes: a digit of another script, or one that joins with what follows, is none.
private struct DigitScanner {
    private var rest: Substring.UTF8View
    init(_ text: String) { self.rest = text[...].utf8 }

    var isAtEnd: Bool { self.rest.isEmpty }

    mutating func take(_ scalar: Unicode.Scalar) -> Bool {
        guard self.rest.first == UInt8(ascii: scalar) else { return false }
        self.rest.removeFirst()
        return true
    }

    mutating func number(_ width: Int) -> Int64? {
        let digits = self.rest.prefix(width)
        guard digits.count == width, digits.allSatisfy(isDigit) else { return nil }
        self.rest.removeFirst(width)
        return Int64(Substring(digits))
    }

    /// The places after the point, as microseconds; further places are dropped.
    mutating func fraction() -> Int64? {
        let digits = self.rest.prefix(while: isDigit)
        guard (1...9).contains(digits.count) else { return nil }
        self.rest.removeFirst(digits.count)
        let six = Substring(digits.prefix(6))
        return Int64(six + String(repeating: "0", count: 6 - six.utf8.count))
    }

    /// The offset from UTC in seconds; none means UTC.
    mutating func zone() -> Int64? {
        if self.isAtEnd || self.take("Z") || self.take("z") { return 0 }
        let sign: Int64 = self.take("+") ? 1 : self.take("-") ? -1 : 0
        guard sign != 0, let hours = self.number(2), hours < 24 else { return nil }
        _ = self.take(":")
        guard let minutes = self.number(2), minutes < 60 else { return nil }
        return sign * (hours * 3600 + minutes * 60)
    }
}

private func isDigit(_ byte: UInt8) -> Bool { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) }
