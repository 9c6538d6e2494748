import Kernel
package import Logging
import ServiceLifecycle
package import Storage

/// Does the jobs, a few at a time. Another node, or this one after a crash, goes on with what a claim has left.
package struct JobWorker: Service {
    /// What a commit that begins a job invalidates.
    static let topic = "job"
    static let atOnce = 4
    /// How long a claim holds; longer than any step.
    static let claimSeconds: Int64 = 60
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

    package init(database: any Database, kinds: [JobKind], logger: Logger) {
        self.database = database
        self.kinds = Dictionary(uniqueKeysWithValues: kinds.map { ($0.name, $0) })
        self.logger = logger
        let signal = Signal()
        self.signal = signal
        database.invalidations.on(Self.topic) { _ in signal.raise() }
    }

    package func run() async throws {
        await cancelWhenGracefulShutdown {
            while !Task.isCancelled {
                do { try await self.work() } catch {
                    self.logger.error("cannot read the jobs", metadata: ["error": "\(error)"])
                }
                await self.signal.wait(milliseconds: Self.pollMilliseconds)
            }
        }
    }

    /// One round: claims what is due, and works until it has ended or the server stops.
    package func work() async throws {
        let due = try await self.database.read { tx in
            try tx.jobs.hasWork(endedBefore: tx.now.adding(seconds: -Self.keptSeconds))
        }
        guard due else { return }
        let jobs = try await self.database.write { tx in
            try tx.jobs.deleteEnded(before: tx.now.adding(seconds: -Self.keptSeconds))
            return try tx.jobs.claim(until: tx.now.adding(seconds: Self.claimSeconds), limit: Self.atOnce)
        }
        await withDiscardingTaskGroup { group in
            for job in jobs { group.addTask { await self.work(on: job) } }
        }
    }

    private func work(on job: Job) async {
        var job = job
        do {
            while !Task.isCancelled, job.state == .running {
                guard let kind = self.kinds[job.kind] else {
                    throw Problem(.internal, "job_kind", "This server does not know such work")
                }
                let (id, step) = (job.id, try await kind.step(job))
                job = try await self.database.write { tx in
                    try tx.jobs.save(id, step, until: tx.now.adding(seconds: Self.claimSeconds))
                }
            }
        } catch let problem as Problem where problem.kind != .unavailable {
            let id = job.id
            try? await self.database.write { try $0.jobs.fail(id, problem.message) }
        } catch {
            let id = job.id
            self.logger.error("a job's step failed", metadata: ["error": "\(error)", "job": "\(id.text)"])
            try? await self.database.write { tx in
                try tx.jobs.postpone(
                    id,
                    until: tx.now.adding(seconds: Self.retrySeconds),
                    failureLimit: Self.failureLimit
                )
            }
        }
    }
}
