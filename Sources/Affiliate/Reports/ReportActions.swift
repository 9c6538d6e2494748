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

    @Sendable private func report(_ input: ReportInput, _ call: Call) async throws -> JSONValue {
        let caller = try call.requireCaller()
        let days = try Self.days(from: input.start, to: input.end, at: self.clock.now())
        let filter = ReportFilter(side: .publisher(caller.identity), days: days)
        return try await self.database.read { try ReportOutput.report(filter, by: input.grouping, in: $0) }
    }

    // MARK: Earnings

    @Sendable private func earnings(_: NoInput, _ call: Call) async throws -> JSONValue {
        let publisher = try call.requireCaller().identity
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

    struct PageInput: Input {
        let paging: Paging
        init(_ read: inout InputReader) { self.paging = Paging(&read) }
    }

    @Sendable private func payouts(_ input: PageInput, _ call: Call) async throws -> JSONValue {
        let publisher = try call.requireCaller().identity
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

/// Lines of reports as clients see them.
enum ReportOutput {
    static func report(_ filter: ReportFilter, by grouping: ReportGrouping, in tx: Transaction) throws -> JSONValue {
        let lines = try tx.reports.lines(filter, by: grouping)
        let names = try self.names(lines.map(\.key), grouping, in: tx)
        let rows = lines.map { key, line in
            let head: [String: JSONValue] =
                switch grouping {
                case .daily: ["date": .string(JapanTime.date(ofDay: Int64(key) ?? 0))]
                case .program: ["program_id": .integer(Int64(key) ?? 0), "program_name": .text(names[key])]
                case .publisher: ["publisher_name": .text(names[key])]
                }
            return self.line(line).adding(head)
        }
        return [
            "start_date": .string(JapanTime.date(ofDay: filter.days.lowerBound)),
            "end_date": .string(JapanTime.date(ofDay: filter.days.upperBound)),
            "group_by": .string(grouping.rawValue), "rows": .array(rows),
            "totals": self.line(lines.map(\.line).reduce(ReportLine(), +)),
        ]
    }

    private static func names(_ keys: [String], _ grouping: ReportGrouping, in tx: Transaction) throws -> [String:
        String]
    {
        switch grouping {
        case .daily: [:]
        case .program:
            Dictionary(
                uniqueKeysWithValues: try tx.programs.list(keys.compactMap { Int64($0) }).map {
                    ("\($0.id)", $0.content.name)
                }
            )
        case .publisher:
            Dictionary(
                uniqueKeysWithValues: try keys.compactMap { key in
                    try tx.affiliateAccounts.find(ID(key)).map { (key, $0.profile.displayName) }
                }
            )
        }
    }

    static func line(_ line: ReportLine) -> JSONValue {
        [
            "clicks": .integer(line.clicks), "valid_clicks": .integer(line.validClicks),
            "conversions": .integer(line.conversions), "pending": .integer(line.pending),
            "approved": .integer(line.approved), "rejected": .integer(line.rejected), "amount": .integer(line.amount),
            "reward": .integer(line.reward), "pending_reward": .integer(line.pendingReward),
            "approved_reward": .integer(line.approvedReward),
            "confirmation_rate": self.hundredths(
                Program.Figures.confirmationRate(approved: line.approved, rejected: line.rejected)
            ),
            "epc": self.hundredths(Program.Figures.epc(reward: line.reward, validClicks: line.validClicks)),
        ]
    }

    /// A rate or a mean; null when there is none.
    static func hundredths(_ value: Int64?) -> JSONValue { value.map { .hundredths(Int($0)) } ?? .null }
}

enum PayoutOutput {
    static func json(_ payout: Payout) -> JSONValue {
        [
            "id": .integer(payout.id), "payout_id": .integer(payout.id), "month": .string(payout.month),
            "conversions": .integer(payout.conversions), "rewards": .integer(payout.amounts.rewards),
            "clawbacks": .integer(payout.amounts.clawbacks), "carried_in": .integer(payout.amounts.carriedIn),
            "gross_reward": .integer(payout.amounts.gross), "tax_regime": .string(payout.taxRegime.rawValue),
            "withholding_tax": .integer(payout.amounts.withholding),
            "transfer_fee": .integer(payout.amounts.transferFee), "net_amount": .integer(payout.net),
            "carried_over": .integer(payout.carriedOver), "carry_reason": .text(payout.carryReason?.rawValue),
            "status": .string(payout.status.rawValue), "period_start": .time(payout.periodFrom),
            "period_end": .time(payout.periodTo), "reference": .text(payout.reference),
            "created_at": .time(payout.createdAt), "paid_at": .time(payout.paidAt),
        ]
    }

    static let optionalFields: Set<String> = ["carry_reason", "reference", "paid_at"]

    static let example: JSONValue = [
        "id": 7, "payout_id": 7, "month": "2026-03", "conversions": 12, "rewards": 20000, "clawbacks": 0,
        "carried_in": 0, "gross_reward": 20000, "tax_regime": "flat", "withholding_tax": 2042, "transfer_fee": 220,
        "net_amount": 17738, "carried_over": 0, "carry_reason": "below_minimum", "status": "paid",
        "period_start": "2026-02-28T15:00:00.000000+00:00", "period_end": "2026-03-31T15:00:00.000000+00:00",
        "reference": "bank transfer 1", "created_at": "2026-04-01T00:00:00.000000+00:00",
        "paid_at": "2026-04-15T00:00:00.000000+00:00",
    ]
}
