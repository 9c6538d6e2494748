import Kernel
import Web

struct DailyUsageInput: Input {
    let days: Int
    init(_ read: inout InputReader) { self.days = read.days(1...90) }
}

struct RankingInput: Input {
    let period: String
    /// Nil for all time.
    let days: Int?
    let limit: Int

    init(_ read: inout InputReader) {
        self.period = read.query(
            "period",
            .string,
            default: "all-time",
            json: "all-time",
            "all-time, or a number of days such as 30",
            Rule(
                FieldRule("period_days"),
                schema: ["pattern": "^(all-time|[1-9][0-9]?|[12][0-9]{2}|3[0-5][0-9]|36[0-5])$"]
            ) { text in text == "all-time" || Int(text).map { (1...365).contains($0) && "\($0)" == text } ?? false }
        )
        self.days = Int(self.period)
        self.limit = read.pageLimit(default: 20)
    }
}

struct ProviderPath: Input {
    let name: String
    init(_ read: inout InputReader) { self.name = read.path("provider_id", "The provider") }
}

/// How long a period of a trend is.
enum Granularity: String, Sendable, CaseIterable {
    case daily, weekly, monthly

    /// The first of so many periods, of which the last is now's.
    func first(of count: Int, _ now: Timestamp) -> FigurePeriod {
        switch self {
        case .daily: return .day(now.adding(seconds: -Int64(count - 1) * 86_400))
        case .weekly: return .week(now.adding(seconds: -Int64(count - 1) * 7 * 86_400))
        case .monthly:
            let (year, month, _) = now.civil
            let months = year * 12 + month - 1 - Int64(count - 1)
            return .month(
                Timestamp(seconds: Timestamp.days(year: months / 12, month: months % 12 + 1, day: 1) * 86_400)
            )
        }
    }
}

struct TrendsInput: Input {
    let granularity: Granularity
    let periods: Int

    init(_ read: inout InputReader) {
        let granularity = read.query(
            "granularity",
            .string,
            default: "weekly",
            json: "weekly",
            "daily, weekly or monthly",
            .oneOf(Granularity.allCases.map(\.rawValue))
        )
        self.granularity = Granularity(rawValue: granularity) ?? .weekly
        self.periods = read.query(
            "periods",
            .integer,
            default: 12,
            json: 12,
            "Number of periods",
            .range(1...52, isMalformed: true)
        )
    }
}

struct TopServicesInput: Input {
    let order: AdminFigureStore.ServiceOrder
    let days: Int
    let limit: Int

    init(_ read: inout InputReader) {
        let order = read.query(
            "sort_by",
            .string,
            default: "revenue",
            json: "revenue",
            "revenue, calls or latency",
            .oneOf(AdminFigureStore.ServiceOrder.allCases.map(\.rawValue))
        )
        self.order = AdminFigureStore.ServiceOrder(rawValue: order) ?? .revenue
        self.days = read.days(1...365)
        self.limit = read.query(
            "limit",
            .integer,
            default: 10,
            json: 10,
            "Maximum results",
            .range(1...50, isMalformed: true)
        )
    }
}

struct BuyersInput: Input {
    let days: Int
    init(_ read: inout InputReader) { self.days = read.days(1...365) }
}

extension InputReader {
    fileprivate mutating func days(_ range: ClosedRange<Int>) -> Int {
        self.query(
            "days",
            .integer,
            default: 30,
            json: 30,
            "Days to look back, today included",
            .range(range, isMalformed: true)
        )
    }
}
