import Kernel
import Logging
import Platform
import ServiceLifecycle
import Storage

/// Keeps the figures up to date with the usage records: every second, and before somebody reads them.
struct RollUps: Service {
    static let pollSeconds: Int64 = 1
    /// Between two batches of the worker, so that calls wait for one batch at most: enough for 12,000 calls a second.
    static let pause = Duration.milliseconds(40)
    /// Batches that a reader waits for; a longer backlog is the worker's.
    static let readerBatches = 4

    let database: any Database
    let logger: Logger

    func run() async throws {
        await poll(everySeconds: Self.pollSeconds, else: "cannot add up usage records", self.logger) {
            guard try await self.database.read({ try $0.rollUps.hasPending() }) else { return }
            while try await !self.database.write({ try $0.rollUps.applyAndScore() }) {
                try await Task.sleep(for: Self.pause)
            }
        }
    }

    func catchUp(batches: Int = Self.readerBatches) async throws {
        guard try await self.database.read({ try $0.rollUps.hasPending() }) else { return }
        for _ in 0..<batches {
            if try await self.database.write({ try $0.rollUps.applyAndScore() }) { return }
        }
    }
}

extension RollUpStore {
    /// Adds a batch, and brings the agents' scores up to date in the same commit. Returns whether nothing waits any more.
    func applyAndScore() throws -> Bool {
        let (providers, isDone) = try self.apply()
        for provider in providers.sorted() { try self.tx.reputations.refresh(provider) }
        return isDone
    }
}
