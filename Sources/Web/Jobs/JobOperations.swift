import Hummingbird
package import Kernel
package import Platform
package import Storage

/// Work that takes longer than a request, on any surface: it is begun, looked at, and its file fetched.
package struct JobOperations: Sendable {
    /// Jobs of one account that run at once.
    package static let runningLimit = 5
    private static let listLimit = 50
    package static let tag = "Jobs"

    /// How the surface refuses.
    package struct Problems: Sendable {
        let notFound: Problem
        let limit: Problem?
        let hasNoFile: Problem?

        /// - Parameters:
        ///   - limit: of surfaces whose accounts begin jobs.
        ///   - hasNoFile: of surfaces whose jobs write files.
        package init(notFound: Problem, limit: Problem? = nil, hasNoFile: Problem? = nil) {
            self.notFound = notFound
            self.limit = limit
            self.hasNoFile = hasNoFile
        }
    }

    let surface: any SurfaceContract
    private let problems: Problems
    private let access: Access<Caller>
    /// The kinds that write a file, and its name without its ending.
    let files: [String: String]
    private let database: any Database
    private let ids: IDGenerator

    package init(
        _ surface: any SurfaceContract,
        _ house: SurfaceDependencies,
        _ problems: Problems,
        access: Access<Caller> = .anyKey,
        files: [String: String] = [:]
    ) {
        self.surface = surface
        self.problems = problems
        self.access = access
        self.files = files
        self.database = house.database
        self.ids = house.ids
    }

    package var endpoints: [Endpoint] {
        [
            Endpoint(.get, "/api/v1/jobs", tag: Self.tag, self.list),
            Endpoint(.get, "/api/v1/jobs/{job_id}", tag: Self.tag, self.job),
        ] + (self.files.isEmpty ? [] : [self.fileEndpoint])
    }

    package var fileEndpoint: Endpoint {
        Endpoint(
            raw: .get,
            "/api/v1/jobs/{job_id}/file",
            "The file of a job",
            tag: Self.tag,
            access: self.access,
            inputs: InputReader.describe(JobPath.self),
            answers: [AnswerDescription(status: .ok, summary: "One line a record", mediaType: "text/csv")],
            self.file
        )
        .refusing([self.problems.notFound] + [self.problems.hasNoFile].compactMap { $0 })
    }

    /// Begins a job in a transaction. Throws what `permit` throws, then the surface's problem for too many.
    ///
    /// - Parameter input: what the kind's steps decode.
    package func begin(
        _ kind: String,
        _ input: some Encodable & Sendable,
        by caller: Caller,
        permit: @escaping @Sendable (Transaction) throws -> Void
    ) async throws -> JobOutput {
        let id: ID<Job> = self.ids.next()
        let text = try JSON.text(input)
        return try await self.database.write { tx in
            try permit(tx)
            let running = try tx.jobs.countRunning(of: caller.identity, surface: self.surface.name)
            guard running < Self.runningLimit else { throw self.problems.limit ?? self.problems.notFound }
            return self.output(try tx.jobs.insert(id, kind: kind, input: text, of: caller, surface: self.surface.name))
        }
    }

    package var list: Operation<NoInput, JobList> {
        Operation("List my jobs", access: self.access) { _, caller, _ in
            let jobs = try await self.database.read {
                try $0.jobs.list(of: caller.identity, surface: self.surface.name, limit: Self.listLimit)
            }
            return JobList(jobs: jobs.map(self.output))
        }
    }

    package var job: Operation<JobPath, JobOutput> {
        Operation("Get a job", access: self.access) { input, caller, _ in
            self.output(try await self.require(input.id, of: caller))
        }
        .refusing(self.problems.notFound)
    }

    /// Throws the surface's problem for a job that is not there, also for somebody else's, then the one for a job without a file.
    @Sendable private func file(_ caller: Caller, _ call: Call) async throws -> Response {
        let job = try await self.require(call.pathID("job_id"), of: caller)
        guard let name = self.files[job.kind], job.state == .completed else {
            throw self.problems.hasNoFile ?? self.problems.notFound
        }
        return CSV.response(name: name) { (part: Int?) in
            let part = (part ?? 0) + 1
            let text = try await self.database.read { try $0.jobs.findOutput(job.id, part: part) }
            return (text ?? "", text == nil ? nil : part)
        }
    }

    private func require(_ id: ID<Job>, of caller: Caller) async throws -> Job {
        let job = try await self.database.read {
            try $0.jobs.find(id, of: caller.identity, surface: self.surface.name)
        }
        guard let job else { throw self.problems.notFound }
        return job
    }

    private func output(_ job: Job) -> JobOutput { JobOutput(job, self.surface.words) }
}
