package import Kernel
package import Platform

extension Job.State: Wire, Vocabulary {
    package static let vocabulary = "job_state"
}

/// A job as its owner sees it.
package struct JobOutput: ExampleAnswer, Listed {
    package let job: Job
    /// Why it failed, in a language.
    private let failure: @Sendable (Language) -> String?

    package static let listName = "jobs"
    package static let listSummary = "Newest first"

    /// - Parameter words: the surface's.
    init(_ job: Job, _ words: Words) {
        self.job = job
        self.failure = { language in job.failure.map { words.describe($0, in: language) } }
    }

    package static let members: [Member<Self>] = [
        Member("id", \.job.id, "The job"),
        Member("kind", \.job.kind, "What it does"),
        Member("state", \.job.state, "Its state"),
        Member("done", \.job.progress.done, "Steps that are done"),
        Member("total", \.job.progress.total, "Steps in all; null while that is not known"),
        Member("result", { JSONValue.parsed($0.job.progress.result) }, "What has come of it so far"),
        Member("error", { $0.failure(.english) }, "Why it failed", shown: { $0.failure($1.language) }),
        Member("created_at", \.job.createdAt, "When it was begun"),
        Member("updated_at", \.job.updatedAt, "When its last step was done"),
    ]

    package static let example = JobOutput(
        Job(
            id: ID("0198c5d2-7b40-7000-8000-000000000006"),
            kind: "replay",
            progress: .init(done: 500, total: 1200),
            createdAt: Timestamp(text: "2026-03-19T10:00:00Z")!,
            updatedAt: Timestamp(text: "2026-03-19T10:00:01Z")!
        ),
        HouseWords.all
    )
}

/// Jobs of the last day; there are never many.
package struct JobList: ExampleAnswer {
    package let jobs: [JobOutput]

    package static let members: [Member<Self>] = [
        Member("jobs", \.jobs, JobOutput.listSummary),
        Member("count", \.jobs.count, "How many stand here"),
    ]

    package static let example = JobList(jobs: [.example])
}

package struct JobPath: Input {
    package let id: ID<Job>
    package init(_ read: inout InputReader) { self.id = ID(read.path("job_id", "The job")) }
}
