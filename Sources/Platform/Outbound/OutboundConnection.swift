import NIOCore
import NIOHTTP1
import NIOSSL

/// One connection to a host, which carries one exchange at a time. Whatever a host does that no server should is an error of that exchange.
final class OutboundConnection: ChannelDuplexHandler {
    typealias InboundIn = HTTPClientResponsePart
    typealias OutboundIn = HTTPClientRequestPart
    typealias OutboundOut = HTTPClientRequestPart

    /// Interim answers (1xx) to one request; they are dropped.
    static let interimLimit = 10

    private enum State {
        case connecting
        case idle
        case awaitingHead(interim: Int)
        case inBody
        /// The answer has ended. The connection is free once what came with it has been looked at: more would be an answer to nothing.
        case ended
        case closed
    }

    let destination: Destination
    private let home: OutboundLoop
    private var state = State.connecting
    private var context: ChannelHandlerContext?
    private(set) var exchange: Exchange?
    private var isReused = false
    private var keepsAlive = false
    /// When something came last, or was asked; to the accuracy of the loop's ticks.
    var heardAt: NIODeadline

    init(_ exchange: Exchange, _ home: OutboundLoop) {
        self.destination = exchange.destination
        self.exchange = exchange
        self.home = home
        self.heardAt = .now()
    }

    /// For the bootstrap.
    func setUp(_ channel: any Channel) throws {
        let pipeline = channel.pipeline.syncOperations
        if let tls = self.destination.tls {
            try pipeline.addHandler(NIOSSLClientHandler(context: tls.context, serverHostname: tls.serverName))
        }
        try pipeline.addHandlers([
            HTTPRequestEncoder(),
            ByteToMessageHandler(
                HTTPResponseDecoder(leftOverBytesStrategy: .dropBytes, informationalResponseStrategy: .forward)
            ),
            NIOHTTPRequestHeadersValidator(),
            self,
        ])
    }

    func handlerAdded(context: ChannelHandlerContext) { self.context = context }
    func handlerRemoved(context _: ChannelHandlerContext) { self.context = nil }

    var isIdle: Bool { if case .idle = self.state { true } else { false } }

    // MARK: Requests

    /// The connection stands; what it was made for is sent.
    func opened() {
        guard case .connecting = self.state else { return }
        self.state = .idle
        self.heardAt = .now()
        guard let exchange else { return self.home.release(self) }
        self.exchange = nil
        self.send(exchange)
    }

    /// Could not be opened.
    func failed(_ error: any Error) {
        self.state = .closed
        self.exchange?.end(.failure(OutboundError.translate(error)))
        self.exchange = nil
    }

    func send(_ exchange: Exchange) {
        guard let context else { return self.home.connect(for: exchange) }
        guard exchange.begin(on: context.channel) else { return self.home.release(self) }
        self.exchange = exchange
        self.state = .awaitingHead(interim: 0)
        self.heardAt = .now()
        let request = exchange.request
        var head = HTTPRequestHead(version: .http1_1, method: .init(rawValue: request.method), uri: exchange.uri)
        head.headers.reserveCapacity(request.headers.count + 2)
        if !request.headers.contains(name: "host") { head.headers.add(name: "Host", value: self.destination.authority) }
        head.headers.add(contentsOf: request.headers)
        let length = request.body?.readableBytes ?? 0
        if length > 0 || Self.sayLength.contains(request.method) {
            head.headers.replaceOrAdd(name: "Content-Length", value: "\(length)")
        }
        context.write(self.wrapOutboundOut(.head(head)), promise: nil)
        if let body = request.body, length > 0 {
            context.write(self.wrapOutboundOut(.body(.byteBuffer(body))), promise: nil)
        }
        context.writeAndFlush(self.wrapOutboundOut(.end(nil)), promise: nil)
    }

    /// Methods whose requests say that they have no body.
    private static let sayLength: Set<String> = ["POST", "PUT", "PATCH"]

    // MARK: Answers

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        let part = self.unwrapInboundIn(data)
        self.heardAt = self.home.now
        switch (self.state, part) {
        case (.awaitingHead(let interim), .head(let head)): self.read(head, interim)
        case (.inBody, .body(let chunk)): _ = self.exchange?.receive(chunk)
        case (.inBody, .end): self.end()
        case (.closed, _): break
        default: self.refuse("it answered what was not asked")
        }
    }

    private func read(_ head: HTTPResponseHead, _ interim: Int) {
        switch head.status.code {
        case 200...599:
            self.state = .inBody
            self.keepsAlive = head.isKeepAlive
            self.exchange?.receive(status: Int(head.status.code), head.headers)
        // Nobody asks for another protocol, so nobody may switch to one.
        case 100, 102...199:
            guard interim < Self.interimLimit else { return self.refuse("it sent too many interim answers") }
            // The decoder tells of an interim answer by its head alone.
            self.state = .awaitingHead(interim: interim + 1)
        default: self.refuse("it answered with no valid status")
        }
    }

    private func end() {
        self.state = .ended
        self.exchange?.end(.success(()))
        self.exchange = nil
    }

    func channelReadComplete(context: ChannelHandlerContext) {
        guard case .ended = self.state else { return }
        // An answer that came before the whole request was sent: what is left of the request would be another one.
        let unsent = (try? context.channel.syncOptions?.getOption(.bufferedWritableBytes)) ?? 0
        guard self.keepsAlive, unsent == 0, !self.destination.isRetired else { return self.close() }
        self.state = .idle
        self.isReused = true
        self.home.release(self)
    }

    /// The host waits while the reader is slower than it.
    func read(context: ChannelHandlerContext) {
        if self.exchange?.isHeldUp ?? false { return }
        context.read()
    }

    // MARK: Ends

    func errorCaught(context _: ChannelHandlerContext, error: any Error) {
        // A lost connection is seen in `channelInactive`: it may only have been kept too long.
        if self.isLoss(error) {
            self.context?.close(promise: nil)
        } else {
            self.fail(OutboundError.translate(error))
            self.close()
        }
    }

    private func isLoss(_ error: any Error) -> Bool {
        // Servers close TLS connections that they have kept without saying so; in an answer it may be an attack.
        if case .awaitingHead(0) = self.state, case NIOSSLError.uncleanShutdown = error { return true }
        return error is IOError || error is ChannelError
    }

    func channelInactive(context: ChannelHandlerContext) {
        if case .awaitingHead(0) = self.state, self.isReused, let exchange, exchange.takeRepetition() {
            self.exchange = nil
            self.state = .closed
            self.home.remove(self)
            return self.home.connect(for: exchange)
        }
        self.fail(OutboundError.unreachable("the connection failed"))
        self.state = .closed
        self.home.remove(self)
    }

    private func refuse(_ reason: String) {
        self.fail(OutboundError.unreachable(reason))
        self.close()
    }

    private func fail(_ error: any Error) {
        self.exchange?.end(.failure(error))
        self.exchange = nil
    }

    /// Fails the exchange, if there is one, and closes.
    func giveUp(_ error: OutboundError) {
        self.fail(error)
        self.close()
    }

    /// If the connection still carries the exchange.
    func close(if exchange: Exchange) { if self.exchange === exchange { self.close() } }

    func close() {
        if case .connecting = self.state { return }
        self.state = .closed
        self.context?.close(promise: nil)
    }
}
