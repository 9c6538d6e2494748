package import Kernel
import Synchronization

/// The memory for long bodies of requests and answers that are held at once: of everybody together, and of one address.
package final class BodyBudget: Sendable {
    private struct Held {
        var total = 0
        var byAddress: [String: Int] = [:]
    }

    private let held = Mutex(Held())
    private let limit: Int

    /// - Parameter limit: in bytes; one address may hold a quarter of it.
    package init(limit: Int) { self.limit = limit }

    package static let full = Problem(
        .unavailable,
        "bodies_full",
        headers: [.init("Retry-After", "5")]
    )

    package static let addressFull = Problem(
        .limited,
        "bodies_of_address",
        headers: [.init("Retry-After", "5")]
    )

    /// Throws `addressFull`, then `full`.
    fileprivate func take(_ bytes: Int, _ address: String) throws(Problem) {
        let problem = self.held.withLock { held -> Problem? in
            let ofAddress = held.byAddress[address, default: 0] + bytes
            if ofAddress > max(self.limit / 4, 1) { return Self.addressFull }
            if held.total + bytes > self.limit { return Self.full }
            held.total += bytes
            held.byAddress[address] = ofAddress
            return nil
        }
        if let problem { throw problem }
    }

    fileprivate func giveBack(_ bytes: Int, _ address: String) {
        self.held.withLock { held in
            held.total -= bytes
            let left = held.byAddress[address, default: 0] - bytes
            held.byAddress[address] = left > 0 ? left : nil
        }
    }

    /// Bytes that are held now.
    package var heldBytes: Int { self.held.withLock { $0.total } }
}

/// What one body takes of the budget, until it goes away. Used by one request.
package final class BodyLease: Sendable {
    private let budget: BodyBudget?
    private let address: String
    private let size = Mutex(0)
    /// What is counted.
    private let bytes = Mutex(0)

    init(_ budget: BodyBudget?, address: String) {
        self.budget = budget
        self.address = address
    }

    /// Bytes of each body that are not counted, so that small bodies always have room.
    static let freeBytes = 64 * 1024

    func grow(by count: Int) throws(Problem) {
        let size = self.size.withLock { size in
            size += count
            return size
        }
        let counted = max(0, min(count, size - Self.freeBytes))
        guard counted > 0 else { return }
        try self.budget?.take(counted, self.address)
        self.bytes.withLock { $0 += counted }
    }

    deinit { self.budget?.giveBack(self.bytes.withLock { $0 }, self.address) }
}
