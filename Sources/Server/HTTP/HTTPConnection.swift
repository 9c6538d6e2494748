import HTTPTypes
import HummingbirdCore
import NIOCore
import NIOHTTP1
import NIOHTTPTypesHTTP1

/// The last handler of a connection. It keeps what the client sends until the connection's task takes it, and writes what this task
/// answers. All of it happens on the connection's event loop.
final class HTTPConnection: ChannelDuplexHandler {
    typealias InboundIn = HTTPServerRequestPart
    typealias OutboundIn = IOData
    typealias OutboundOut = IOData

    /// So much is kept for a task that is slower than the client; then the client waits.
    private static let keptBytes = 64 * 1024
    private static let keptParts = 64
    /// After the last answer, what the client still sends is dropped for so long, so that the answer reaches it.
    private static let lingering = TimeAmount.seconds(2)

    private let guardian: ConnectionGuard
    private(set) var context: ChannelHandlerContext?
    private var parts = CircularBuffer<HTTPServerRequestPart>()
    private var bytes = 0
    /// Of the body that is being read, without what frames it.
    private var bodyBytes: Int64 = 0
    /// The client waits for word before it sends its body.
    private var awaitsContinue = false
    /// Why it is malformed.
    private var hasTooLongHead = false
    private var following = Following.more
    private var holdsReadBack = false
    private var reader: UnsafeContinuation<Void, Never>?
    private var writer: UnsafeContinuation<Void, Never>?
    /// Counts requests, so that no body is read into the next request.
    private var number = 0
    private var hasWholeBody = true
    private var isEnding = false
    private var closing = Closing.open
    var answer: HTTPAnswer?

    init(_ guardian: ConnectionGuard) { self.guardian = guardian }

    // MARK: What the client sends

    func handlerAdded(context: ChannelHandlerContext) { self.context = context }

    func handlerRemoved(context _: ChannelHandlerContext) {
        self.context = nil
        self.end(.nothing)
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        guard case .more = self.following, case .open = self.closing else { return }
        let part = self.unwrapInboundIn(data)
        switch part {
        case .head(let head):
            guard RequestHeadRules.isClear(head) else {
                self.following = .malformed
                return self.guardian.readEnd()
            }
            self.guardian.readHead()
            self.bodyBytes = 0
        case .body(let chunk):
            self.bytes += chunk.readableBytes
            self.bodyBytes += Int64(chunk.readableBytes)
        case .end: self.guardian.readEnd()
        }
        self.parts.append(part)
    }

    func channelReadComplete(context _: ChannelHandlerContext) {
        // Extensions of chunks are bytes that nobody counts otherwise.
        if self.guardian.isReadingBody, self.guardian.bodyBytes > 64 * 1024 + 16 * self.bodyBytes {
            self.end(.malformed)
        }
        self.wakeReader()
    }

    func read(context: ChannelHandlerContext) {
        self.holdsReadBack = self.bytes >= Self.keptBytes || self.parts.count >= Self.keptParts
        if !self.holdsReadBack { context.read() }
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        switch error {
        case let error as HTTPParserError:
            self.hasTooLongHead = error == .headerOverflow
            self.guardian.readEnd()
            self.end(.malformed)
        // What came after it.
        case is ByteToMessageDecoderError: break
        default:
            self.end(.nothing)
            context.close(promise: nil)
        }
    }

    func channelInactive(context: ChannelHandlerContext) {
        self.end(.nothing)
        self.wakeWriter()
        context.fireChannelInactive()
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        switch event {
        case ChannelEvent.inputClosed as ChannelEvent:
            self.end(.nothing)
            if case .lingering = self.closing { context.close(promise: nil) }
        case is ChannelShouldQuiesceEvent:
            self.isEnding = true
            if self.guardian.answersOwed == 0 { self.close() }
        default: context.fireUserInboundEventTriggered(event)
        }
    }

    private func end(_ following: Following) {
        if case .more = self.following { self.following = following }
        self.wakeReader()
    }

    private func wakeReader() {
        self.reader?.resume()
        self.reader = nil
    }

    // MARK: What the task takes

    /// The next request, when the one before has been answered; nil at the end of the connection. What is left of the earlier request's
    /// body is dropped.
    func nextRequest() async -> Request? {
        while !self.hasWholeBody { if await self.nextChunk() == nil { break } }
        guard self.hasWholeBody, case .head(let head)? = await self.nextPart() else {
            // A request that cannot be read has no other answer; one that breaks off within its body has been answered.
            if case .malformed = self.following, self.hasWholeBody { self.refuse() }
            return nil
        }
        guard let request = try? HTTPRequest(reading: head) else {
            self.refuse()
            return nil
        }
        self.number += 1
        self.answer = HTTPAnswer(to: head)
        let body = self.body()
        self.awaitsContinue =
            head.version == .http1_1 && !self.hasWholeBody
            && head.headers.first(name: "expect")?.lowercased() == "100-continue"
        return Request(head: request, body: body)
    }

