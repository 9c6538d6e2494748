import HTTPTypes
import Kernel
import Platform
import Storage
import Web

/// How the operator closes months and pays them out.
struct MonthRoutes: Sendable {
    private static let tag = "Operator"
    private static let listLimit = 200
    private static let monthsShown = 36

    let database: any Database
    let payouts: PayoutService
    let close: MonthClose

    var endpoints: [Endpoint] {
        let (path, one) = ("/api/v1/operator/months", "/api/v1/operator/months/{month}")
        return [
            .affiliate(.get, path, tag: Self.tag, self.list),
            .affiliate(.get, one, tag: Self.tag, self.get),
            .affiliate(.get, one + "/preview", tag: Self.tag, self.preview),
            .affiliate(.post, one + "/close", tag: Self.tag, status: .accepted, self.begin),
            .affiliate(.get, one + "/payouts", tag: Self.tag, self.listPayouts),
            .affiliate(.post, "/api/v1/operator/payouts/{payout_id}/paid", tag: Self.tag, self.markPaid),
        ]
    }

    struct MonthPath: Input {
        let text: String
        init(_ read: inout InputReader) { self.text = read.path("month", "Such as 2026-03", schema: Month.schema) }

        /// Throws `monthMalformed`.
        func month() throws -> Month {
            guard let month = Month(text: self.text) else { throw AffiliateProblems.monthMalformed }
            return month
        }
    }

    // MARK: Months

    /// What the payouts of a month come to.
    struct Totals: Answer {
        let total: MonthTotal

        static let members: [Member<Self>] = [
            Member("payouts", \.total.payouts, "How many payouts", example: 3),
            Member("rewards", \.total.rewards, "Their rewards", unit: "JPY", example: 20_000),
            Member("clawbacks", \.total.clawbacks, "Rewards that were taken back", unit: "JPY", example: 0),
            Member("withholding_tax", \.total.withholding, "Tax that is kept back", unit: "JPY", example: 2042),
            Member("transfer_fees", \.total.transferFees, "The banks' fees", unit: "JPY", example: 660),
            Member("net_amount", \.total.net, "What is transferred", unit: "JPY", example: 17_298),
            Member("carried_over", \.total.carriedOver, "Taken to the next month", unit: "JPY", example: 500),
        ]
    }

    struct MonthOutput: Answer {
        let totals: Totals
        let month: ClosedMonth
        let job: Job?

        enum State: String, Wire, CaseIterable {
            case closing, closed, failed
        }

        var state: State {
            self.month.closedAt != nil ? .closed : self.job?.state == .running ? .closing : .failed
        }

        init(_ month: ClosedMonth, in tx: Transaction) throws {
            self.totals = Totals(total: try tx.payouts.total(month: month.month))
            self.month = month
            self.job = try tx.jobs.find(ID(month.job), surface: AffiliateContract.name)
        }

        static let members =
            Member.all(of: \.totals) + [
                Member<Self>("month", \.month.month, "The month", example: "2026-03"),
                Member("state", \.state, "closing, closed or failed", example: "closed"),
                Member("done", \.job?.progress.done, "Publishers that are done", example: 40),
                Member("total", { $0.job?.progress.total }, "Publishers in all", example: 40),
                Member("closed_by", \.month.closedBy, "Who closed it", example: "ops"),
                Member("started_at", \.month.startedAt, "When that began"),
                Member("closed_at", \.month.closedAt, "When it was done"),
                Member(
                    "error",
                    { $0.job?.failure.map { AffiliateWords.all.describe($0, in: .english) } },
                    "Why it failed",
                    example: "It failed",
                    shown: { month, display in
                        month.job?.failure.map { AffiliateWords.all.describe($0, in: display.language) }
                    }
                ),
            ]
    }

    struct MonthList: Answer {
        let months: [MonthOutput]
        let next: String

        static let members: [Member<Self>] = [
            Member("months", \.months, "Newest first"),
            Member("next_month", \.next, "The month to close next", example: "2026-04"),
        ]
    }

    var list: Operation<NoInput, MonthList> {
        Operation("List closed months", access: .roles(.operators)) { _, _, _ in
            try await self.database.read { tx in
                let months = try tx.payouts.listMonths(limit: Self.monthsShown)
                let next = try months.first.flatMap { Month(text: $0.month)?.next } ?? MonthClose.first(in: tx)
                return MonthList(months: try months.map { try MonthOutput($0, in: tx) }, next: next.text)
            }
        }
    }

    var get: Operation<MonthPath, MonthOutput> {
        Operation("A month that is closed or being closed", access: .roles(.operators)) { input, _, _ in
            let month = try input.month()
            return try await self.database.read { tx in
                guard let closed = try tx.payouts.find(month: month.text) else {
                    throw AffiliateProblems.monthNotClosed
                }
                return try MonthOutput(closed, in: tx)
            }
        }
        .refusing(AffiliateProblems.monthMalformed, AffiliateProblems.monthNotClosed)
    }

