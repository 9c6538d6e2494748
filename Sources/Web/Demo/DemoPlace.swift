package import Kernel
import Synchronization

/// The environment of the demo's stories: a running Souk, the fake outside world, and where the story is printed.
package final class DemoPlace: Sendable {
    package let url: String
    /// Where the outside world of the demo answers, by surface.
    private let hostURLs: [String: String]
    /// What follows `Bearer `, by surface and role.
    private let keys: [String: [String: String]]
    /// Of the sandbox, which can be moved.
    package let clock: WallClock
    package let tell: @Sendable (String) -> Void
    private let steps = Mutex(0)

    package init(
        url: String,
        hostURLs: [String: String],
        keys: [String: [String: String]] = [:],
        clock: WallClock,
        tell: @escaping @Sendable (String) -> Void
    ) {
        self.url = url
        self.hostURLs = hostURLs
        self.keys = keys
        self.clock = clock
        self.tell = tell
    }

    /// Where a surface's outside world answers; empty where it has none.
    package func hostURL(of surface: String) -> String { self.hostURLs[surface] ?? "" }

    /// A key of another surface, for stories that cross over; empty where there is none.
    package func key(of surface: String, role: String) -> String { self.keys[surface]?[role] ?? "" }

    /// Begins the next step of the stories, which are numbered through.
    package func step(_ text: String) {
        let number = self.steps.withLock { steps in
            steps += 1
            return steps
        }
        self.tell("\n\(number). \(text)")
    }
}

/// What a newcomer can do with a surface's demo data.
package struct DemoGuide: Sendable {
    /// A line for each key.
    package let keys: [String]
    /// Commands that run as they stand.
    package let commands: [String]

    package init(keys: [String], commands: [String]) {
        self.keys = keys
        self.commands = commands
    }
}
