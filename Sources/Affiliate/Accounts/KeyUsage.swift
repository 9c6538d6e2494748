import Kernel
import Logging
import Platform
import ServiceLifecycle
import Storage
import Synchronization

/// Counts the requests of each key in memory, and writes them down every few seconds: at most those are lost with the process.
final class KeyUsage: Service {
    private static let everySeconds: Int64 = 5

    private struct Count {
        var requests: Int64 = 0
        var lastUsedAt: Timestamp
    }

    private let counts = Mutex<[String: Count]>([:])
    private let database: any Database
    private let logger: Logger

    init(database: any Database, logger: Logger) {
        self.database = database
        self.logger = logger
    }

    func count(_ credential: String, at now: Timestamp) {
        self.counts.withLock { counts in
            counts[credential, default: Count(lastUsedAt: now)].requests += 1
            counts[credential]?.lastUsedAt = now
        }
    }

    func run() async throws {
        await poll(everySeconds: Self.everySeconds, else: "cannot count the requests of keys", self.logger) {
            try await self.flush()
        }
        try? await self.flush()
    }

    /// Writes down what was counted.
    func flush() async throws {
        let counts = self.counts.withLock { counts in
            defer { counts = [:] }
            return counts
        }
        guard !counts.isEmpty else { return }
        do {
            try await self.database.write { tx in
                for (credential, count) in counts.sorted(by: { $0.key < $1.key }) {
                    try tx.affiliateKeys.add(requests: count.requests, lastUsedAt: count.lastUsedAt, to: credential)
                }
            }
        } catch {
            self.counts.withLock {
                $0.merge(counts) {
                    Count(requests: $0.requests + $1.requests, lastUsedAt: max($0.lastUsedAt, $1.lastUsedAt))
                }
            }
            throw error
        }
    }
}
