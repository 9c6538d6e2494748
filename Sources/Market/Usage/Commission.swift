import Kernel

/// What the market keeps of a call: the growth program, counted by calendar months from the provider's first service.
enum Commission {
    /// In basis points: nothing in month 1, 5 % in months 2 and 3, 10 % from month 4 on.
    static func basisPoints(at now: Timestamp, since start: Timestamp) -> Int64 {
        self.basisPoints(ofMonth: self.month(at: now, since: start))
    }

    private static func basisPoints(ofMonth month: Int64) -> Int64 {
        switch month {
        case ...1: 0
        case 2...3: 500
        default: 1000
        }
    }

    /// 1 until the same day of the next month. A day that the month does not have counts as its last.
    static func month(at now: Timestamp, since start: Timestamp) -> Int64 {
        let (from, to) = (start.civil, now.civil)
        let months = (to.year - from.year) * 12 + to.month - from.month
        let lastDay = Timestamp(seconds: Timestamp.days(year: to.year, month: to.month + 1, day: 1) * 86_400 - 1).civil
            .day
        let clock = { (time: Timestamp) in
            time.seconds - Timestamp.days(year: time.civil.year, month: time.civil.month, day: time.civil.day) * 86_400
        }
        let anniversary = min(from.day, lastDay)
        let isBefore = to.day < anniversary || (to.day == anniversary && clock(now) < clock(start))
        return max(1, months + (isBefore ? 0 : 1))
    }

    /// As a fraction: `0.05`.
    static func rateText(ofMonth month: Int64) -> String { Micros.text(self.basisPoints(ofMonth: month) * 100) }

    static func tier(ofMonth month: Int64) -> String {
        switch month {
        case ...1: "Month 1 (Free)"
        case 2...3: "Months 2-3 (Growth)"
        default: "Month 4+ (Standard)"
        }
    }

    /// When the next rate begins, and the month that it begins with; nil in the last tier.
    static func nextTier(at now: Timestamp, since start: Timestamp) -> (at: Timestamp, month: Int64)? {
        let month = self.month(at: now, since: start)
        guard month <= 3 else { return nil }
        let next: Int64 = month == 1 ? 2 : 4
        return (self.begin(ofMonth: next, since: start), next)
    }

    /// The same day and time some months later; a day that the month does not have is its last.
    private static func begin(ofMonth number: Int64, since start: Timestamp) -> Timestamp {
        let (year, month, day) = start.civil
        let months = year * 12 + month - 1 + number - 1
        let first = Timestamp.days(year: months / 12, month: months % 12 + 1, day: 1)
        let afterLast = Timestamp.days(year: months / 12, month: months % 12 + 2, day: 1)
        let clock = start.microseconds - start.startOfDay.microseconds
        return Timestamp(microseconds: (first + min(day, afterLast - first) - 1) * 86_400_000_000 + clock)
    }
}
