import Kernel
import Platform
import Synchronization

/// The cost of one request against its address's limit. It is charged at once, or when the caller is known.
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

    /// The caller is known, so a key's own limit or none applies. The address is not charged.
    package func skip() { self.isSettled.store(true, ordering: .relaxed) }

    /// Charges the address, unless that was already done or skipped. Throws *limited*.
    package func take(_ cost: Double = 1) throws {
        guard !self.isSettled.exchange(true, ordering: .relaxed) else { return }
        let decision = self.buckets.take(self.address, now: self.clock.now(), cost: cost)
        guard decision.isAllowed else { throw self.contract.problem(limitedBy: decision) }
    }
}
