package import Kernel
import Synchronization

/// The environment of the demo's stories: a running Souk, the fake outside world, and where the story is printed.
package final class DemoPlace: Sendable {
    package let url: String
    /// Where the outside world of the demo answers.
    package let hostURL: String
    /// Of the sandbox, which can be moved.
    package let clock: WallClock
    package let tell: @Sendable (String) -> Void
    private let steps = Mutex(0)

    package init(url: String, hostURL: String, clock: WallClock, tell: @escaping @Sendable (String) -> Void) {
        self.url = url
        self.hostURL = hostURL
        self.clock = clock
        self.tell = tell
    }

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
