package import Logging
import ServiceLifecycle
import Synchronization

/// Does something again and again until the server stops. What goes wrong is logged, and is tried again the next time.
package func poll(
    everySeconds seconds: Int64,
    else failure: Logger.Message,
    _ logger: Logger,
    _ body: @escaping @Sendable () async throws -> Void
) async {
    let poller = Pollers.Poller()
    Pollers.add(poller)
    defer { Pollers.remove(poller) }
    await cancelWhenGracefulShutdown {
        while !Task.isCancelled {
            poller.begin()
            do { try await body() } catch is CancellationError {
                // The server stops.
            } catch { logger.error(failure, metadata: ["error": "\(error)"]) }
            poller.end()
            await poller.signal.wait(milliseconds: seconds * 1000)
        }
    }
}

/// What polls in this process, for a clock that is moved: what has become due by that need not wait.
package enum Pollers {
    /// Somebody who moves a clock waits no longer than that.
    private static let longestWaitMilliseconds = 10_000
    private static let stepMilliseconds = 10

    private static let all = Mutex<[ObjectIdentifier: Poller]>([:])

    fileprivate final class Poller: Sendable {
        private struct State {
            var rounds = 0
            var isRunning = false
        }

        let signal = Signal()
        private let state = Mutex(State())

        func begin() { self.state.withLock { $0.isRunning = true } }

        func end() {
            self.state.withLock { state in
                state.rounds += 1
                state.isRunning = false
            }
        }

        /// The round after which everything was looked at that is due now.
        var nextWhole: Int { self.state.withLock { $0.rounds + ($0.isRunning ? 2 : 1) } }
        var rounds: Int { self.state.withLock { $0.rounds } }
    }

    fileprivate static func add(_ poller: Poller) { self.all.withLock { $0[ObjectIdentifier(poller)] = poller } }
    fileprivate static func remove(_ poller: Poller) { self.all.withLock { $0[ObjectIdentifier(poller)] = nil } }

    /// Has everybody look again now, and returns when they have.
    package static func lookNow() async {
        let waiting = self.all.withLock { all in all.values.map { (poller: $0, round: $0.nextWhole) } }
        for one in waiting { one.poller.signal.raise() }
        for _ in 0..<(self.longestWaitMilliseconds / self.stepMilliseconds) {
            let open = waiting.filter { $0.poller.rounds < $0.round }
            guard !open.isEmpty else { return }
            // Whoever was in the middle of a round looks once more.
            for one in open { one.poller.signal.raise() }
            try? await Task.sleep(for: .milliseconds(self.stepMilliseconds))
        }
    }
}
