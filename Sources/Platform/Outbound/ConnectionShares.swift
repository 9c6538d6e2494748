import Synchronization

/// How many connections to a host are in use on behalf of whom, so that one holder cannot have all of them.
final class ConnectionShares: Sendable {
    private let used = Mutex<[String: Int]>([:])

    /// Nil if one of the holders has used up its share. Otherwise, each holds one more until the lease is released.
    func take(_ host: String, _ shares: [OutboundShare]) -> Lease? {
        let keys = shares.map { (key: "\(host) \($0.holder)", limit: $0.limit) }
        let hasRoom = self.used.withLock { used in
            guard keys.allSatisfy({ used[$0.key, default: 0] < $0.limit }) else { return false }
            for (key, _) in keys { used[key, default: 0] += 1 }
            return true
        }
        return hasRoom ? Lease(self, keys.map(\.key)) : nil
    }

    private func giveBack(_ keys: [String]) {
        self.used.withLock { used in
            for key in keys {
                let left = used[key, default: 0] - 1
                used[key] = left > 0 ? left : nil
            }
        }
    }

    final class Lease: Sendable {
        private let shares: ConnectionShares
        private let keys: [String]
        private let isHeld = Atomic(true)

        init(_ shares: ConnectionShares, _ keys: [String]) {
            self.shares = shares
            self.keys = keys
        }

        func end() {
            if self.isHeld.exchange(false, ordering: .relaxed) { self.shares.giveBack(self.keys) }
        }

        deinit { self.end() }
    }
}

/// On whose behalf a connection is used, and how many of one host's it may use at a time.
package struct OutboundShare: Sendable {
    let holder: String
    let limit: Int

    package init(holder: String, limit: Int) {
        self.holder = holder
        self.limit = limit
    }
}
