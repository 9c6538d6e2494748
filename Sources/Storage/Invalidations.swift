import Synchronization

/// Says that what is kept in memory under this key is stale.
package struct Invalidation: Sendable, Hashable {
    package let topic: String
    package let key: String

    /// On which nodes of PostgreSQL tell each other.
    package static let channel = "souk_invalidation"

    /// For a statement that notifies by itself, also the node that runs it.
    package static func payload(_ topic: String) -> String { "- \(topic) " }
}

/// Who keeps copies in memory, and must hear when they turn stale.
package final class Invalidations: Sendable {
    private let handlers = Mutex<[String: [@Sendable (String?) -> Void]]>([:])

    package init() {}

    /// The handler gets the stale key, or nil when everything may be stale (after a lost connection).
    /// It runs after the commit and before the writer is answered, so it must be short.
    package func on(_ topic: String, _ handler: @escaping @Sendable (String?) -> Void) {
        self.handlers.withLock { $0[topic, default: []].append(handler) }
    }

    func publish(_ invalidation: Invalidation) {
        for handler in self.handlers.withLock({ $0[invalidation.topic] ?? [] }) { handler(invalidation.key) }
    }

    func publishAll() {
        for handler in self.handlers.withLock({ $0.values.flatMap { $0 } }) { handler(nil) }
    }
}
