import HTTPTypes
import Kernel
import Platform
import Storage
import Web

/// Many decisions in one table: all of it, or, where a line is wrong, none.
struct BulkDecisionRoutes: Sendable {
    static let lineLimit = 5000

    let database: any Database
    let decisions: DecisionService

    var endpoints: [Endpoint] {
        [
            .affiliate(.post, "/api/v1/conversions/decisions", tag: "Conversions", self.decide)
        ]
    }

    /// The lines, as a spreadsheet or as a program writes them.
    enum Table: Sendable {
        case csv(String)
        case jsonl(String)
    }

    struct BulkInput: Input {
        let table: Table
        let isDryRun: Bool

        init(_ read: inout InputReader) {
            let csv = read.optionalBody(
                "csv",
                .string,
                "Lines of program_id,order_id,decision,reason, with these words as the first; decision is approve or reject",
                .notBlank()
            )
            let jsonl = read.optionalBody(
                "jsonl",
                .string,
                "The same as an object a line, instead of csv",
                .notBlank()
            )
            self.table = jsonl.map(Table.jsonl) ?? .csv(csv ?? "")
            if csv == nil, jsonl == nil { read.missing("csv") }
            read.require(csv == nil || jsonl == nil, "jsonl", FieldRule("csv_or_jsonl"))
            self.isDryRun = read.body("dry_run", .boolean, default: true, json: true, "Only says what would happen")
        }
    }

    struct Line: Sendable {
        let number: Int
        let program: ProgramID
        let order: String
        let decision: DecisionService.Decision
    }

    struct Result: Sendable {
        var approved: [Conversion] = []
        var rejected: [Conversion] = []
        var unchanged = 0
        var errors: [(line: Int, problem: Problem)] = []
    }

    struct Outcome: Answer {
        let result: Result
        let isDryRun: Bool

        var isApplied: Bool { !self.isDryRun && self.result.errors.isEmpty }

        struct LineError: Answer {
            let line: Int
            let problem: Problem

            static let members: [Member<Self>] = [
                Member("line", \.line, "The line; the first is 1", example: 3),
                Member(
                    "message",
                    { AffiliateWords.all.message($0.problem) },
                    "What is wrong with it",
                    example: "order_id: no such order in program 42",
                    shown: { AffiliateWords.all.describe($0.problem, in: $1.language) }
                ),
            ]
        }

        static let members: [Member<Self>] = [
            Member("dry_run", \.isDryRun, "Whether it was only said what would happen"),
            Member("applied", \.isApplied, "Whether it happened", example: false),
            Member("approved", \.result.approved.count, "Lines that approve", example: 2),
            Member("rejected", \.result.rejected.count, "Lines that reject", example: 1),
            Member("unchanged", \.result.unchanged, "Lines that change nothing", example: 0),
            Member(
                "reward",
                { $0.result.approved.reduce(0) { $0 + $1.reward } },
                "Rewards of what is approved",
                unit: "JPY",
                example: 3600
            ),
            Member(
                "errors",
                { $0.result.errors.map { LineError(line: $0.line, problem: $0.problem) } },
                "Lines that are wrong"
            ),
        ]
    }

    /// Takes back what a dry run, or a table with an error, has done.
    private struct Undone: Error {
        let result: Result
    }

    var decide: Operation<BulkInput, Outcome> {
        Operation("Approve and reject conversions by a table", access: .roles(.advertisers), effect: .write) {
            input,
            caller,
            call in
            let (lines, errors) = try Self.parse(input.table)
            let trace = call.trace
            do {
                let result = try await self.database.write { tx in
                    var result = Result(errors: errors)
                    for line in lines { try self.decide(line, caller, &result, trace: trace, in: tx) }
                    guard !input.isDryRun, result.errors.isEmpty else { throw Undone(result: result) }
                    try self.decisions.tell(result.approved, .approve, trace: trace, in: tx)
                    try self.decisions.tell(result.rejected, .reject(""), trace: trace, in: tx)
                    return result
                }
                return Outcome(result: result, isDryRun: input.isDryRun)
            } catch let undone as Undone {
                return Outcome(result: undone.result, isDryRun: input.isDryRun)
            }
        }
        .refusing(
            AffiliateProblems.csvQuote,
            AffiliateProblems.jsonlLine,
            AffiliateProblems.csvHeader,
            AffiliateProblems.csvTooLong
        )
    }

