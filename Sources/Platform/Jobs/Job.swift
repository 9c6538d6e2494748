package import Kernel
package import Storage

/// Work that takes longer than a request: it is done step by step, each written down, and goes on after a crash.
package struct Job: Sendable, Identified, RowDecodable {
    package static let idPrefix = ""

    package let id: ID<Job>
    package let surface: String
    package let owner: ID<Identity>
    /// The credential that began it.
    package let credential: String
    package let kind: String
    /// What was asked for, as JSON.
    package let input: String
    package let state: State
    package let progress: Progress
    /// Why it failed.
    package let failure: JobFailure?
    /// When its worker's claim ends. The time identifies the claim: a later claim has another.
    let claimedUntil: Timestamp
    package let createdAt: Timestamp
    package let updatedAt: Timestamp

    package enum State: String, Sendable, SQLConvertible, CaseIterable {
        case running, completed, failed
    }

    /// How far a job has come.
    package struct Progress: Sendable, Equatable {
        package var done: Int64
        /// Nil while it is not known.
        package var total: Int64?
        /// Where the next step begins; the kind's own words.
        package var cursor: String?
        /// What came of it so far, as JSON.
        package var result: String

        package init(done: Int64 = 0, total: Int64? = nil, cursor: String? = nil, result: String = "{}") {
            self.done = done
            self.total = total
            self.cursor = cursor
            self.result = result
        }
    }

    package static let columns: StaticString = """
        id, surface, identity_id, credential_id, kind, input, state, done, total, cursor, result, error,
        claimed_until, created_at, updated_at
        """

    /// A running job of nobody's, for documents.
    package init(id: ID<Job>, kind: String, progress: Progress, createdAt: Timestamp, updatedAt: Timestamp) {
        (self.id, self.kind, self.progress) = (id, kind, progress)
        (self.createdAt, self.updatedAt, self.claimedUntil) = (createdAt, updatedAt, createdAt)
        (self.surface, self.owner, self.credential, self.input) = ("", ID(""), "", "{}")
        (self.state, self.failure) = (.running, nil)
    }

    package init(row: inout Row) throws {
        self.id = try row.column()
        self.surface = try row.column()
        self.owner = try row.column()
        self.credential = try row.column()
        self.kind = try row.column()
        self.input = try row.column()
        self.state = try row.column()
        self.progress = Progress(
            done: try row.column(),
            total: try row.optional(),
            cursor: try row.optional(),
            result: try row.column()
        )
        self.failure = try row.optional(String.self).map { JobFailure(stored: $0) }
        self.claimedUntil = try row.column()
        self.createdAt = try row.column()
        self.updatedAt = try row.column()
    }
}

/// What a surface does in steps.
package struct JobKind: Sendable {
    package let name: String
    /// Does the next step. A crash may repeat it, so it must be idempotent.
    ///
    /// Throws a `Problem` when the job cannot be done at all; anything else is tried again.
    package let step: @Sendable (Job) async throws -> JobStep

    package init(_ name: String, step: @escaping @Sendable (Job) async throws -> JobStep) {
        self.name = name
        self.step = step
    }
}

package struct JobStep: Sendable {
    package let progress: Job.Progress
    package let isLast: Bool
    /// A part of the job's file; parts are kept in the order of their steps.
    package let output: String?

    package init(_ progress: Job.Progress, isLast: Bool, output: String? = nil) {
        self.progress = progress
        self.isLast = isLast
        self.output = output
    }
}
