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

    /// Services whose last call failed; a service is forgotten with its next success.
    private let circuits = Mutex<[ID<Listing>: Circuit]>([:])

    /// Throws `circuitOpen`. Changes nothing, so that a transaction may ask.
    func check(_ listing: ID<Listing>, now: Timestamp) throws {
        guard let openUntil = self.circuits.withLock({ $0[listing]?.openUntil }), now < openUntil else { return }
        let seconds = (openUntil.microseconds - now.microseconds + 999_999) / 1_000_000
        throw MarketProblems.circuitOpen(retryAfterSeconds: seconds)
    }

    /// The first call after the minute: the others wait for what becomes of it.
    func begin(_ listing: ID<Listing>, now: Timestamp) {
        self.circuits.withLock { circuits in
            guard circuits[listing]?.openUntil != nil else { return }
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
