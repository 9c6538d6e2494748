import HTTPTypes
import Kernel
import Platform
import Storage
import Web

/// What was reported of orders, for the advertisers who look for their own mistakes.
struct OrderReportRoutes: Sendable {
    private static let shown = 50

    let database: any Database

    var endpoints: [Endpoint] {
        [
            .affiliate(.get, "/api/v1/programs/{program_id}/reports", tag: "Programs", self.reports)
        ]
    }

    var reports: Operation<ProgramPath, OrderReports> {
        Operation("The latest reports of orders, also of those that came to nothing", access: .roles(.advertisers)) {
            input,
            caller,
            _ in
            return try await self.database.read { tx in
                _ = try tx.programs.require(input.id, of: caller.identity)
                let reports = try tx.conversions.listReports(ofProgram: input.id, limit: Self.shown)
                return OrderReports(reports: reports.map { ConversionReportOutput(report: $0) })
            }
        }
        .refusing(AffiliateProblems.programNotFound)
    }

    struct OrderReports: Answer {
        let reports: [ConversionReportOutput]
        static let members = [Member<Self>("reports", \.reports, "Newest first")]
    }
}
