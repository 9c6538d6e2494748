import HTTPTypes
import Hummingbird
import Kernel
import Platform
import Storage
import Web

/// What the market does that takes longer than a request.
struct JobRoutes: Sendable {
    /// Files of one account that are kept for their day.
    static let filesLimit = 20
    private static let tag = JobOperations.tag

    let operations: JobOperations

    var endpoints: [Endpoint] {
        [
            Endpoint(.post, "/api/v1/webhooks/{webhook_id}/replays", tag: Self.tag, status: .accepted, self.replay),
            Endpoint(.post, "/api/v1/settlements/runs", tag: Self.tag, status: .accepted, self.settle),
            Endpoint(.post, "/api/v1/exports", tag: Self.tag, status: .accepted, self.export),
        ] + self.operations.endpoints
    }

    var replay: Operation<ReplayRange, JobOutput> {
        Operation("Begin to send a range again", access: .anyKey, effect: .write) { input, caller, _ in
            let details = MarketJobs.ReplayInput(
                webhook: input.webhook.text,
                from: input.from.microseconds,
                to: input.to.microseconds
            )
            return try await self.operations.begin(MarketJobs.replay, details, by: caller) { tx in
                guard
                    let webhook = try tx.webhooks.find(
                        input.webhook,
                        of: caller.identity,
                        surface: MarketContract.name
                    )
                else { throw MarketProblems.webhookNotFound }
                guard webhook.state == .active else { throw WebhookSubscriptions.Problems.disabled }
                guard input.from < input.to else { throw MarketProblems.replayRange }
            }
        }
        .refusing(
            MarketProblems.webhookNotFound,
            WebhookSubscriptions.Problems.disabled,
            MarketProblems.replayRange,
            MarketProblems.jobLimit
        )
    }

    var settle: Operation<RunSettlements, JobOutput> {
        Operation("Begin to settle every provider", access: .admin, effect: .write) { input, caller, _ in
            guard input.start < input.end else { throw MarketProblems.settlementPeriod }
            let details = MarketJobs.SettlementInput(
                start: input.start.microseconds,
                end: input.end.microseconds
            )
            return try await self.operations.begin(MarketJobs.settlements, details, by: caller) { tx in
                guard input.start <= tx.now else { throw MarketProblems.settlementFuture }
            }
        }
        .refusing(MarketProblems.settlementPeriod, MarketProblems.settlementFuture, MarketProblems.jobLimit)
    }

    var export: Operation<BeginExport, JobOutput> {
        Operation("Begin to write my calls into a file", access: .anyKey, effect: .write) { input, caller, _ in
            if let from = input.from, let to = input.to, from >= to { throw MarketProblems.exportRange }
            let details = MarketJobs.ExportInput(
                service: input.service,
                from: input.from?.microseconds,
                to: input.to?.microseconds
            )
            return try await self.operations.begin(MarketJobs.usageExport, details, by: caller) { tx in
                guard try tx.jobs.count(of: caller.identity, kind: MarketJobs.usageExport) < Self.filesLimit else {
                    throw MarketProblems.filesLimit
                }
            }
        }
        .refusing(MarketProblems.exportRange, MarketProblems.filesLimit, MarketProblems.jobLimit)
    }
}

struct RunSettlements: Input {
    let start: Timestamp
    let end: Timestamp

    init(_ read: inout InputReader) {
        self.start = read.moment("period_start", "From this moment on (ISO 8601)")
        self.end = read.moment("period_end", "Up to this moment (ISO 8601)")
    }
}

struct BeginExport: Input {
    let service: String?
    let from: Timestamp?
    let to: Timestamp?

    init(_ read: inout InputReader) {
        self.service = read.optionalBody("service_id", .string, "Only calls of this service")
        self.from = read.optionalMoment("from", "Calls at or after this moment (RFC 3339)")
        self.to = read.optionalMoment("to", "Calls before this moment (RFC 3339)")
    }
}