    struct Preview: Answer {
        let totals: Totals
        let month: String
        let isOver: Bool

        static let members =
            Member.all(of: \.totals) + [
                Member<Self>("month", \.month, "The month", example: "2026-03"),
                Member("is_over", \.isOver, "Whether it may be closed"),
            ]
    }

    /// Reads publishers in parts, so that no read is long.
    var preview: Operation<MonthPath, Preview> {
        Operation("What closing a month will come to", access: .roles(.operators)) { input, _, _ in
            let month = try input.month()
            var total = MonthTotal()
            var cursor: String? = ""
            while let after = cursor {
                let before = total
                (total, cursor) = try await self.database.read { tx in
                    let rules = try self.payouts.rules(in: tx)
                    let payees = try tx.payouts.listPublishers(after: after, limit: Self.listLimit)
                    let next = payees.count < Self.listLimit ? nil : payees.last?.id.text
                    return (
                        try payees.reduce(into: before) { total, payee in
                            if let new = try self.payouts.preview(payee, month, rules, in: tx) { total.add(new) }
                        }, next
                    )
                }
            }
            let isOver = try await self.database.read { month.end <= $0.now }
            return Preview(totals: Totals(total: total), month: month.text, isOver: isOver)
        }
        .refusing(AffiliateProblems.monthMalformed)
    }

    var begin: Operation<MonthPath, MonthOutput> {
        Operation("Close a month", access: .roles(.operators), effect: .write) { input, caller, call in
            let month = try input.month()
            _ = try await self.close.begin(month, by: caller, trace: call.trace)
            return try await self.database.read { tx in
                guard let closed = try tx.payouts.find(month: month.text) else {
                    throw AffiliateProblems.monthNotClosed
                }
                return try MonthOutput(closed, in: tx)
            }
        }
        .refusing(
            AffiliateProblems.monthMalformed,
            AffiliateProblems.monthNotOver,
            AffiliateProblems.monthBeforeFirst,
            AffiliateProblems.monthUnderWay,
            AffiliateProblems.monthClosed,
            AffiliateProblems.monthOrder
        )
    }

    // MARK: Payouts

    struct PayoutsInput: Input {
        let month: MonthPath
        let paging: CursorPaging

        init(_ read: inout InputReader) {
            self.month = MonthPath(&read)
            self.paging = CursorPaging(&read, default: 100)
        }
    }

    struct MonthPayout: Listed {
        let output: PayoutOutput
        let name: String?

        static let listName = "payouts"
        static let listSummary = "By number"
        static let members =
            Member.all(of: \.output) + [
                Member<Self>("publisher_id", \.output.payout.publisher, "Who is paid", example: "acc_1"),
                Member("publisher_name", \.name, "Their name", example: "My agent"),
            ]
    }

    var listPayouts: Operation<PayoutsInput, CursorList<MonthPayout>> {
        Operation("The payouts of a month", access: .roles(.operators)) { input, _, _ in
            let month = try input.month.month()
            return try await self.database.read { tx in
                let (cursor, limit) = (input.paging.cursor, input.paging.limit)
                return try CursorList(try tx.payouts.list(month: month.text, after: cursor, limit: limit)) { payout in
                    let name = try tx.affiliateAccounts.find(payout.publisher)?.profile.displayName
                    return MonthPayout(output: PayoutOutput(payout: payout), name: name)
                }
            }
        }
        .refusing(AffiliateProblems.monthMalformed)
    }

    struct PaidInput: Input {
        let id: PayoutID
        let reference: String

        init(_ read: inout InputReader) {
            self.id = read.number("payout_id", "Payout ID")
            self.reference = read.body(
                "reference",
                .string,
                "The bank's reference",
                .notBlank(),
                .line(),
                .atMost(200)
            )
        }
    }

    var markPaid: Operation<PaidInput, PayoutOutput> {
        Operation("Say that a payout was transferred", access: .roles(.operators), effect: .write) {
            input,
            caller,
            call in
            let trace = call.trace
            return try await self.database.write { tx in
                let payout = try tx.payouts.require(input.id, of: nil)
                let paid = try self.payouts.markPaid(payout, reference: input.reference, trace: trace, in: tx)
                if payout.status != .paid {
                    try tx.audit.record(
                        actor: caller.credential,
                        action: "payout.paid",
                        subject: "payout:\(payout.id)",
                        detail: input.reference,
                        trace: trace
                    )
                }
                return PayoutOutput(payout: paid)
            }
        }
        .refusing(AffiliateProblems.payoutNotFound, AffiliateProblems.payoutNotScheduled)
    }
}
