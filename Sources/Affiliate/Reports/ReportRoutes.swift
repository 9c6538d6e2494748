import HTTPTypes
import Kernel
import Platform
import Storage
import Web

/// What clicks and orders came to, for publishers, advertisers and the operator.
struct ReportRoutes: Sendable {
    let database: any Database
    let clock: WallClock

    var endpoints: [Endpoint] {
        [
            .affiliate(.get, "/api/v1/reports", tag: "Reports", self.report)
        ]
    }

    struct ReportInput: Input {
        let start: String?
        let end: String?
        let grouping: ReportGrouping
        let program: ProgramID?

        init(_ read: inout InputReader) {
            let date = Rule<String>(
                FieldRule("report_dates"),
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
                .oneOf(groupings)
            )
            self.grouping = ReportGrouping(rawValue: text) ?? .daily
            self.program = read.query("program_id", .integer, "Only of this program").map { NumericID($0) }
        }
    }

    var report: Operation<ReportInput, ReportOutput> {
        Operation("Clicks and orders by day, program or publisher", access: .roles(nil)) { input, caller, _ in
            let scope = Scope.of(caller)
            let days = try ReportActions.days(from: input.start, to: input.end, at: self.clock.now())
            let filter = ReportFilter(scope: scope, days: days, program: input.program)
            return try await self.database.read { try ReportOutput(filter, by: input.grouping, in: $0) }
        }
    }
}
