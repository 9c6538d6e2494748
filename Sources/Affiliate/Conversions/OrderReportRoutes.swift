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
            .affiliate(
                .get,
                "/api/v1/programs/{program_id}/reports",
                "The latest reports of orders, also of those that came to nothing",
                tag: "Programmes",
                for: .advertisers,
                example: [
                    "reports": [
                        [
                            "at": "2026-03-19T10:00:00.000000+00:00", "source": "postback", "order_id": "ORDER-001",
                            "amount": 9800, "conversion_id": 9, "reason": 10, "reason_text": "Wrong token",
                        ]
                    ]
                ],
                optional: ["order_id", "amount", "conversion_id"],
                self.reports
            )
        ]
    }

    @Sendable private func reports(_ input: ProgramPath, _ caller: Caller, _ call: Call) async throws -> JSONValue {
        return try await self.database.read { tx in
            _ = try tx.programs.require(input.id, of: caller.identity)
            let reports = try tx.conversions.listReports(ofProgram: input.id, limit: Self.shown)
            return ["reports": .array(reports.map(ConversionWhy.report))]
        }
    }
}