    /// A body that has come with its head is handed over whole.
    private func body() -> RequestBody {
        self.hasWholeBody = false
        let isWhole = self.parts.contains { if case .end = $0 { true } else { false } }
        guard isWhole else {
            guard let loop = self.context?.eventLoop else { return RequestBody(buffer: ByteBuffer()) }
            return RequestBody(
                asyncSequence: IncomingBody(NIOLoopBound(self, eventLoop: loop), of: self.number)
            )
        }
        var whole = ByteBuffer()
        while case .body(let chunk)? = self.parts.first {
            self.parts.removeFirst()
            self.bytes -= chunk.readableBytes
            if whole.readableBytes == 0 { whole = chunk } else { whole.writeImmutableBuffer(chunk) }
        }
        self.parts.removeFirst()
        self.hasWholeBody = true
        return RequestBody(buffer: whole)
    }

    /// Throws when the body breaks off.
    func nextChunk(of number: Int) async throws -> ByteBuffer? {
        guard number == self.number, !self.hasWholeBody else { return nil }
        if self.awaitsContinue, self.parts.isEmpty {
            try self.write(ByteBuffer(string: "HTTP/1.1 100 Continue\r\n\r\n"))
            self.flush()
        }
        self.awaitsContinue = false
        let chunk = await self.nextChunk()
        if chunk == nil, !self.hasWholeBody {
            if case .malformed = self.following { throw HTTPParserError.unknown }
            throw ChannelError.inputClosed
        }
        return chunk
    }

    private func nextChunk() async -> ByteBuffer? {
        switch await self.nextPart() {
        case .body(let chunk):
            self.bytes -= chunk.readableBytes
            return chunk
        case .end: self.hasWholeBody = true
        case .head, nil: break
        }
        return nil
    }

    /// Nil when no more will come.
    private func nextPart() async -> HTTPServerRequestPart? {
        while self.parts.isEmpty {
            guard case .more = self.following else { return nil }
            if self.holdsReadBack {
                self.holdsReadBack = false
                self.context?.read()
                // Some channels deliver at once.
                continue
            }
            await withUnsafeContinuation { self.reader = $0 }
        }
        return self.parts.removeFirst()
    }
}

// MARK: - Answers

extension HTTPConnection {
    /// Throws when the client is gone.
    func write(_ bytes: ByteBuffer) throws {
        guard let context, context.channel.isActive else { throw ChannelError.ioOnClosedChannel }
        context.write(self.wrapOutboundOut(.byteBuffer(bytes)), promise: nil)
    }

    func flush() { self.context?.flush() }

    func beganAnswer() { self.guardian.beganAnswer() }

    /// Waits while the client reads more slowly than the answer comes.
    func untilWritable() async throws {
        while let context, context.channel.isActive {
            if context.channel.isWritable { return }
            await withUnsafeContinuation { self.writer = $0 }
        }
        throw ChannelError.ioOnClosedChannel
    }

    func channelWritabilityChanged(context: ChannelHandlerContext) {
        if context.channel.isWritable { self.wakeWriter() }
        context.fireChannelWritabilityChanged()
    }

    private func wakeWriter() {
        self.writer?.resume()
        self.writer = nil
    }

    /// Whether the connection ends with the answer that begins: the server ends, the request's body cannot be read, or the client still
    /// waits for word whether to send it.
    var endsWithAnswer: Bool {
        let isBroken = if case .malformed = self.following { !self.hasWholeBody } else { false }
        return self.isEnding || isBroken || self.awaitsContinue
    }

    /// The answer is complete; false when the connection ends with it.
    func endedAnswer(closes: Bool) -> Bool {
        self.guardian.endedAnswer()
        return !closes && !self.isEnding
    }

    /// 400 in words of HTTP alone, since the request names no surface.
    private func refuse() {
        let answer =
            self.hasTooLongHead
            ? BareAnswer(
                status: .requestHeaderFieldsTooLarge,
                "The request's head is longer than 80 KiB, or has more than 1,000 lines."
            )
            : BareAnswer(status: .badRequest, "The request is not valid HTTP/1.1.")
        try? self.write(answer.bytes)
        self.flush()
    }

    /// Ends the connection once everything is written.
    func close() {
        guard let context, case .open = self.closing else { return }
        self.closing = .writing
        let mayBeSending =
            switch self.following {
            case .more: !self.hasWholeBody || !self.parts.isEmpty
            case .nothing: false
            case .malformed: true
            }
        (self.parts, self.bytes) = ([], 0)
        if self.holdsReadBack { context.read() }
        // It has been written when what stands before it has.
        let written = context.eventLoop.makePromise(of: Void.self)
        context.writeAndFlush(self.wrapOutboundOut(.byteBuffer(ByteBuffer())), promise: written)
        written.futureResult.assumeIsolated().whenComplete { _ in self.finishClosing(lingering: mayBeSending) }
    }

    /// A connection that is closed while its client sends is reset, which can take the last answer from the client.
    private func finishClosing(lingering: Bool) {
        guard let context else { return }
        if case .nothing = self.following { return context.close(promise: nil) }
        if lingering { self.linger(context) } else { context.close(promise: nil) }
    }

    private func linger(_ context: ChannelHandlerContext) {
        self.closing = .lingering
        context.close(mode: .output, promise: nil)
        context.eventLoop.assumeIsolated().scheduleTask(in: Self.lingering) { context.close(promise: nil) }
    }
}
