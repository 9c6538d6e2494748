package import Kernel
package import Storage

package struct JobStore {
    let tx: Transaction

    package func insert(
        _ id: ID<Job>,
        kind: String,
        input: String,
        of caller: Caller,
        surface: String
    ) throws -> Job {
        try self.tx.execute(
            """
            INSERT INTO job (id, surface, identity_id, credential_id, kind, input, state, done, result, steps, failures,
                claimed_until, created_at, updated_at)
            VALUES (\(id), \(surface), \(caller.identity), \(caller.credential), \(kind), \(input), 'running', 0, '{}',
                0, 0, 0, \(self.tx.now), \(self.tx.now))
            """
        )
        try self.tx.invalidate(JobWorker.topic, "")
        return try self.find(id, of: caller.identity, surface: surface)!
    }

    package func countByState() throws -> [(surface: String, state: Job.State, count: Int)] {
        try self.tx.rows("SELECT surface, state, COUNT(*) FROM job GROUP BY surface, state ORDER BY surface, state") {
            row in (try row.column(), try row.column(), try row.column())
        }
    }

    /// Whoever has begun it.
    package func find(_ id: ID<Job>, surface: String) throws -> Job? {
        try self.tx.row("SELECT \(raw: Job.columns) FROM job WHERE id = \(id) AND surface = \(surface)")
    }

    package func find(_ id: ID<Job>, of owner: ID<Identity>, surface: String) throws -> Job? {
        try self.tx.row(
            "SELECT \(raw: Job.columns) FROM job WHERE id = \(id) AND identity_id = \(owner) AND surface = \(surface)"
        )
    }

    /// Newest first.
    package func list(of owner: ID<Identity>, surface: String, limit: Int) throws -> [Job] {
        try self.tx.rows(
            """
            SELECT \(raw: Job.columns) FROM job WHERE identity_id = \(owner) AND surface = \(surface)
            ORDER BY created_at DESC, id DESC LIMIT \(limit)
            """
        )
    }

    package func countRunning(of owner: ID<Identity>, surface: String) throws -> Int {
        try self.tx.value(
            "SELECT COUNT(*) FROM job WHERE identity_id = \(owner) AND surface = \(surface) AND state = 'running'"
        ) ?? 0
    }

    /// The newest of a kind, whoever has begun it.
    package func findNewest(_ kind: String, surface: String) throws -> Job? {
        try self.tx.row(
            """
            SELECT \(raw: Job.columns) FROM job WHERE kind = \(kind) AND surface = \(surface)
            ORDER BY created_at DESC, id DESC LIMIT 1
            """
        )
    }

    package func count(of owner: ID<Identity>, kind: String) throws -> Int {
        try self.tx.value("SELECT COUNT(*) FROM job WHERE identity_id = \(owner) AND kind = \(kind)") ?? 0
    }

    /// A part of the file; nil after the last.
    package func findOutput(_ id: ID<Job>, part: Int) throws -> String? {
        try self.tx.value("SELECT text FROM job_output WHERE job_id = \(id) AND part = \(part)")
    }

    // MARK: The worker's side

    /// Whether there is anything to claim, or to forget.
    func hasWork(endedBefore moment: Timestamp) throws -> Bool {
        try self.tx.value(
            """
            SELECT 1 FROM job WHERE (state = 'running' AND claimed_until <= \(self.tx.now))
                OR (state <> 'running' AND updated_at < \(moment)) LIMIT 1
            """,
            as: Int.self
        ) != nil
    }

    /// Takes running jobs that nobody works on: those whose steps went well first, and then the oldest.
    ///
    /// A step counts as failed until it is recorded. So a step that ends the process is not the first to be retried, and its job is given
    /// up in the end.
    func claim(until: Timestamp, limit: Int, failureLimit: Int, run: String) throws -> [Job] {
        try self.tx.execute(
            """
            UPDATE job SET state = 'failed', error = \(JobFailure.internal.stored), updated_at = \(self.tx.now)
            WHERE state = 'running' AND claimed_until <= \(self.tx.now) AND failures >= \(failureLimit)
            """
        )
        let due: [ID<Job>] = try self.tx.rows(
            """
            SELECT id FROM job WHERE state = 'running' AND claimed_until <= \(self.tx.now)
            ORDER BY failures, created_at, id LIMIT \(limit)
            """
        ) { try $0.column() }
        return try due.compactMap { id in
            try self.tx.serverRuns.begin(Self.workKind, id.text, of: run)
            return try self.tx.row(
                """
                UPDATE job SET claimed_until = \(until), failures = failures + 1 WHERE id = \(id)
                RETURNING \(raw: Job.columns)
                """
            )
        }
    }

    /// The run that had claimed it is dead: it may be claimed again, but not before the moment.
    func putOff(_ id: ID<Job>, until: Timestamp) throws {
        try self.tx.execute("UPDATE job SET claimed_until = \(until) WHERE id = \(id) AND state = 'running'")
    }

    static let workKind = "job"

    /// Nobody works on it any more.
    func endWork(_ job: Job, run: String) throws { try self.tx.serverRuns.end(Self.workKind, job.id.text, of: run) }

    /// Records a step, and counts the next one as failed until it is recorded. Returns the updated job, or nil if another worker has taken
    /// it over.
    func save(_ job: Job, _ step: JobStep, until: Timestamp) throws -> Job? {
        let progress = step.progress
        let part: Int? = try self.tx.value(
            """
            UPDATE job SET done = \(progress.done), total = \(progress.total), cursor = \(progress.cursor),
                result = \(progress.result), steps = steps + 1, failures = \(step.isLast ? 0 : 1),
                state = \(step.isLast ? Job.State.completed : .running), claimed_until = \(until),
                updated_at = \(self.tx.now)
            WHERE id = \(job.id) AND state = 'running' AND claimed_until = \(job.claimedUntil) RETURNING steps
            """
        )
        guard let part else { return nil }
        if let output = step.output {
            try self.tx.execute(
                "INSERT INTO job_output (job_id, part, text) VALUES (\(job.id), \(part), \(output))"
            )
        }
        return try self.tx.row("SELECT \(raw: Job.columns) FROM job WHERE id = \(job.id)")
    }

    func fail(_ job: Job, _ failure: JobFailure) throws {
        try self.tx.execute(
            """
            UPDATE job SET state = 'failed', error = \(failure.stored), updated_at = \(self.tx.now)
            WHERE id = \(job.id) AND state = 'running' AND claimed_until = \(job.claimedUntil)
            """
        )
    }

    /// Postpones a job after a failed step, or gives it up after too many. The failure was counted when the job was claimed.
    func postpone(_ job: Job, until: Timestamp, failureLimit: Int) throws {
        try self.tx.execute(
            """
            UPDATE job SET claimed_until = \(until), updated_at = \(self.tx.now),
                state = CASE WHEN failures >= \(failureLimit) THEN 'failed' ELSE state END,
                error = CASE WHEN failures >= \(failureLimit) THEN \(JobFailure.internal.stored) ELSE error END
            WHERE id = \(job.id) AND state = 'running' AND claimed_until = \(job.claimedUntil)
            """
        )
    }

    /// Forgets jobs that ended before the moment, with their files.
    func deleteEnded(before moment: Timestamp) throws {
        let old: [ID<Job>] = try self.tx.rows(
            "SELECT id FROM job WHERE state <> 'running' AND updated_at < \(moment) LIMIT 10"
        ) { try $0.column() }
        guard !old.isEmpty else { return }
        try self.tx.execute("DELETE FROM job_output WHERE job_id IN (\(list: old))")
        try self.tx.execute("DELETE FROM job WHERE id IN (\(list: old))")
    }
}

extension Transaction {
    package var jobs: JobStore { JobStore(tx: self) }
}
