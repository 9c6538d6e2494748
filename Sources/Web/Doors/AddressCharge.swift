import Kernel
import Platform
import Synchronization

/// What one request takes of the limit of its address: at once, or when it is known who asks.
package final class AddressCharge: Sendable {
    private let buckets: TokenBuckets
    private let address: String
    private let clock: WallClock
    private let contract: any SurfaceContract
    private let isSettled = Atomic(false)

    init(_ buckets: TokenBuckets, address: String, clock: WallClock, contract: any SurfaceContract) {
        self.buckets = buckets
        self.address = address
        self.clock = clock
        self.contract = contract
    }

    /// Somebody known asks, at the cost of a key's own limit or of none: the address is not charged.
    package func skip() { self.isSettled.store(true, ordering: .relaxed) }

    /// Takes what is open yet. Throws *limited*.
    package func take(_ cost: Double = 1) throws {
        guard !self.isSettled.exchange(true, ordering: .relaxed) else { return }
        let decision = self.buckets.take(self.address, now: self.clock.now(), cost: cost)
        guard decision.isAllowed else { throw self.contract.problem(for: .limited).limited(by: decision) }
    }
}
