import Kernel
import Synchronization

/// How many deliveries are under way, in all and to each endpoint.
final class DeliveryLoad: Sendable {
    private let running = Mutex<(total: Int, byEndpoint: [ID<WebhookEndpoint>: Int])>((0, [:]))

    /// How many more may be sent to the endpoint now; they count as under way from here on.
    func reserve(_ endpoint: ID<WebhookEndpoint>) -> Int {
        self.running.withLock { running in
            let room = min(
                WebhookWorker.perEndpointLimit - running.byEndpoint[endpoint, default: 0],
                WebhookWorker.totalLimit - running.total
            )
            guard room > 0 else { return 0 }
            running.byEndpoint[endpoint, default: 0] += room
            running.total += room
            return room
        }
    }

    func end(_ endpoint: ID<WebhookEndpoint>) { self.giveBack(endpoint, 1) }

    func giveBack(_ endpoint: ID<WebhookEndpoint>, _ count: Int) {
        self.running.withLock { running in
            running.total -= count
            let left = running.byEndpoint[endpoint, default: 0] - count
            running.byEndpoint[endpoint] = left > 0 ? left : nil
        }
    }
}
