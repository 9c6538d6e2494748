import Kernel
import Ledger
import Logging
import Platform
import ServiceLifecycle
import Storage

/// Releases what a crash has left behind: reservations and free calls whose time has passed, streams, and old idempotency keys.
struct CallSweeper: Service {
    static let pollSeconds: Int64 = 5
    static let batch = 500

    let database: any Database
    let streams: OpenStreams
    let logger: Logger

    func run() async throws {
        await cancelWhenGracefulShutdown {
            while !Task.isCancelled {
                await self.log("cannot sweep open streams") { try await self.streams.sweep() }
                await self.log("cannot release what has expired") { try await self.expire() }
                try? await Task.sleep(for: .seconds(Self.pollSeconds))
            }
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

    private func expire() async throws {
        try await self.database.write { tx in
            _ = try tx.ledger.expire(limit: Self.batch)
            _ = try tx.freeTier.expire(limit: Self.batch)
            _ = try tx.idempotency.sweep(limit: Self.batch)
        }
    }
}
