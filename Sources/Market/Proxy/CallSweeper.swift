import Kernel
import Ledger
import Logging
import Platform
import ServiceLifecycle
import Storage
import Synchronization

/// Releases what a crash has left behind: reservations and free calls whose time has passed, streams, and old idempotency keys.
struct CallSweeper: Service {
    static let pollSeconds: Int64 = 5
    static let batch = 500
    /// Rounds between two in which what is only kept for a while is looked through.
    private static let tidyRounds = 12

    let database: any Database
    let streams: OpenStreams
    let logger: Logger

    func run() async throws {
        let round = Atomic(0)
        await poll(everySeconds: Self.pollSeconds, else: "cannot look after the proxy", self.logger) {
            if round.wrappingAdd(1, ordering: .relaxed).oldValue % Self.tidyRounds == 0 {
                await self.log("cannot delete what is too old") { try await self.tidy() }
            }
            await self.log("cannot sweep open streams") { try await self.streams.sweep() }
            await self.log("cannot release what has expired") { try await self.expire() }
        }
    }

    /// Both at once, for whoever does not wait for the next round.
    func sweep() async throws {
        try await self.streams.sweep()
        try await self.expire()
    }

    private func log(_ failure: Logger.Message, _ body: () async throws -> Void) async {
        do { try await body() } catch { self.logger.error(failure, metadata: ["error": "\(error)"]) }
    }

    private func tidy() async throws {
        try await self.database.write { tx in
            try tx.failures.deleteOld()
            try tx.latencies.deleteOld()
        }
    }

    private func expire() async throws {
        try await self.database.write { tx in
            _ = try tx.ledger.expire(limit: Self.batch)
            _ = try tx.freeTier.expire(limit: Self.batch)
            try tx.keySpend.expire(limit: Self.batch)
            _ = try tx.idempotency.sweep(limit: Self.batch)
        }
    }
}
