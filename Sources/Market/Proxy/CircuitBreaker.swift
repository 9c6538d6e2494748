import Kernel
import Synchronization

/// Stops calling a service that fails: after five failures in a row nothing is tried for a minute, then one call is.
final class CircuitBreaker: Sendable {
    static let failureLimit = 5
    static let openSeconds: Int64 = 60

    private struct Circuit {
        var failures = 0
        var openUntil: Timestamp?
    }

    /// Only services that have just failed are kept.
    private let circuits = Mutex<[ID<Listing>: Circuit]>([:])

    /// Throws `circuitOpen`. The first call after the minute goes through, the others wait for what becomes of it.
    func admit(_ listing: ID<Listing>, now: Timestamp) throws {
        try self.circuits.withLock { circuits in
            guard let openUntil = circuits[listing]?.openUntil else { return }
            guard now >= openUntil else {
                let seconds = (openUntil.microseconds - now.microseconds + 999_999) / 1_000_000
                throw MarketProblems.circuitOpen(retryAfterSeconds: seconds)
            }
            circuits[listing]?.openUntil = now.adding(seconds: Self.openSeconds)
        }
    }

    func succeeded(_ listing: ID<Listing>) {
        self.circuits.withLock { if !$0.isEmpty { $0[listing] = nil } }
    }

    func failed(_ listing: ID<Listing>, now: Timestamp) {
        self.circuits.withLock { circuits in
            circuits[listing, default: Circuit()].failures += 1
            if circuits[listing]!.failures >= Self.failureLimit {
                circuits[listing]!.openUntil = now.adding(seconds: Self.openSeconds)
            }
        }
    }
}
