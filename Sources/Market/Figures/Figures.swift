import Kernel
import Platform
import Storage

/// What usage records add up to.
struct Figures: Sendable, Equatable {
    var calls: Int64 = 0
    /// Answered below 400.
    var successes: Int64 = 0
    /// Answered with 500 or above, or not at all.
    var errors: Int64 = 0
    var latencyMilliseconds: Int64 = 0
    /// What buyers were charged.
    var revenue: Amount<USDC> = 0
    /// The market's share of it, call by call at the rate of that moment.
    var fee: Amount<USDC> = 0
    var firstAt: Timestamp?
    var lastAt: Timestamp?

    static func + (left: Figures, right: Figures) -> Figures {
        Figures(
            calls: left.calls + right.calls,
            successes: left.successes + right.successes,
            errors: left.errors + right.errors,
            latencyMilliseconds: left.latencyMilliseconds + right.latencyMilliseconds,
            revenue: left.revenue + right.revenue,
            fee: left.fee + right.fee,
            firstAt: self.either(left.firstAt, right.firstAt, min),
            lastAt: self.either(left.lastAt, right.lastAt, max)
        )
    }

    private static func either(
        _ left: Timestamp?,
        _ right: Timestamp?,
        _ choose: (Timestamp, Timestamp) -> Timestamp
    ) -> Timestamp? {
        guard let left, let right else { return left ?? right }
        return choose(left, right)
    }

    /// With one decimal place.
    var averageLatency: Double { Self.ratio(self.latencyMilliseconds, self.calls, scale: 1) }

    /// Percent, with one decimal place; 0 without calls.
    var successRate: Double { Self.ratio(self.successes, self.calls, scale: 100) }
    var errorRate: Double { Self.ratio(self.errors, self.calls, scale: 100) }

    static func ratio(_ part: Int64, _ whole: Int64, scale: Double) -> Double {
        whole == 0 ? 0 : (Double(part) * scale / Double(whole) * 10).rounded() / 10
    }
}

extension Figures {
    init(_ usage: Usage) {
        self.init(
            calls: 1,
            successes: usage.statusCode < 400 ? 1 : 0,
            errors: usage.statusCode >= 500 ? 1 : 0,
            latencyMilliseconds: usage.latencyMilliseconds,
            revenue: usage.amount,
            fee: usage.fee,
            firstAt: usage.calledAt,
            lastAt: usage.calledAt
        )
    }

    /// Of calls that were charged the same amount at the same rate: amount, rate, then what they add up to.
    init(alike row: inout Row) throws {
        let amount = try row.column(Amount<USDC>.self)
        let basisPoints = try row.column(Int64.self)
        self.calls = try row.column()
        self.successes = try row.column()
        self.errors = try row.column()
        self.latencyMilliseconds = try row.column()
        self.firstAt = try row.column(Timestamp.self)
        self.lastAt = try row.column(Timestamp.self)
        self.revenue = Amount(amount.smallestUnits * self.calls)
        self.fee = Amount(amount.share(basisPoints: basisPoints).smallestUnits * self.calls)
    }

    /// What takes these figures back; the times stay.
    var negated: Figures {
        Figures(
            calls: -self.calls,
            successes: -self.successes,
            errors: -self.errors,
            latencyMilliseconds: -self.latencyMilliseconds,
            revenue: -self.revenue,
            fee: -self.fee,
            firstAt: self.firstAt,
            lastAt: self.lastAt
        )
    }
}

/// The time that figures are kept for: all of it, a month, a week or a day, in UTC.
struct FigurePeriod: Sendable, Hashable, SQLConvertible {
    let text: String

    static let all = FigurePeriod(text: "all")

    static func day(_ time: Timestamp) -> FigurePeriod { FigurePeriod(text: "D\(time.text.prefix(10))") }

    static func month(_ time: Timestamp) -> FigurePeriod { FigurePeriod(text: "M\(time.text.prefix(7))") }

    /// By ISO 8601: the week that holds the year's first Thursday is its first.
    static func week(_ time: Timestamp) -> FigurePeriod {
        let days = time.startOfDay.seconds / 86_400
        // 1970-01-01 was a Thursday: the week's Thursday decides whose year it is.
        let monday = days - ((days + 3) % 7 + 7) % 7
        let year = Timestamp(seconds: (monday + 3) * 86_400).civil.year
        let week = (monday + 3 - Timestamp.days(year: year, month: 1, day: 1)) / 7 + 1
        return FigurePeriod(text: "W\(year)-W\(week < 10 ? "0" : "")\(week)")
    }

    /// As contracts write it: `2026-03-19`, `2026-W12`, `2026-03`.
    var label: String { String(self.text.dropFirst()) }

    /// `all-time` or `YYYY-MM`, as the contract writes them; nil for anything else.
    init?(contract text: String) {
        if text == "all-time" {
            self = .all
        } else if text.utf8.count == 7, let time = Timestamp(text: "\(text)-01") {
            self = .month(time)
        } else {
            return nil
        }
    }

    /// The periods that a moment belongs to.
    static func containing(_ time: Timestamp) -> [FigurePeriod] { [.all, .month(time), .week(time), .day(time)] }

    /// The whole days and months that make up the days from the first to the last, as few as possible.
    static func covering(from first: Timestamp, through last: Timestamp) -> [FigurePeriod] {
        var periods: [FigurePeriod] = []
        var day = first.startOfDay
        while day <= last {
            let (year, month, dayOfMonth) = day.civil
            let next = Timestamp(seconds: Timestamp.days(year: year, month: month + 1, day: 1) * 86_400)
            if dayOfMonth == 1, next.adding(seconds: -86_400) <= last {
                periods.append(.month(day))
                day = next
            } else {
                periods.append(.day(day))
                day = day.adding(seconds: 86_400)
            }
        }
        return periods
    }

    /// The last so many days, today included.
    static func last(_ days: Int, before now: Timestamp) -> [FigurePeriod] {
        self.covering(from: now.adding(seconds: -Int64(days - 1) * 86_400), through: now)
    }

    /// What stands after every period of the same kind, in the order of the text.
    var endOfKind: String { String(UnicodeScalar(self.text.utf8.first! + 1)) }

    private init(text: String) { self.text = text }
    init(sqlValue: SQLValue) throws { self.text = try String(sqlValue: sqlValue) }
    var sqlValue: SQLValue { .text(self.text) }
}
