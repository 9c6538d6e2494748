import Kernel
import Storage

/// A day of the calendar, from 2000-01-01 to 2099-12-31.
struct Day: Hashable, Comparable, Sendable {
    /// Days since 1970-01-01.
    let number: Int64

    private static let range: ClosedRange<Int64> =
        Timestamp.days(year: 2000, month: 1, day: 1)...Timestamp.days(year: 2099, month: 12, day: 31)

    init(number: Int64) { self.number = number }

    /// Nil for what is no such day: `2026-02-30`, `2026-2-3`.
    init?(text: String) {
        guard text.utf8.count == 10, let moment = Timestamp(text: text) else { return nil }
        self.number = moment.seconds / 86_400
        guard Self.range.contains(self.number) else { return nil }
    }

    /// In UTC.
    init(of moment: Timestamp) { self.number = moment.startOfDay.seconds / 86_400 }

    private var start: Timestamp { Timestamp(seconds: self.number * 86_400) }
    var text: String { self.start.dayText }
    var month: Int { Int(self.start.civil.month) }

    static func < (left: Self, right: Self) -> Bool { left.number < right.number }
}

extension Day: SQLConvertible {
    init(sqlValue: SQLValue) throws { self.number = try Int64(sqlValue: sqlValue) }
    var sqlValue: SQLValue { .integer(self.number) }
}
