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

    /// Whether the call may go: of those that come after the minute only the first one, until it is known what became of it.
    func begin(_ listing: ID<Listing>, now: Timestamp) -> Bool {
        self.circuits.withLock { circuits in
            guard let openUntil = circuits[listing]?.openUntil else { return true }
            guard openUntil <= now else { return false }
            circuits[listing]?.openUntil = now.adding(seconds: Self.openSeconds)
            return true
        }
    }

    /// The one call that was let through was not made: the next one may.
    func giveBack(_ listing: ID<Listing>, now: Timestamp) {
        self.circuits.withLock { circuits in
            if circuits[listing]?.openUntil != nil { circuits[listing]?.openUntil = now }
        }
    }

    /// The service has changed: it is tried again at once.
    func reset(_ listing: ID<Listing>?) {
        self.circuits.withLock { circuits in
            if let listing { circuits[listing] = nil } else { circuits = [:] }
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
