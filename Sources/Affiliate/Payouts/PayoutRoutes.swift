import HTTPTypes
import Hummingbird
import Kernel
import Platform
import Storage
import Web

/// A publisher's payouts and their statements, and the advertiser's, publisher's and operator's reports.
struct PayoutRoutes: Sendable {
    private static let tag = "Payouts"

    let database: any Database
    let clock: WallClock

    static let lineExample = ConversionOutput.example.adding(["program_name": "Sketch AI"])

    var endpoints: [Endpoint] {
        [
            .affiliate(
                .get,
                "/api/v1/payouts/{payout_id}",
                "A payout with its conversions",
                tag: Self.tag,
                for: Set<String>.publishersAndOperators,
                example: PayoutOutput.example.adding([
                    "publisher_name": "My agent", "statement": [Self.lineExample],
                    "clawback_lines": [
                        [
                            "conversion_id": 9, "amount": 1200, "paid_in": "2026-02", "reason": "Returned",
                            "created_at": "2026-03-19T10:00:00.000000+00:00",
                        ]
                    ],
                    "is_whole": true,
                ]),
                optional: PayoutOutput.optionalFields.union(ConversionOutput.optionalFields),
                self.statement
            ),
            Endpoint(
                raw: .get,
                "/api/v1/payouts/{payout_id}/statement.csv",
                "Every conversion of a payout as CSV",
                tag: Self.tag,
                access: .key(roles: Set<String>.publishersAndOperators, denial: AffiliateProblems.notForYourRole),
                inputs: InputReader.describe(PayoutPath.self),
                answers: [
                    AnswerDescription(status: .ok, summary: "One line a conversion or clawback", mediaType: "text/csv")
                ],
                self.csv
            ),
            .affiliate(
                .get,
                "/api/v1/reports",
                "Clicks and orders by day, programme or publisher",
                tag: Self.tag,
                for: nil,
                example: [
                    "start_date": "2026-03-01", "end_date": "2026-03-31", "group_by": "daily",
                    "rows": [ReportOutput.line(ReportLine()).adding(["date": "2026-03-19"])],
                    "totals": ReportOutput.line(ReportLine()),
                ],
                optional: ["confirmation_rate", "epc", "date", "program_id", "program_name", "publisher_name"],
                self.report
            ),
        ]
    }

    struct PayoutPath: Input {
        let id: Int64
        init(_ read: inout InputReader) { self.id = read.number("payout_id", "Payout ID") }
    }

    // MARK: Statements

    @Sendable private func statement(_ input: PayoutPath, _ call: Call) async throws -> JSONValue {
        let caller = try call.requireCaller()
        let now = self.clock.now()
        return try await self.database.read { tx in
            let payout = try tx.payouts.require(input.id, of: caller.isNetworkOperator ? nil : caller.identity)
            let publisher = try tx.affiliateAccounts.require(payout.publisher)
            let conversions = try tx.conversions.list(of: payout, after: nil, limit: CSV.pageSize)
            let names = try Self.names(conversions, in: tx)
            return PayoutOutput.json(payout).adding([
                "publisher_name": .string(publisher.profile.displayName),
                "statement": .array(
                    conversions.map { conversion in
                        ConversionOutput.json(conversion, at: now, paidUntil: publisher.paidUntil).adding([
                            "program_name": .string(names[conversion.program] ?? "")
                        ])
                    }
                ),
                "clawback_lines": .array(
                    try tx.payouts.listClawbacks(of: payout).map { clawback in
                        let conversion = try tx.conversions.find(clawback.conversion)
                        return [
                            "conversion_id": .integer(clawback.conversion), "amount": .integer(clawback.amount),
                            "paid_in": .text(try conversion.flatMap { try tx.payouts.findMonth(of: $0) }),
                            "reason": .string(clawback.reason), "created_at": .time(clawback.createdAt),
                        ]
                    }
                ),
                // Longer ones are whole as CSV.
                "is_whole": .bool(Int64(conversions.count) == payout.conversions),
            ])
        }
    }

    private static func names(_ conversions: [Conversion], in tx: Transaction) throws -> [Int64: String] {
        let ids = Set(conversions.map(\.program)).sorted()
        return Dictionary(uniqueKeysWithValues: try tx.programs.list(ids).map { ($0.id, $0.content.name) })
    }

    private struct Place: Sendable {
        let payableAt: Timestamp
        let id: Int64
    }

    @Sendable private func csv(_ call: Call) async throws -> Response {
        let input: PayoutPath = try await call.readQuery()
        let caller = try call.requireCaller()
        let payout = try await self.database.read {
            try $0.payouts.require(input.id, of: caller.isNetworkOperator ? nil : caller.identity)
        }
        let columns = [
            "conversion_id", "program_id", "program_name", "order_id", "occurred_at", "approved_at", "amount", "reward",
        ]
        return CSV.response(name: "statement-\(payout.month)", columns: columns) { (place: Place?) in
            try await self.database.read { tx in
                let page = try tx.conversions.list(
                    of: payout,
                    after: place.map { ($0.payableAt, $0.id) },
                    limit: CSV.pageSize
                )
                let names = try Self.names(page, in: tx)
                var lines = page.map { Self.line($0, names[$0.program] ?? "") }
                let isLast = page.count < CSV.pageSize
                if isLast {
                    lines += try tx.payouts.listClawbacks(of: payout).map { clawback in
                        let conversion = try tx.conversions.find(clawback.conversion)
                        return [
                            "\(clawback.conversion)", "\(conversion?.program ?? 0)", "clawback: \(clawback.reason)",
                            conversion?.orderID ?? "", clawback.createdAt.text, "", "", "\(-clawback.amount)",
                        ]
                    }
                }
                let last = page.last.flatMap { last in last.payableAt.map { Place(payableAt: $0, id: last.id) } }
                return (lines, isLast ? nil : last)
            }
        }
    }

    private static func line(_ conversion: Conversion, _ program: String) -> [String] {
        [
            "\(conversion.id)", "\(conversion.program)", program, conversion.orderID, conversion.occurredAt.text,
            conversion.decidedAt?.text ?? "", "\(conversion.amount)", "\(conversion.reward)",
        ]
    }

    // MARK: Reports

    private struct ReportInput: Input {
        let start: String?
        let end: String?
        let grouping: ReportGrouping
        let program: Int64?

        init(_ read: inout InputReader) {
            let date = Rule<String>(
                "start_date and end_date must be dates such as 2026-03-31",
                schema: ["format": "date"]
            ) {
                JapanTime.day(text: $0) != nil
            }
            self.start = read.query("start_date", .string, "YYYY-MM-DD; the first of this month without it", date)
            self.end = read.query("end_date", .string, "YYYY-MM-DD; today without it", date)
            let groupings = ReportGrouping.allCases.map(\.rawValue)
            let text = read.query(
                "group_by",
                .string,
                default: "daily",
                json: "daily",
                groupings.joined(separator: ", "),
                .oneOf(groupings, "group_by must be one of \(groupings.joined(separator: ", "))")
            )
            self.grouping = ReportGrouping(rawValue: text) ?? .daily
            self.program = read.query("program_id", .integer, "Only of this programme").map { Int64($0) }
        }
    }

    @Sendable private func report(_ input: ReportInput, _ call: Call) async throws -> JSONValue {
        let side = ReportFilter.Side.of(try call.requireCaller())
        let days = try ReportActions.days(from: input.start, to: input.end, at: self.clock.now())
        let filter = ReportFilter(side: side, days: days, program: input.program)
        return try await self.database.read { try ReportOutput.report(filter, by: input.grouping, in: $0) }
    }
}
