import AsyncHTTPClient
import NIOCore
import NIOHTTP1

/// Sits in front of the client library's own state machine, which ends the process on input that no HTTP server sends: a status below 200
/// that is no interim answer, an answer without a request, a second head. All of this becomes an error of the call, as does an answer that
/// stops.
final class AnswerGuard: ChannelDuplexHandler, RemovableChannelHandler {
    typealias InboundIn = HTTPClientResponsePart
    typealias InboundOut = HTTPClientResponsePart
    typealias OutboundIn = HTTPClientRequestPart
    typealias OutboundOut = HTTPClientRequestPart

    /// Interim answers (1xx) to one request; they are dropped.
    static let interimLimit = 10

    private enum State {
        case idle
        case awaitingHead(interim: Int)
        case inBody
        case broken
    }

    private var state = State.idle
    /// Whether anything has come, or was asked, since the last look.
    private var isHeard = true
    private var looks: RepeatedTask?
    private let silence: TimeAmount

    init(silence: TimeAmount) { self.silence = silence }

    /// For the client's configuration, which runs it on each new connection. It calls the hook one for debugging; there is no
    /// other way to its pipeline.
    static func install(on channel: any Channel, silence: TimeAmount) -> EventLoopFuture<Void> {
        channel.eventLoop.submit {
            let pipeline = channel.pipeline.syncOperations
            let decoder = try pipeline.handler(type: ByteToMessageHandler<HTTPResponseDecoder>.self)
            try pipeline.addHandler(AnswerGuard(silence: silence), position: .after(decoder))
        }
    }

    /// One timer for a connection, since one for each request costs more than the request's own reading.
    func handlerAdded(context: ChannelHandlerContext) {
        let bound = NIOLoopBound((self, context), eventLoop: context.eventLoop)
        self.looks = context.eventLoop.scheduleRepeatedTask(initialDelay: self.silence, delay: self.silence) { _ in
            let (answerGuard, context) = bound.value
            answerGuard.look(context)
        }
    }

    func handlerRemoved(context _: ChannelHandlerContext) { self.looks?.cancel() }

    private func look(_ context: ChannelHandlerContext) {
        switch self.state {
        case .awaitingHead, .inBody: if !self.isHeard { self.end(context, OutboundError.timeout) }
        case .idle, .broken: break
        }
        self.isHeard = false
    }

    func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
        if case .head = self.unwrapOutboundIn(data), case .idle = self.state {
            self.state = .awaitingHead(interim: 0)
            self.isHeard = true
        }
        context.write(data, promise: promise)
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        let part = self.unwrapInboundIn(data)
        self.isHeard = true
        switch (self.state, part) {
        case (.awaitingHead(let interim), .head(let head)): self.read(head, interim, context, data)
        case (.inBody, .body): context.fireChannelRead(data)
        case (.inBody, .end):
            self.state = .idle
            context.fireChannelRead(data)
        case (.broken, _): break
        default: self.refuse(context, "it answered what was not asked")
        }
    }

    private func read(_ head: HTTPResponseHead, _ interim: Int, _ context: ChannelHandlerContext, _ data: NIOAny) {
        switch head.status.code {
        case 200...599:
            self.state = .inBody
            context.fireChannelRead(data)
        // Nobody asks for another protocol, so nobody may switch to one.
        case 100, 102...199:
            guard interim < Self.interimLimit else { return self.refuse(context, "it sent too many interim answers") }
            // The decoder tells of an interim answer by its head alone.
            self.state = .awaitingHead(interim: interim + 1)
        default: self.refuse(context, "it answered with no valid status")
        }
    }

    private func refuse(_ context: ChannelHandlerContext, _ reason: String) {
        self.end(context, OutboundError.unreachable(reason))
    }

    private func end(_ context: ChannelHandlerContext, _ error: OutboundError) {
        self.state = .broken
        context.fireErrorCaught(error)
        context.close(promise: nil)
    }
}
