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
            Endpoint(.post, "/api/v1/webhooks/{webhook_id}/replays", tag: Self.tag, status: .accepted, self.replay),
            Endpoint(.post, "/api/v1/settlements/runs", tag: Self.tag, status: .accepted, self.settle),
            Endpoint(.post, "/api/v1/exports", tag: Self.tag, status: .accepted, self.export),
            Endpoint(.get, "/api/v1/jobs", tag: Self.tag, self.list),
            Endpoint(.get, "/api/v1/jobs/{job_id}", tag: Self.tag, self.job),
            self.fileEndpoint,
        ]
    }

    var fileEndpoint: Endpoint {
        Endpoint(
            raw: .get,
            "/api/v1/jobs/{job_id}/file",
            "The file of a job",
            tag: Self.tag,
            access: .anyKey,
            inputs: InputReader.describe(JobPath.self),
            answers: [AnswerDescription(status: .ok, summary: "One line a call", mediaType: "text/csv")],
            self.file
        )
    }

    // MARK: Beginning

    var replay: Operation<ReplayRange, JobOutput> {
        Operation("Begin to send a range again", access: .anyKey, effect: .write) { input, caller, call in
            let details = MarketJobs.ReplayInput(
                webhook: input.webhook.text,
                from: input.from.microseconds,
                to: input.to.microseconds
            )
            return try await self.begin(MarketJobs.replay, details, by: caller) { tx in
                guard try tx.webhooks.find(input.webhook, of: caller.identity, surface: MarketContract.name) != nil
                else {
                    throw MarketProblems.webhookNotFound
                }
                guard input.from < input.to else { throw MarketProblems.replayRange }
            }
        }
    }

    var settle: Operation<RunSettlements, JobOutput> {
        Operation("Begin to settle every provider", access: .admin, effect: .write) { input, caller, call in
            guard input.start < input.end else { throw MarketProblems.settlementPeriod }
            let details = MarketJobs.SettlementInput(
                start: input.start.microseconds,
                end: input.end.microseconds
            )
            return try await self.begin(MarketJobs.settlements, details, by: caller) { tx in
                guard input.start <= tx.now else { throw MarketProblems.settlementFuture }
            }
        }
    }

    var export: Operation<BeginExport, JobOutput> {
        Operation("Begin to write my calls into a file", access: .anyKey, effect: .write) { input, caller, call in
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

    var list: Operation<NoInput, JobList> {
        Operation("List my jobs", access: .anyKey) { _, caller, call in
            let jobs = try await self.database.read {
                try $0.jobs.list(of: caller.identity, surface: MarketContract.name, limit: Self.listLimit)
            }
            return JobList(jobs: jobs.map(JobOutput.init))
        }
    }

    var job: Operation<JobPath, JobOutput> {
        Operation("Get a job", access: .anyKey) { input, caller, call in
            JobOutput(try await self.require(input.id, of: caller))
        }
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

struct JobOutput: ExampleAnswer {
    let id: ID<Job>
    let kind: String
    let state: Job.State
    let done: Int64
    let total: Int64?
    let result: JSONValue
    let failure: JobFailure?
    let createdAt: Timestamp
    let updatedAt: Timestamp

    static let members: [Member<Self>] = [
        Member("id", \.id, "The job"),
        Member("kind", \.kind, "replay, usage_export or settlement_run"),
        Member("state", \.state, "Its state"),
        Member("done", \.done, "Steps that are done"),
        Member("total", \.total, "Steps in all; null while that is not known"),
        Member("result", \.result, "What has come of it so far"),
        Member(
            "error",
            { $0.failure.map { MarketWords.all.describe($0, in: .english) } },
            "Why it failed",
            shown: { job, display in job.failure.map { MarketWords.all.describe($0, in: display.language) } }
        ),
        Member("created_at", \.createdAt, "When it was begun"),
        Member("updated_at", \.updatedAt, "When its last step was done"),
    ]

    static let example = JobOutput(
        id: ID("0198c5d2-7b40-7000-8000-000000000006"),
        kind: "replay",
        state: .running,
        done: 500,
        total: 1200,
        result: [:],
        failure: .problem(code: "webhook_not_found", arguments: [:]),
        createdAt: Timestamp(text: "2026-03-19T10:00:00Z")!,
        updatedAt: Timestamp(text: "2026-03-19T10:00:01Z")!
    )
}

extension JobOutput {
    init(_ job: Job) {
        self.init(
            id: job.id,
            kind: job.kind,
            state: job.state,
            done: job.progress.done,
            total: job.progress.total,
            result: .parsed(job.progress.result),
            failure: job.failure,
            createdAt: job.createdAt,
            updatedAt: job.updatedAt
        )
    }
}

struct JobList: ExampleAnswer {
    let jobs: [JobOutput]

    static let members: [Member<Self>] = [
        Member("jobs", \.jobs, "Newest first"),
        Member("count", \.jobs.count, "How many stand here"),
    ]

    static let example = JobList(jobs: [.example])
}
