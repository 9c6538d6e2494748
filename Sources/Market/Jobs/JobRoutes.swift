import HTTPTypes
import Hummingbird
import Kernel
import Platform
import Storage
import Web

/// Work that takes longer than a request: it is begun, looked at, and its file fetched.
struct JobRoutes: Sendable {
    /// Jobs of one account that run at once.
    static let runningLimit = 5
    /// Files of one account that are kept for their day.
    static let filesLimit = 20
    private static let listLimit = 50
    private static let tag = "Jobs"

    let database: any Database
    let ids: IDGenerator

    var endpoints: [Endpoint] {
        [
            Endpoint(
                .post,
                "/api/v1/webhooks/{webhook_id}/replays",
                "Begin to send a range again",
                tag: Self.tag,
                access: .anyKey,
                status: .accepted,
                self.replay
            ),
            Endpoint(
                .post,
                "/api/v1/settlements/runs",
                "Begin to settle every provider",
                tag: Self.tag,
                access: .admin,
                status: .accepted,
                self.settle
            ),
            Endpoint(
                .post,
                "/api/v1/exports",
                "Begin to write my calls into a file",
                tag: Self.tag,
                access: .anyKey,
                status: .accepted,
                self.export
            ),
            Endpoint(.get, "/api/v1/jobs", "List my jobs", tag: Self.tag, access: .anyKey, self.list),
            Endpoint(.get, "/api/v1/jobs/{job_id}", "Get a job", tag: Self.tag, access: .anyKey, self.job),
            Endpoint(
                raw: .get,
                "/api/v1/jobs/{job_id}/file",
                "The file of a job",
                tag: Self.tag,
                access: .anyKey,
                inputs: InputReader.describe(JobPath.self),
                answers: [AnswerDescription(status: .ok, summary: "One line a call", mediaType: "text/csv")],
                self.file
            ),
        ]
    }

    // MARK: Beginning

    @Sendable private func replay(_ input: Replay, _ caller: Caller, _ call: Call) async throws -> JobOutput {
        let details = MarketJobs.ReplayInput(
            webhook: input.webhook.text,
            from: input.from.microseconds,
            to: input.to.microseconds
        )
        return try await self.begin(MarketJobs.replay, details, by: caller) { tx in
            guard try tx.webhooks.find(input.webhook, of: caller.identity, surface: MarketContract.name) != nil else {
                throw MarketProblems.webhookNotFound
            }
            guard input.from < input.to else { throw MarketProblems.replayRange }
        }
    }

    @Sendable private func settle(_ input: RunSettlements, _ caller: Caller, _ call: Call) async throws -> JobOutput {
        guard input.start < input.end else { throw MarketProblems.settlementPeriod }
        let details = MarketJobs.SettlementInput(
            start: input.start.microseconds,
            end: input.end.microseconds
        )
        return try await self.begin(MarketJobs.settlements, details, by: caller) { tx in
            guard input.start <= tx.now else { throw MarketProblems.settlementFuture }
        }
    }

    @Sendable private func export(_ input: BeginExport, _ caller: Caller, _ call: Call) async throws -> JobOutput {
        if let from = input.from, let to = input.to, from >= to { throw MarketProblems.exportRange }
        let details = MarketJobs.ExportInput(
            service: input.service,
            from: input.from?.microseconds,
            to: input.to?.microseconds
        )
        return try await self.begin(MarketJobs.usageExport, details, by: caller) { tx in
            guard try tx.jobs.count(of: caller.identity, kind: MarketJobs.usageExport) < Self.filesLimit else {
                throw MarketProblems.filesLimit
            }
        }
    }

    /// Throws what `permit` throws, then `jobLimit`.
    private func begin(
        _ kind: String,
        _ input: some Encodable & Sendable,
        by caller: Caller,
        permit: @escaping @Sendable (Transaction) throws -> Void
    ) async throws -> JobOutput {
        let id: ID<Job> = self.ids.next()
        let text = try JSON.text(input)
        return try await self.database.write { tx in
            try permit(tx)
            guard try tx.jobs.countRunning(of: caller.identity) < Self.runningLimit else {
                throw MarketProblems.jobLimit
            }
            return JobOutput(
                try tx.jobs.insert(id, kind: kind, input: text, of: caller, surface: MarketContract.name)
            )
        }
    }

