import NIOCore

/// Runs tasks on an event loop.
final class EventLoopExecutor: TaskExecutor {
    private let loop: any EventLoop

    init(_ loop: any EventLoop) { self.loop = loop }

    func enqueue(_ job: consuming ExecutorJob) {
        let job = UnownedJob(job)
        self.loop.execute { job.runSynchronously(on: self.asUnownedTaskExecutor()) }
    }
}

extension NIOLoopBound {
    /// Runs the body on the event loop: at once where it is called there, as nearly everything is that serves a connection.
    func run<T: Sendable>(_ body: @Sendable (Value) async throws -> T) async rethrows -> T {
        if self.eventLoop.inEventLoop { return try await body(self.value) }
        return try await withTaskExecutorPreference(EventLoopExecutor(self.eventLoop)) { try await body(self.value) }
    }
}
