import Synchronization

/// Wakes one waiting worker. A signal that is raised while nobody waits is kept for the next wait.
package final class Signal: Sendable {
    private let stream: AsyncStream<Void>
    private let continuation: AsyncStream<Void>.Continuation

    package init() {
        (self.stream, self.continuation) = AsyncStream.makeStream(bufferingPolicy: .bufferingNewest(1))
    }

    package func raise() { self.continuation.yield() }

    /// Returns when raised, after the time has passed, or when cancelled.
    package func wait(milliseconds: Int64) async {
        await withTaskGroup(of: Void.self) { group in
            group.addTask {
                var iterator = self.stream.makeAsyncIterator()
                await iterator.next()
            }
            group.addTask { try? await Task.sleep(for: .milliseconds(milliseconds)) }
            await group.next()
            group.cancelAll()
        }
    }
}
