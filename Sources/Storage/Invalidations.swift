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

/// A value for who listens on this node.
struct Announcement: Sendable {
    let topic: String
    let value: any Sendable
}

/// Who keeps copies in memory, and must hear when they turn stale.
package final class Invalidations: Sendable {
    private let handlers = Mutex<[String: [@Sendable (String?) -> Void]]>([:])
    private let listeners = Mutex<[String: @Sendable ([any Sendable]) -> Void]>([:])

    package init() {}

    /// The handler gets the stale key, or nil when everything may be stale (after a lost connection).
    /// It runs after the commit and before the writer is answered, so it must be short.
    package func on(_ topic: String, _ handler: @escaping @Sendable (String?) -> Void) {
        self.handlers.withLock { $0[topic, default: []].append(handler) }
    }

    /// The listener gets what a commit announces for the topic, all of it at once and in order. There is one for each topic.
    /// It runs after the commit and before the writers are answered, so it must be short.
    package func listen(_ topic: String, _ listener: @escaping @Sendable ([any Sendable]) -> Void) {
        self.listeners.withLock { $0[topic] = listener }
    }

    func publish(_ announcements: [Announcement]) {
        guard !announcements.isEmpty else { return }
        var topics: [String] = []
        var values: [String: [any Sendable]] = [:]
        for announcement in announcements {
            if values[announcement.topic] == nil { topics.append(announcement.topic) }
            values[announcement.topic, default: []].append(announcement.value)
        }
        for topic in topics { self.listeners.withLock { $0[topic] }?(values[topic] ?? []) }
    }

    func publish(_ invalidation: Invalidation) {
        for handler in self.handlers.withLock({ $0[invalidation.topic] ?? [] }) { handler(invalidation.key) }
    }

    func publishAll() {
        for handler in self.handlers.withLock({ $0.values.flatMap { $0 } }) { handler(nil) }
    }
}