    // MARK: Looking

    @Sendable private func list(_: NoInput, _ caller: Caller, _ call: Call) async throws -> JobList {
        return JobList(
            try await self.database.read {
                try $0.jobs.list(of: caller.identity, surface: MarketContract.name, limit: Self.listLimit)
            }
        )
    }

    @Sendable private func job(_ input: JobPath, _ caller: Caller, _ call: Call) async throws -> JobOutput {
        JobOutput(try await self.require(input.id, of: caller))
    }

    /// Throws `jobNotFound`, also for somebody else's, then `jobHasNoFile`.
    @Sendable private func file(_ caller: Caller, _ call: Call) async throws -> Response {
        let job = try await self.require(call.pathID("job_id"), of: caller)
        guard job.kind == MarketJobs.usageExport, job.state == .completed else { throw MarketProblems.jobHasNoFile }
        return CSV.response(name: "usage") { (part: Int?) in
            let part = (part ?? 0) + 1
            let text = try await self.database.read { try $0.jobs.findOutput(job.id, part: part) }
            return (text ?? "", text == nil ? nil : part)
        }
    }

    private func require(_ id: ID<Job>, of caller: Caller) async throws -> Job {
        let job = try await self.database.read {
            try $0.jobs.find(id, of: caller.identity, surface: MarketContract.name)
        }
        guard let job else { throw MarketProblems.jobNotFound }
        return job
    }
}

struct JobPath: Input {
    let id: ID<Job>
    init(_ read: inout InputReader) { self.id = ID(read.path("job_id", "The job")) }
}

private struct RunSettlements: Input {
    let start: Timestamp
    let end: Timestamp

    init(_ read: inout InputReader) {
        self.start = read.moment("period_start", "From this moment on (ISO 8601)")
        self.end = read.moment("period_end", "Up to this moment (ISO 8601)")
    }
}

private struct BeginExport: Input {
    let service: String?
    let from: Timestamp?
    let to: Timestamp?

    init(_ read: inout InputReader) {
        self.service = read.optionalBody("service_id", .string, "Only calls of this service")
        self.from = read.optionalMoment("from", "Calls at or after this moment (RFC 3339)")
        self.to = read.optionalMoment("to", "Calls before this moment (RFC 3339)")
    }
}

struct JobOutput: ObjectOutput {
    let json: JSONValue

    init(_ job: Job) {
        self.json = [
            "id": .string(job.id.text), "kind": .string(job.kind), "state": .string(job.state.rawValue),
            "done": .integer(job.progress.done), "total": job.progress.total.map { .integer($0) } ?? .null,
            "result": .parsed(job.progress.result), "error": .text(job.error), "created_at": .time(job.createdAt),
            "updated_at": .time(job.updatedAt),
        ]
    }

    private init(json: JSONValue) { self.json = json }

    static let optionalFields: Set<String> = ["total", "error"]
    static let example = JobOutput(json: [
        "id": "0198c5d2-7b40-7000-8000-000000000006", "kind": "replay", "state": "running", "done": 500, "total": 1200,
        "result": [:], "error": "Webhook not found", "created_at": "2026-03-19T10:00:00.000000+00:00",
        "updated_at": "2026-03-19T10:00:01.000000+00:00",
    ])
}

struct JobList: ObjectOutput {
    let json: JSONValue
    init(_ jobs: [Job]) { self.json = ["jobs": .array(jobs.map { JobOutput($0).json }), "count": .count(jobs)] }

    private init(json: JSONValue) { self.json = json }

    static let optionalFields: Set<String> = ["total", "error"]
    static let example = JobList(json: ["jobs": [JobOutput.example.json], "count": 1])
}
