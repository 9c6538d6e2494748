import Kernel
import Synchronization

/// How many deliveries are under way: in all, to each owner, to each endpoint, and to those that fail.
final class DeliveryLoad: Sendable {
    private struct Running {
        var total = 0
        /// Endpoints that were failing when they got their room.
        var failing: Set<ID<WebhookEndpoint>> = []
        var byOwner: [ID<Identity>: Int] = [:]
        var byEndpoint: [ID<WebhookEndpoint>: Int] = [:]
    }

    private let running = Mutex(Running())

    /// How many more may be sent to the endpoint now; they count as under way from here on.
    func reserve(_ endpoint: ID<WebhookEndpoint>, of owner: ID<Identity>, isFailing: Bool) -> Int {
        self.running.withLock { running in
            let toFailing = running.failing.reduce(0) { $0 + running.byEndpoint[$1, default: 0] }
            let room = min(
                WebhookWorker.perEndpointLimit - running.byEndpoint[endpoint, default: 0],
                WebhookWorker.perOwnerLimit - running.byOwner[owner, default: 0],
                (isFailing ? WebhookWorker.failingLimit - toFailing : .max),
                WebhookWorker.totalLimit - running.total
            )
            guard room > 0 else { return 0 }
            if isFailing { running.failing.insert(endpoint) }
            running.total += room
            running.byOwner[owner, default: 0] += room
            running.byEndpoint[endpoint, default: 0] += room
            return room
        }
    }

    func end(_ endpoint: ID<WebhookEndpoint>, of owner: ID<Identity>) { self.giveBack(endpoint, of: owner, 1) }

    func giveBack(_ endpoint: ID<WebhookEndpoint>, of owner: ID<Identity>, _ count: Int) {
        self.running.withLock { running in
            running.total -= count
            Self.take(count, from: &running.byOwner, owner)
            Self.take(count, from: &running.byEndpoint, endpoint)
            if running.byEndpoint[endpoint] == nil { running.failing.remove(endpoint) }
        }
    }

    private static func take<Key>(_ count: Int, from counts: inout [Key: Int], _ key: Key) {
        let left = counts[key, default: 0] - count
        counts[key] = left > 0 ? left : nil
    }
}
