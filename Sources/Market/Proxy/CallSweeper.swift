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
                do { try await self.sweep() } catch {
                    self.logger.error("cannot release expired reservations", metadata: ["error": "\(error)"])
                }
                try? await Task.sleep(for: .seconds(Self.pollSeconds))
            }
        }
    }

    func sweep() async throws {
        try await self.streams.sweep()
        try await self.database.write { tx in
            _ = try tx.ledger.expire(limit: Self.batch)
            _ = try tx.freeTier.expire(limit: Self.batch)
            _ = try tx.idempotency.sweep(limit: Self.batch)
        }
    }
}
