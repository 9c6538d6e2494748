import Kernel

/// Days and months as Japan counts them (UTC+9, no summer time): reports, budgets and payouts go by them (decision 9).
enum JapanTime {
    static let offsetSeconds: Int64 = 9 * 3600

    /// The day that the moment falls on, counted from 1970-01-01.
    static func day(of moment: Timestamp) -> Int64 {
        let civil = moment.adding(seconds: self.offsetSeconds).civil
        return Timestamp.days(year: civil.year, month: civil.month, day: civil.day)
    }

    static func start(ofDay day: Int64) -> Timestamp { Timestamp(seconds: day * 86_400 - self.offsetSeconds) }

    /// `2026-03-19`.
    static func date(ofDay day: Int64) -> String { String(Timestamp(seconds: day * 86_400).text.prefix(10)) }

    /// `2026-03-19T19:00:00…`, without its offset from UTC.
    static func local(_ moment: Timestamp) -> String {
        String(moment.adding(seconds: self.offsetSeconds).text.dropLast("+00:00".count))
    }

    /// `2026-03-19T19:00:00+09:00`.
    static func text(_ moment: Timestamp) -> String { self.local(moment).prefix(19) + self.offset }

    /// What follows a local time to make it a moment.
    static let offset = "+09:00"

    /// Nil when it is no date such as `2026-03-19`.
    static func day(text: String) -> Int64? {
        guard text.utf8.count == 10, let midnight = Timestamp(text: text) else { return nil }
        return midnight.seconds / 86_400
    }
}

/// A calendar month in Japan: `2026-03`.
struct Month: Hashable, Comparable, Sendable {
    let year: Int64
    let month: Int64

    init(of moment: Timestamp) {
        let civil = moment.adding(seconds: JapanTime.offsetSeconds).civil
        self.init(year: civil.year, month: civil.month)
    }

    private init(year: Int64, month: Int64) {
        self.year = year
        self.month = month
    }

    /// What the document says of a month's text.
    static let schema: [String: JSONValue] = ["pattern": "^20[0-9]{2}-(0[1-9]|1[0-2])$"]

    /// Nil when it is no month such as `2026-03`.
    init?(text: String) {
        guard text.utf8.count == 7, let day = JapanTime.day(text: "\(text)-01") else { return nil }
        self.init(of: JapanTime.start(ofDay: day))
    }

    var text: String { String(JapanTime.date(ofDay: self.firstDay).prefix(7)) }

    var firstDay: Int64 { Timestamp.days(year: self.year, month: self.month, day: 1) }

    var start: Timestamp { JapanTime.start(ofDay: self.firstDay) }

    /// The first moment that no longer belongs to it.
    var end: Timestamp { self.next.start }

    var next: Month { self.adding(1) }

    func adding(_ months: Int64) -> Month {
        let count = self.year * 12 + self.month - 1 + months
        return Month(year: count / 12, month: count % 12 + 1)
    }

    static func < (left: Self, right: Self) -> Bool { (left.year, left.month) < (right.year, right.month) }
}
