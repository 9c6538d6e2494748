import Platform
import Synchronization
import Web

/// How many connections each address has open.
final class ConnectionCounts: Sendable {
    private let counts = Mutex<[String: Int]>([:])
    private let all = Atomic<Int>(0)
    private let limit: Int
    /// Not limited, because the connections of all clients come through them.
    private let proxies: TrustedProxies

    init(limit: Int, proxies: TrustedProxies) {
        self.limit = limit
        self.proxies = proxies
    }

    /// Of all addresses together.
    var count: Int { self.all.load(ordering: .relaxed) }

    /// False when the address has as many as it may; then it is not counted.
    func open(_ address: String) -> Bool {
        let isTaken = self.take(address)
        if isTaken { self.all.add(1, ordering: .relaxed) }
        return isTaken
    }

    private func take(_ address: String) -> Bool {
        guard self.limit > 0, !self.proxies.trusts(address) else { return true }
        let address = AddressRules.limitKey(address)
        return self.counts.withLock { counts in
            let count = counts[address, default: 0]
            guard count < self.limit else { return false }
            counts[address] = count + 1
            return true
        }
    }

    func close(_ address: String) {
        self.all.subtract(1, ordering: .relaxed)
        guard self.limit > 0 else { return }
        let address = AddressRules.limitKey(address)
        self.counts.withLock { counts in
            guard let count = counts[address] else { return }
            counts[address] = count > 1 ? count - 1 : nil
        }
    }
}
