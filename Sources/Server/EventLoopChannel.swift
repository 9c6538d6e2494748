import HummingbirdCore
import Logging
import NIOCore
import NIOHTTPTypesHTTP1
import Web

/// Answers a connection's requests on the event loop that reads and writes it, so that a request changes threads only where it
/// waits for the database or the outside; and guards the connection against clients that are slow or gone.
struct EventLoopChannel<Base: ServerChildChannel>: ServerChildChannel {
    private let base: Base
    private let limits: ConnectionLimits
    private let counts: ConnectionCounts

    init(_ base: Base, limits: ConnectionLimits, counts: ConnectionCounts) {
        self.base = base
        self.limits = limits
        self.counts = counts
    }

    func setup(channel: any Channel, logger: Logger) -> EventLoopFuture<Base.Value> {
        do {
            try channel.pipeline.syncOperations.addHandler(
                ConnectionGuard(limits: self.limits, counts: self.counts, watch: ConnectionWatch())
            )
        } catch { return channel.eventLoop.makeFailedFuture(error) }
        return self.base.setup(channel: channel, logger: logger).flatMapThrowing { value in
            let pipeline = channel.pipeline.syncOperations
            let codec = try pipeline.handler(type: HTTP1ToHTTPServerCodec.self)
            try pipeline.addHandler(RequestBoundaries(), position: .before(codec))
            return value
        }
    }

    func handle(value: Base.Value, logger: Logger) async {
        await withTaskExecutorPreference(EventLoopExecutor(loop: value.channel.eventLoop)) {
            let watch = await ConnectionWatch.find(on: value.channel) ?? ConnectionWatch()
            await watch.serve { await self.base.handle(value: value, logger: logger) }
        }
    }
}

private final class EventLoopExecutor: TaskExecutor {
    private let loop: any EventLoop

    init(loop: any EventLoop) { self.loop = loop }

    func enqueue(_ job: consuming ExecutorJob) {
        let job = UnownedJob(job)
        self.loop.execute { job.runSynchronously(on: self.asUnownedTaskExecutor()) }
    }
}
