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
            Action(
                "publisher.report",
                "Conversions and clicks by day or programme",
                .publisher,
                example: [
                    "start_date": "2026-03-01", "end_date": "2026-03-31", "group_by": "daily",
                    "rows": [ReportOutput.line(ReportLine()).adding(["date": "2026-03-19"])],
                    "totals": ReportOutput.line(ReportLine()),
                ],
                optional: ["confirmation_rate", "epc", "date", "program_id", "program_name"],
                self.report
            ),
            Action(
                "publisher.earnings_summary",
                "What is earned, unpaid and paid, and six months of it",
                .publisher,
                example: [
                    "unpaid_balance": 5000, "current_month_earnings": 3000, "lifetime_total": 15000, "paid_out": 10000,
                    "scheduled": 0,
                    "pending": 2000, "held": 0, "currency": "JPY",
                    "monthly_trend": [["month": "2026-03", "conversions": 3, "earnings": 3000]],
                ],
                self.earnings
            ),
            Action(
                "publisher.earnings_payouts",
                "Closed months: reward, tax, fee and what was transferred",
                .publisher,
                example: JSONValue.object(Paging.example).adding(["payouts": [PayoutOutput.example]]),
                optional: PayoutOutput.optionalFields,
                self.payouts
            ),
        ]
    }

    // MARK: Report

    struct ReportInput: Input {
        let start: String?
        let end: String?
        let grouping: ReportGrouping

        init(_ read: inout InputReader) {
            let date = Rule<String>(
                "start_date and end_date must be dates such as 2026-03-31",
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
                .oneOf(["program", "daily"], "group_by must be program or daily")
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

    @Sendable private func report(_ input: ReportInput, _ caller: Caller, _ call: Call) async throws -> JSONValue {
        let days = try Self.days(from: input.start, to: input.end, at: self.clock.now())
        let filter = ReportFilter(scope: .publisher(caller.identity), days: days)
        return try await self.database.read { try ReportOutput.report(filter, by: input.grouping, in: $0) }
    }

    // MARK: Earnings

    @Sendable private func earnings(_: NoInput, _ caller: Caller, _ call: Call) async throws -> JSONValue {
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
            let balance = try tx.ledger.find(key)?.balance ?? 0
            return [
                "unpaid_balance": .integer(balance / Micros.perUnit),
                "current_month_earnings": .integer(trend.last?.1.reward ?? 0),
                "lifetime_total": .integer(sums.approved - (try tx.reports.sumClawbacks(of: publisher))),
                "paid_out": .integer(try tx.payouts.sumNet(of: publisher, .paid)),
                "scheduled": .integer(try tx.payouts.sumNet(of: publisher, .scheduled)),
                "pending": .integer(sums.pending), "held": .integer(sums.held), "currency": "JPY",
                "monthly_trend": .array(
                    trend.map { past, sum in
                        [
                            "month": .string(past.text), "conversions": .integer(sum.count),
                            "earnings": .integer(sum.reward),
                        ]
                    }
                ),
            ]
        }
    }

    // MARK: Payouts

    @Sendable private func payouts(_ input: PageInput, _ caller: Caller, _ call: Call) async throws -> JSONValue {
        let publisher = caller.identity
        return try await self.database.read { tx in
            let (payouts, total) = try tx.payouts.list(
                of: publisher,
                limit: input.paging.limit,
                offset: input.paging.offset
            )
            return JSONValue.object(input.paging.json(total: total)).adding([
                "payouts": .array(payouts.map(PayoutOutput.json))
            ])
        }
    }
}
