import Kernel
package import Logging
import ServiceLifecycle
package import Storage

/// Does the jobs, a few at a time. Another node, or this one after a crash, goes on with what a claim has left.
package struct JobWorker: Service {
    /// What a commit that begins a job invalidates.
    static let topic = "job"
    static let atOnce = 4
    /// How long a claim holds without a step that is written down.
    static let claimSeconds: Int64 = 120
    /// Steps that go wrong in a row before a job is given up, and the time between them.
    static let failureLimit = 5
    static let retrySeconds: Int64 = 10
    /// Ended jobs and their files are kept so long.
    package static let keptSeconds: Int64 = 86_400
    static let pollMilliseconds: Int64 = 2000

    private let database: any Database
    private let kinds: [String: JobKind]
    private let logger: Logger
    private let signal: Signal
    private let run: String
    /// Jobs under way here.
    private let running = Counter()

    /// - Parameter run: the server's, whose work is noted.
    package init(database: any Database, run: String, kinds: [JobKind], logger: Logger) {
        self.database = database
        self.run = run
        self.kinds = Dictionary(uniqueKeysWithValues: kinds.map { ($0.name, $0) })
        self.logger = logger
        let signal = Signal()
        self.signal = signal
        database.invalidations.on(Self.topic) { _ in signal.raise() }
    }

    package func run() async throws {
        await cancelWhenGracefulShutdown {
            await withDiscardingTaskGroup { group in
                while !Task.isCancelled {
                    do {
                        // A slot that is free is filled, whatever the others still do.
                        for job in try await self.claim(limit: Self.atOnce - self.running.value) {
                            self.running.add(1)
                            group.addTask {
                                await self.work(on: job)
                                self.running.add(-1)
                                self.signal.raise()
                            }
                        }
                    } catch { self.logger.error("cannot read the jobs", metadata: ["error": "\(error)"]) }
                    await self.signal.wait(milliseconds: Self.pollMilliseconds)
                }
            }
        }
    }

    /// One round for tests: claims what is due, and returns when it has ended.
    package func work() async throws {
        for job in try await self.claim(limit: Self.atOnce) { await self.work(on: job) }
    }

    private func claim(limit: Int) async throws -> [Job] {
        let due = try await self.database.read { tx in
            try tx.jobs.hasWork(endedBefore: tx.now.adding(seconds: -Self.keptSeconds))
        }
        guard due else { return [] }
        return try await self.database.write { tx in
            try tx.jobs.deleteEnded(before: tx.now.adding(seconds: -Self.keptSeconds))
            return try tx.jobs.claim(
                until: tx.now.adding(seconds: Self.claimSeconds),
                limit: limit,
                failureLimit: Self.failureLimit,
                run: self.run
            )
        }
    }

    private func work(on job: Job) async {
        await self.doSteps(of: job)
        try? await self.database.write { try $0.jobs.endWork(job, run: self.run) }
    }

    private static func ids(of job: Job) -> Logger.Metadata {
        ["job": "\(job.id.text)", "kind": "\(job.kind)", "surface": "\(job.surface)"]
    }

    private func doSteps(of job: Job) async {
        var job = job
        do {
            while !Task.isCancelled, job.state == .running {
                guard let kind = self.kinds[job.kind] else {
                    throw Problem(.internal, "job_kind")
                }
                let (claimed, step) = (job, try await kind.step(job))
                let saved = try await self.database.write { tx in
                    try tx.jobs.save(claimed, step, until: tx.now.adding(seconds: Self.claimSeconds))
                }
                // Another worker has gone on with it.
                guard let saved else { return }
                job = saved
            }
            if job.state == .completed { self.logger.info("a job has ended", metadata: Self.ids(of: job)) }
        } catch let problem as Problem where problem.kind != .unavailable {
            let claimed = job
            try? await self.database.write { try $0.jobs.fail(claimed, JobFailure(problem)) }
            self.logger.warning(
                "a job has failed",
                metadata: Self.ids(of: job).merging(["problem": "\(problem.code)"]) { $1 }
            )
        } catch {
            let claimed = job
            self.logger.error(
                "a job's step failed",
                metadata: Self.ids(of: job).merging(["error": "\(error)"]) { $1 }
            )
            try? await self.database.write { tx in
                try tx.jobs.postpone(
                    claimed,
                    until: tx.now.adding(seconds: Self.retrySeconds),
                    failureLimit: Self.failureLimit
                )
            }
        }
    }
}
