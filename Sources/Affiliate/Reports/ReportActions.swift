import Kernel
import Ledger
import Platform
import Storage
import Web

/// What a publisher's traffic came to, and what they are paid.
struct ReportActions: Sendable {
    static let trendMonths: Int64 = 6
    static let rangeDays: Int64 = 366

    let database: any Database
    let clock: WallClock

    var actions: [Action] {
        [
            Action("publisher.report", self.report),
            Action("publisher.earnings_summary", self.earnings),
            Action("publisher.earnings_payouts", self.payouts),
        ]
    }

    // MARK: Report

    struct ReportInput: Input {
        let start: String?
        let end: String?
        let grouping: ReportGrouping

        init(_ read: inout InputReader) {
            let date = Rule<String>(
                FieldRule("report_dates"),
                schema: ["format": "date"]
            ) {
                JapanTime.day(text: $0) != nil
            }
            self.start = read.optionalBody(
                "start_date",
                .string,
                "YYYY-MM-DD; the first of this month without it",
                date
            )
            self.end = read.optionalBody("end_date", .string, "YYYY-MM-DD; today without it", date)
            let text = read.body(
                "group_by",
                .string,
                default: "daily",
                json: "daily",
                "program or daily",
                .oneOf(["program", "daily"])
            )
            self.grouping = ReportGrouping(rawValue: text) ?? .daily
        }
    }

    /// The days of a report. Throws `reportRange`.
    static func days(from start: String?, to end: String?, at now: Timestamp) throws -> ClosedRange<Int64> {
        let last = end.flatMap(JapanTime.day) ?? JapanTime.day(of: now)
        let first = start.flatMap(JapanTime.day) ?? min(Month(of: now).firstDay, last)
        guard first <= last, last - first <= self.rangeDays else { throw AffiliateProblems.reportRange }
        return first...last
    }

    var report: Operation<ReportInput, ReportOutput> {
        Operation("Conversions and clicks by day or program", access: .publisher) { input, caller, _ in
            let days = try Self.days(from: input.start, to: input.end, at: self.clock.now())
            let filter = ReportFilter(scope: .publisher(caller.identity), days: days)
            return try await self.database.read { try ReportOutput(filter, by: input.grouping, in: $0) }
        }
        .refusing(AffiliateProblems.reportRange)
    }

    // MARK: Earnings

    var earnings: Operation<NoInput, EarningsSummary> {
        Operation("What is earned, unpaid and paid, and six months of it", access: .publisher) { _, caller, _ in
            let publisher = caller.identity
            let month = Month(of: self.clock.now())
            return try await self.database.read { tx in
                let trend = try (0..<Self.trendMonths).reversed().map { back in
                    let past = month.adding(-back)
                    let sum = try tx.reports.sumRewards(of: publisher, days: past.firstDay..<past.next.firstDay)
                    return (past, sum)
                }
                let sums = try tx.reports.sumRewards(of: publisher)
                let key = AccountKey(owner: publisher.text, purpose: .rewards, currency: .jpy)
                let unpaid = try tx.ledger.find(key).map { try Yen($0.balance) }
                return EarningsSummary(
                    unpaid: unpaid ?? 0,
                    currentMonth: trend.last?.1.reward ?? 0,
                    lifetime: sums.approved - (try tx.reports.sumClawbacks(of: publisher)),
                    paidOut: try tx.payouts.sumNet(of: publisher, .paid),
                    scheduled: try tx.payouts.sumNet(of: publisher, .scheduled),
                    pending: sums.pending,
                    held: sums.held,
                    trend: trend.map { .init(month: $0.0.text, conversions: $0.1.count, earnings: $0.1.reward) }
                )
            }
        }
    }

    struct EarningsSummary: Answer {
        let unpaid: Yen
        let currentMonth: Yen
        let lifetime: Yen
        let paidOut: Yen
        let scheduled: Yen
        let pending: Yen
        let held: Yen
        let trend: [Month]

        struct Month: Answer {
            let month: String
            let conversions: Int64
            let earnings: Yen

            static let members: [Member<Self>] = [
                Member("month", \.month, "The month", example: "2026-03"),
                Member("conversions", \.conversions, "Conversions in it", example: 3),
                Member("earnings", \.earnings, "Their approved rewards", unit: "JPY", example: 3000),
            ]
        }

        static let members: [Member<Self>] = [
            Member("unpaid_balance", \.unpaid, "Approved and not paid", unit: "JPY", example: 5000),
            Member(
                "current_month_earnings",
                \.currentMonth,
                "Approved rewards of this month; what is undecided is in pending",
                unit: "JPY",
                example: 3000
            ),
            Member("lifetime_total", \.lifetime, "Approved so far, less clawbacks", unit: "JPY", example: 15_000),
            Member("paid_out", \.paidOut, "Transferred so far", unit: "JPY", example: 10_000),
            Member("scheduled", \.scheduled, "Closed and not transferred", unit: "JPY", example: 0),
            Member("pending", \.pending, "Undecided", unit: "JPY", example: 2000),
            Member("held", \.held, "Kept back until somebody has looked", unit: "JPY", example: 0),
            Member("currency", { _ in Currency.jpy }, "The currency of the amounts", example: "JPY"),
            Member("monthly_trend", \.trend, "The last six months, oldest first"),
        ]
    }

    // MARK: Payouts

    var payouts: Operation<PageInput, NumberedPage<PayoutOutput>> {
        Operation("Closed months: reward, tax, fee and what was transferred", access: .publisher) { input, caller, _ in
            let publisher = caller.identity
            return try await self.database.read { tx in
                let (payouts, total) = try tx.payouts.list(
                    of: publisher,
                    limit: input.paging.limit,
                    offset: input.paging.offset
                )
                return input.paging.page(payouts.map { PayoutOutput(payout: $0) }, total: total)
            }
        }
    }
}

extension PayoutOutput: PagedItem {
    static let listName = "payouts"
    static let listSummary = "Newest first"
}
