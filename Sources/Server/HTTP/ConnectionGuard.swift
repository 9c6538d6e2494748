import NIOCore
import NIOHTTP1
import Web

/// Sits between the socket and the HTTP handlers of one connection. It closes the connection if the client sends or reads too slowly, or if
/// its address has too many connections. It tells the connection's watch when the client leaves.
final class ConnectionGuard: ChannelDuplexHandler {
    typealias InboundIn = ByteBuffer
    typealias InboundOut = ByteBuffer
    typealias OutboundIn = IOData
    typealias OutboundOut = IOData

    /// What is being read: nothing, a head or a body, and since when.
    private enum Phase: Equatable {
        case idle(since: NIODeadline)
        case head(since: NIODeadline)
        case body
    }

    let watch: ConnectionWatch
    private let limits: ConnectionLimits
    private let counts: ConnectionCounts
    private var address: String?
    private var ticks: RepeatedTask?
    private var phase = Phase.idle(since: .now())
    /// Requests passed on whose answers have not ended. Pipelined requests wait for earlier answers.
    private(set) var answersOwed = 0
    private var hasBegunAnswer = false
    /// Whether the server is ready to read. While it is not, the client is not counted as slow.
    private var isReading = false
    /// Time in which the body was waited for, and its bytes so far.
    private var bodyNanoseconds: Int64 = 0
    private(set) var bodyBytes: Int64 = 0
    private var written: Int64 = 0
    /// When data began to wait for the client, and how much the client had read by then.
    private var stalled: (since: NIODeadline, taken: Int64)?

    init(limits: ConnectionLimits, counts: ConnectionCounts, watch: ConnectionWatch) {
        self.limits = limits
        self.counts = counts
        self.watch = watch
    }

    // MARK: Life

    func handlerAdded(context: ChannelHandlerContext) {
        if context.channel.isActive { self.begin(context) }
    }

    func channelActive(context: ChannelHandlerContext) {
        self.begin(context)
        context.fireChannelActive()
    }

    private func begin(_ context: ChannelHandlerContext) {
        guard self.ticks == nil, self.address == nil, let address = context.remoteAddress?.ipAddress else { return }
        guard self.counts.open(address) else { return context.close(promise: nil) }
        self.address = address
        let loop = NIOLoopBound((self, context), eventLoop: context.eventLoop)
        self.ticks = context.eventLoop.scheduleRepeatedTask(initialDelay: self.limits.tick, delay: self.limits.tick) {
            _ in
            let (guardian, context) = loop.value
            guardian.tick(context)
        }
    }

    func channelInactive(context: ChannelHandlerContext) {
        self.end()
        context.fireChannelInactive()
    }

    func handlerRemoved(context _: ChannelHandlerContext) { self.end() }

    private func end() {
        self.ticks?.cancel()
        self.ticks = nil
        if let address { self.counts.close(address) }
        self.address = nil
        self.watch.left()
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        if case ChannelEvent.inputClosed? = event as? ChannelEvent { self.watch.left() }
        context.fireUserInboundEventTriggered(event)
    }

    // MARK: Bytes

    func read(context: ChannelHandlerContext) {
        self.isReading = true
        context.read()
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        let bytes = self.unwrapInboundIn(data).readableBytes
        if case .idle = self.phase { self.phase = .head(since: .now()) } else { self.bodyBytes += Int64(bytes) }
        context.fireChannelRead(data)
    }

    func channelReadComplete(context: ChannelHandlerContext) {
        self.isReading = false
        context.fireChannelReadComplete()
    }

    func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
        self.written += Int64(self.unwrapOutboundIn(data).readableBytes)
        context.write(data, promise: promise)
    }

    // MARK: Requests, told by the handler behind the parser

    func readHead() {
        self.phase = .body
        self.answersOwed += 1
        (self.bodyNanoseconds, self.bodyBytes) = (0, 0)
    }

    var isReadingBody: Bool { self.phase == .body }
    func readEnd() { self.phase = .idle(since: .now()) }
    func beganAnswer() { self.hasBegunAnswer = true }

    func endedAnswer() {
        self.answersOwed -= 1
        if case .idle = self.phase { self.phase = .idle(since: .now()) }
        self.hasBegunAnswer = false
    }

    // MARK: Slowness

    private func tick(_ context: ChannelHandlerContext) {
        switch self.phase {
        case .idle(let since):
            // An answer that is still being read is watched below.
            if self.answersOwed > 0 || self.waitingBytes(context) > 0 {
                self.phase = .idle(since: .now())
            } else if NIODeadline.now() - since > self.limits.idle {
                return context.close(promise: nil)
            }
        case .head(let since):
            if self.isReading, NIODeadline.now() - since > self.limits.head { return self.giveUp(context) }
        case .body where self.isReading:
            self.bodyNanoseconds += self.limits.tick.nanoseconds
            if self.bodyNanoseconds > self.limits.body.nanoseconds || self.isBodySlow { return self.giveUp(context) }
        case .body: break
        }
        if self.isStalled(context) { context.close(promise: nil) }
    }

    private var isBodySlow: Bool {
        self.bodyNanoseconds > self.limits.bodyGrace.nanoseconds
            && self.bodyBytes < self.bodyNanoseconds / 1_000_000_000 * self.limits.leastBytesPerSecond
    }

    /// 408 where nothing else has been said yet.
    private func giveUp(_ context: ChannelHandlerContext) {
        let owedToThis = self.phase == .body ? 1 : 0
        if self.answersOwed == owedToThis, !self.hasBegunAnswer {
            let answer = BareAnswer(status: .requestTimeout, "The request came too slowly.")
            context.writeAndFlush(self.wrapOutboundOut(.byteBuffer(answer.bytes)), promise: nil)
        }
        context.close(promise: nil)
    }

    private func waitingBytes(_ context: ChannelHandlerContext) -> Int {
        (try? context.channel.syncOptions?.getOption(.bufferedWritableBytes)) ?? 0
    }

    private func isStalled(_ context: ChannelHandlerContext) -> Bool {
        guard !context.channel.isWritable else {
            self.stalled = nil
            return false
        }
        let taken = self.written - Int64(self.waitingBytes(context))
        guard let stalled else {
            self.stalled = (.now(), taken)
            return false
        }
        let elapsed = NIODeadline.now() - stalled.since
        guard elapsed > self.limits.stall else { return false }
        self.stalled = (.now(), taken)
        return taken - stalled.taken < elapsed.nanoseconds / 1_000_000_000 * self.limits.leastBytesPerSecond
    }
}