    private func decide(
        _ line: Line,
        _ caller: Caller,
        _ result: inout Result,
        trace: Trace,
        in tx: Transaction
    ) throws {
        guard let conversion = try tx.conversions.find(program: line.program, orderID: line.order),
            conversion.advertiser == caller.identity
        else {
            result.errors.append((line.number, AffiliateProblems.lineOrder(line.program)))
            return
        }
        do {
            let decided = try self.decisions.decide(conversion, line.decision, by: caller, trace: trace, in: tx)
            if !decided.hasChanged {
                result.unchanged += 1
            } else if line.decision == .approve {
                result.approved.append(decided.conversion)
            } else {
                result.rejected.append(decided.conversion)
            }
        } catch let problem as Problem { result.errors.append((line.number, problem)) }
    }

    // MARK: Table

    /// The names of the columns, and the rows with the numbers of their lines.
    ///
    /// Throws `csvQuote` or `jsonlLine`.
    private static func rows(of table: Table) throws -> (header: [String], [(number: Int, values: [String])]) {
        switch table {
        case .csv(let text):
            let text = text.bytewise.dropping(prefix: "\u{FEFF}").map(String.init) ?? text
            guard let rows = CSV.rows(text) else { throw AffiliateProblems.csvQuote }
            let header = rows.first?.map { $0.trimmed.lowercased() } ?? []
            return (header, rows.enumerated().dropFirst().map { ($0.offset + 1, $0.element) })
        case .jsonl(let text):
            guard let objects = JSONLines.objects(text) else { throw AffiliateProblems.jsonlLine }
            let header = ["program_id", "order_id", "decision", "reason"]
            return (header, objects.map { object in (object.line, header.map { object.members[$0] ?? "" }) })
        }
    }

    /// Throws `csvQuote` or `jsonlLine`, then `csvHeader`, `csvTooLong`.
    private static func parse(_ table: Table) throws -> ([Line], [(line: Int, problem: Problem)]) {
        let (header, rows) = try Self.rows(of: table)
        let column = { (name: String) in header.firstIndex { $0 == name } }
        guard let program = column("program_id"), let order = column("order_id"), let decision = column("decision")
        else { throw AffiliateProblems.csvHeader }
        guard rows.count <= self.lineLimit else { throw AffiliateProblems.csvTooLong }
        let reason = column("reason")
        var lines: [Line] = []
        var seen: Set<[UInt8]> = []
        var errors: [(line: Int, problem: Problem)] = []
        for (number, values) in rows where values.contains(where: { !$0.trimmed.isEmpty }) {
            let value = { (index: Int) in index < values.count ? values[index].trimmed : "" }
            guard values.count <= header.count else {
                errors.append((number, AffiliateProblems.lineColumns))
                continue
            }
            guard let id = ProgramID(value(program)) else {
                errors.append((number, AffiliateProblems.lineProgram))
                continue
            }
            let text = reason.map(value) ?? ""
            guard text.unicodeScalars.count <= ConversionRoutes.reasonLimit else {
                errors.append((number, AffiliateProblems.lineReason))
                continue
            }
            guard seen.insert(Array("\(id) \(value(order))".utf8)).inserted else {
                errors.append((number, AffiliateProblems.lineTwice))
                continue
            }
            switch value(decision).lowercased() {
            case "approve", "approved":
                lines.append(Line(number: number, program: id, order: value(order), decision: .approve))
            case "reject", "rejected":
                lines.append(Line(number: number, program: id, order: value(order), decision: .reject(text)))
            default: errors.append((number, AffiliateProblems.lineDecision))
            }
        }
        return (lines, errors)
    }
}
