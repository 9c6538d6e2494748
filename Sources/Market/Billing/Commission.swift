import Kernel

/// What the market keeps of a call: the growth programme, counted by calendar months from the provider's first service.
enum Commission {
    /// In basis points: nothing in month 1, 5 % in months 2 and 3, 10 % from month 4 on.
    static func basisPoints(at now: Timestamp, since start: Timestamp) -> Int64 {
        switch self.month(at: now, since: start) {
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
}
