package import Kernel
import Synchronization

/// Stops calling what fails: after five failures in a row nothing is tried for a while, then one call is.
package final class CircuitBreaker<Key: Hashable & Sendable>: Sendable {
    package static var failureLimit: Int { 5 }

    private struct Circuit {
        var failures = 0
        var openUntil: Timestamp?
    }

    /// Those whose last call failed; one is forgotten with its next success.
    private let circuits = Mutex<[Key: Circuit]>([:])
    private let openSeconds: Int64
    private let tell: @Sendable (Key, _ isOpen: Bool) -> Void

    /// - Parameters:
    ///   - openSeconds: how long nothing is tried.
    ///   - tell: hears when calls stop, and when they go again.
    package init(openSeconds: Int64, telling tell: @escaping @Sendable (Key, _ isOpen: Bool) -> Void = { _, _ in }) {
        (self.openSeconds, self.tell) = (openSeconds, tell)
    }

    /// How long nothing is tried; nil when calls may go. Changes nothing, so that a transaction may ask.
    package func secondsLeft(_ key: Key, now: Timestamp) -> Int64? {
        self.circuits.withLock { $0[key]?.openUntil }.flatMap { Self.seconds(until: $0, now) }
    }

    /// Of how many nothing is tried now.
    package func openCount(now: Timestamp) -> Int {
        self.circuits.withLock { circuits in circuits.values.count { $0.openUntil.map { now < $0 } ?? false } }
    }

    /// Whether the call may go: of those that come after that time only the first one, until it is known what became of it.
    package func begin(_ key: Key, now: Timestamp) -> Bool {
        self.circuits.withLock { circuits in
            guard let openUntil = circuits[key]?.openUntil else { return true }
            guard openUntil <= now else { return false }
            circuits[key]?.openUntil = now.adding(seconds: self.openSeconds)
            return true
        }
    }

    /// The one call that was let through was not made: the next one may.
    package func giveBack(_ key: Key, now: Timestamp) {
        self.circuits.withLock { circuits in
            if circuits[key]?.openUntil != nil { circuits[key]?.openUntil = now }
        }
    }

    /// It has changed: it is tried again at once.
    package func reset(_ key: Key?) {
        self.circuits.withLock { circuits in
            if let key { circuits[key] = nil } else { circuits = [:] }
        }
    }

    package func succeeded(_ key: Key) {
        let wasOpen = self.circuits.withLock { circuits in
            circuits.isEmpty ? false : circuits.removeValue(forKey: key)?.openUntil != nil
        }
        if wasOpen { self.tell(key, false) }
    }

    /// The longest time for which nothing is tried of some of the keys; nil when calls of all of them may go.
    package func secondsLeft(where isMeant: (Key) -> Bool, now: Timestamp) -> Int64? {
        self.circuits.withLock { circuits in
            circuits.compactMap { key, circuit in
                isMeant(key) ? circuit.openUntil.flatMap { Self.seconds(until: $0, now) } : nil
            }.max()
        }
    }

    /// Some of them have changed: they are tried again at once.
    package func reset(where isMeant: (Key) -> Bool) {
        self.circuits.withLock { circuits in circuits = circuits.filter { !isMeant($0.key) } }
    }

    private static func seconds(until moment: Timestamp, _ now: Timestamp) -> Int64? {
        now < moment ? (moment.microseconds - now.microseconds + 999_999) / 1_000_000 : nil
    }

    package func failed(_ key: Key, now: Timestamp) {
        let opens = self.circuits.withLock { circuits in
            var circuit = circuits[key] ?? Circuit()
            let wasOpen = circuit.openUntil != nil
            circuit.failures += 1
            if circuit.failures >= Self.failureLimit { circuit.openUntil = now.adding(seconds: self.openSeconds) }
            circuits[key] = circuit
            return circuit.openUntil != nil && !wasOpen
        }
        if opens { self.tell(key, true) }
    }
}
