import Synchronization

/// Knows whether the client of a connection is still there, so that work for this client alone can stop.
package final class ConnectionWatch: Sendable {
    private struct State {
        var hasLeft = false
        /// Answers under way that end when the client leaves.
        var ending = 0
        var waiting: CheckedContinuation<Void, Never>?
        var isOver = false
    }

    private let state = Mutex(State())

    package init() {}

    /// The client has closed its side, or the connection is gone.
    package func left() { self.change { $0.hasLeft = true } }

    /// Cancels the connection's task if the client leaves before the body ends, so that no answer is streamed to nobody.
    ///
    /// - Parameter goesOn: whether the body goes on without the client.
    package func endingWhenLeft<T>(unless goesOn: Bool = false, _ body: @concurrent () async throws -> T)
        async rethrows -> T
    {
        if goesOn { return try await body() }
        self.change { $0.ending += 1 }
        defer { self.change { $0.ending -= 1 } }
        return try await body()
    }

    private func change(_ change: (inout State) -> Void) {
        let waiting = self.state.withLock { state -> CheckedContinuation<Void, Never>? in
            change(&state)
            guard state.hasLeft && state.ending > 0 || state.isOver else { return nil }
            defer { state.waiting = nil }
            return state.waiting
        }
        waiting?.resume()
    }

    /// Runs what serves the connection; cancels it when an answer has lost its reader.
    package func serve(_ body: @escaping @Sendable () async -> Void) async {
        await withTaskGroup(of: Void.self) { group in
            group.addTask { await body() }
            group.addTask { await self.untilDeserted() }
            await group.next()
            self.change { $0.isOver = true }
            group.cancelAll()
        }
    }

    private func untilDeserted() async {
        await withCheckedContinuation { continuation in
            let isDone = self.state.withLock { state in
                if state.isOver || state.hasLeft && state.ending > 0 { return true }
                state.waiting = continuation
                return false
            }
            if isDone { continuation.resume() }
        }
    }
}
