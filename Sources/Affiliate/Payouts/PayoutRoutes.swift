import HTTPTypes
import Hummingbird
import Kernel
import Platform
import Storage
import Web

/// Payouts and their statements, for their publisher and the operator.
struct PayoutRoutes: Sendable {
    private static let tag = "Payouts"

    let database: any Database
    let clock: WallClock

    var endpoints: [Endpoint] {
        [
            .affiliate(.get, "/api/v1/payouts/{payout_id}", tag: Self.tag, self.statement),
            self.csvEndpoint,
        ]
    }

    var csvEndpoint: Endpoint {
        Endpoint(
            raw: .get,
            "/api/v1/payouts/{payout_id}/statement.csv",
            "Every conversion of a payout as CSV",
            tag: Self.tag,
            access: .key(roles: Set<Role>.publishersAndOperators, denial: AffiliateProblems.notForYourRole),
            inputs: InputReader.describe(PayoutPath.self) + [TableFormat.parameter],
            answers: [
                AnswerDescription(status: .ok, summary: "One line a conversion or clawback", mediaType: "text/csv")
                    .orAs("application/jsonl")
            ],
            self.csv
        )
        .refusing(AffiliateProblems.payoutNotFound)
    }

    struct PayoutPath: Input {
        let id: PayoutID
        init(_ read: inout InputReader) { self.id = read.number("payout_id", "Payout ID") }
    }

    // MARK: Statements

    var statement: Operation<PayoutPath, Statement> {
        Operation("A payout with its conversions", access: .roles(Set<Role>.publishersAndOperators)) {
            input,
            caller,
            _ in
            let now = self.clock.now()
            return try await self.database.read { tx in
                let payout = try tx.payouts.require(input.id, of: caller.isNetworkOperator ? nil : caller.identity)
                let publisher = try tx.affiliateAccounts.require(payout.publisher)
                let conversions = try tx.payouts.listConversions(of: payout, after: nil, limit: CSV.pageSize)
                let names = try Self.names(conversions, in: tx)
                return Statement(
                    output: PayoutOutput(payout: payout),
                    publisher: publisher.profile.displayName,
                    lines: conversions.map { conversion in
                        .init(
                            output: ConversionOutput(conversion: conversion, now: now, paidUntil: publisher.paidUntil),
                            program: names[conversion.program] ?? ""
                        )
                    },
                    clawbacks: try tx.payouts.listClawbacks(of: payout).map { clawback in
                        let conversion = try tx.conversions.find(clawback.conversion)
                        return .init(
                            clawback: clawback,
                            paidIn: try conversion.flatMap { try tx.payouts.findMonth(of: $0) }
                        )
                    },
                    // Longer ones are whole as CSV.
                    isWhole: Int64(conversions.count) == payout.conversions
                )
            }
        }
        .refusing(AffiliateProblems.payoutNotFound)
    }

    struct Statement: Answer {
        let output: PayoutOutput
        let publisher: String
        let lines: [Line]
        let clawbacks: [ClawbackLine]
        let isWhole: Bool

        struct Line: Answer {
            let output: ConversionOutput
            let program: String

            static let members =
                Member.all(of: \.output) + [
                    Member<Self>("program_name", \.program, "The program's name", example: "Sketch AI")
                ]
        }

        struct ClawbackLine: Answer {
            let clawback: Clawback
            let paidIn: String?

            static let members: [Member<Self>] = [
                Member("conversion_id", \.clawback.conversion, "The conversion", example: 9),
                Member("amount", \.clawback.amount, "What is taken back", unit: "JPY", example: 1200),
                Member("paid_in", \.paidIn, "The month that had paid it", example: "2026-02"),
                Member("reason", \.clawback.reason, "Why", example: "Returned"),
                Member("created_at", \.clawback.createdAt, "When it was decided"),
            ]
        }

        static let members =
            Member.all(of: \.output) + [
                Member<Self>("publisher_name", \.publisher, "Who is paid", example: "My agent"),
                Member("statement", \.lines, "The conversions that are paid"),
                Member("clawback_lines", \.clawbacks, "What is taken back"),
                Member("is_whole", \.isWhole, "Whether all conversions stand here; the CSV always has them"),
            ]
    }

    private static func names(_ conversions: [Conversion], in tx: Transaction) throws -> [ProgramID: String] {
        let ids = Set(conversions.map(\.program)).sorted()
        return Dictionary(uniqueKeysWithValues: try tx.programs.list(ids).map { ($0.id, $0.content.name) })
    }

    private struct Place: Sendable {
        let payableAt: Timestamp
        let id: ConversionID
    }

    @Sendable private func csv(_ caller: Caller, _ call: Call) async throws -> Response {
        let input: PayoutPath = try await call.readQuery()
        let payout = try await self.database.read {
            try $0.payouts.require(input.id, of: caller.isNetworkOperator ? nil : caller.identity)
        }
        let columns = [
            "conversion_id", "program_id", "program_name", "order_id", "occurred_at", "approved_at", "amount", "reward",
        ]
        return CSV.response(
            name: "statement-\(payout.month)",
            columns: columns,
            format: try TableFormat(call),
            hasByteOrderMark: true
        ) { (place: Place?) in
            try await self.database.read { tx in
                let page = try tx.payouts.listConversions(
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
                            conversion?.orderID ?? "", JapanTime.text(clawback.createdAt), "", "",
                            "\(-clawback.amount)",
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
            "\(conversion.id)", "\(conversion.program)", program, conversion.orderID,
            JapanTime.text(conversion.occurredAt),
            conversion.decidedAt.map(JapanTime.text) ?? "", "\(conversion.amount)", "\(conversion.reward)",
        ]
    }
}
