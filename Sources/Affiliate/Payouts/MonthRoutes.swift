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

    private static let totals: JSONValue = [
        "payouts": 3, "rewards": 20000, "clawbacks": 0, "withholding_tax": 2042, "transfer_fees": 660,
        "net_amount": 17298, "carried_over": 500,
    ]
    private static let example = totals.adding([
        "month": "2026-03", "state": "closed", "done": 40, "total": 40, "closed_by": "ops",
        "started_at": "2026-04-01T00:00:00.000000+00:00", "closed_at": "2026-04-01T00:00:01.000000+00:00",
        "error": "It failed",
    ])
    private static let optional: Set<String> = ["closed_at", "done", "total", "error", "next_after"]

    var endpoints: [Endpoint] {
        let (path, one) = ("/api/v1/operator/months", "/api/v1/operator/months/{month}")
        return [
            .affiliate(
                .get,
                path,
                "List closed months",
                tag: Self.tag,
                for: .operators,
                example: ["months": [Self.example], "next_month": "2026-04"],
                optional: Self.optional,
                self.list
            ),
            .affiliate(
                .get,
                one,
                "A month that is closed or being closed",
                tag: Self.tag,
                for: .operators,
                example: Self.example,
                optional: Self.optional,
                self.get
            ),
            .affiliate(
                .get,
                one + "/preview",
                "What closing a month will come to",
                tag: Self.tag,
                for: .operators,
                example: Self.totals.adding(["month": "2026-03", "is_over": true]),
                self.preview
            ),
            .affiliate(
                .post,
                one + "/close",
                "Close a month",
                tag: Self.tag,
                for: .operators,
                status: .accepted,
                example: Self.example,
                optional: Self.optional,
                self.begin
            ),
            .affiliate(
                .get,
                one + "/payouts",
                "The payouts of a month",
                tag: Self.tag,
                for: .operators,
                example: [
                    "payouts": [PayoutOutput.example.adding(["publisher_id": "acc_1", "publisher_name": "My agent"])],
                    "next_after": 7,
                ],
                optional: PayoutOutput.optionalFields.union(Self.optional),
                self.listPayouts
            ),
            .affiliate(
                .post,
                "/api/v1/operator/payouts/{payout_id}/paid",
                "Say that a payout was transferred",
                tag: Self.tag,
                for: .operators,
                example: PayoutOutput.example,
                optional: PayoutOutput.optionalFields,
                self.markPaid
            ),
        ]
    }

    private struct MonthPath: Input {
        let text: String
        init(_ read: inout InputReader) { self.text = read.path("month", "Such as 2026-03", schema: Month.schema) }

        /// Throws `monthMalformed`.
        func month() throws -> Month {
            guard let month = Month(text: self.text) else { throw AffiliateProblems.monthMalformed }
            return month
        }
    }

    // MARK: Months

    @Sendable private func list(_: NoInput, _: Caller, _: Call) async throws -> JSONValue {
        try await self.database.read { tx in
            let months = try tx.payouts.listMonths(limit: Self.monthsShown)
            let next = try months.first.flatMap { Month(text: $0.month)?.next } ?? MonthClose.first(in: tx)
            return ["months": .array(try months.map { try Self.json($0, in: tx) }), "next_month": .string(next.text)]
        }
    }

    @Sendable private func get(_ input: MonthPath, _: Caller, _: Call) async throws -> JSONValue {
        let month = try input.month()
        return try await self.database.read { tx in
            guard let closed = try tx.payouts.find(month: month.text) else { throw AffiliateProblems.monthNotClosed }
            return try Self.json(closed, in: tx)
        }
    }

    private static func json(_ month: ClosedMonth, in tx: Transaction) throws -> JSONValue {
        let job = try tx.jobs.find(ID(month.job), surface: AffiliateContract.name)
        let state = month.closedAt != nil ? "closed" : job?.state == .running ? "closing" : "failed"
        return Self.json(try tx.payouts.total(month: month.month)).adding([
            "month": .string(month.month), "state": .string(state),
            "done": job.map { .integer($0.progress.done) } ?? .null,
            "total": job?.progress.total.map { .integer($0) } ?? .null, "closed_by": .string(month.closedBy),
            "started_at": .time(month.startedAt), "closed_at": .time(month.closedAt), "error": .text(job?.error),
        ])
    }

    private static func json(_ total: MonthTotal) -> JSONValue {
        [
            "payouts": .integer(total.payouts), "rewards": .integer(total.rewards),
            "clawbacks": .integer(total.clawbacks),
            "withholding_tax": .integer(total.withholding), "transfer_fees": .integer(total.transferFees),
            "net_amount": .integer(total.net), "carried_over": .integer(total.carriedOver),
        ]
    }

    /// Reads publishers in parts, so that no read is long.
    @Sendable private func preview(_ input: MonthPath, _: Caller, _: Call) async throws -> JSONValue {
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
        return Self.json(total).adding(["month": .string(month.text), "is_over": .bool(isOver)])
    }

    @Sendable private func begin(_ input: MonthPath, _ caller: Caller, _ call: Call) async throws -> JSONValue {
        let month = try input.month()
        _ = try await self.close.begin(month, by: caller, trace: call.trace)
        return try await self.database.read { tx in
            guard let closed = try tx.payouts.find(month: month.text) else { throw AffiliateProblems.monthNotClosed }
            return try Self.json(closed, in: tx)
        }
    }

    // MARK: Payouts

    private struct PayoutsInput: Input {
        let month: MonthPath
        let after: Int64

        init(_ read: inout InputReader) {
            self.month = MonthPath(&read)
            self.after = Int64(
                read.query("after", .integer, default: 0, json: 0, "After this payout: next_after of the page before")
            )
        }
    }

    @Sendable private func listPayouts(_ input: PayoutsInput, _: Caller, _: Call) async throws -> JSONValue {
        let month = try input.month.month()
        return try await self.database.read { tx in
            let found = try tx.payouts.list(month: month.text, after: input.after, limit: Self.listLimit + 1)
            let page = found.prefix(Self.listLimit)
            return [
                "payouts": .array(
                    try page.map { payout in
                        let name = try tx.affiliateAccounts.find(payout.publisher)?.profile.displayName
                        return PayoutOutput.json(payout).adding([
                            "publisher_id": .string(payout.publisher.text), "publisher_name": .text(name),
                        ])
                    }
                ),
                "next_after": found.count > Self.listLimit ? .integer(page.last?.id ?? 0) : .null,
            ]
        }
    }

    private struct PaidInput: Input {
        let id: Int64
        let reference: String

        init(_ read: inout InputReader) {
            self.id = read.number("payout_id", "Payout ID")
            self.reference = read.body(
                "reference",
                .string,
                "The bank's reference",
                .notBlank("reference must not be empty"),
                .line("reference must be one line"),
                .atMost(200, "reference must be at most 200 characters")
            )
        }
    }

    @Sendable private func markPaid(_ input: PaidInput, _ caller: Caller, _ call: Call) async throws -> JSONValue {
        let trace = call.trace
        return try await self.database.write { tx in
            let payout = try tx.payouts.require(input.id, of: nil)
            let paid = try self.payouts.markPaid(payout, reference: input.reference, trace: trace, in: tx)
            try tx.audit.record(
                actor: caller.credential,
                action: "payout.paid",
                subject: "payout:\(payout.id)",
                detail: input.reference,
                trace: trace
            )
            return PayoutOutput.json(paid)
        }
    }
}
