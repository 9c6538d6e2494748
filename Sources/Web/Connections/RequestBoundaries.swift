package import NIOCore
package import NIOHTTP1

/// A handler after the HTTP/1 parser. It tells the guard where requests begin and end, and refuses requests that two servers could read in
/// two ways. It tells a client that asks first (`Expect: 100-continue`) to send its body.
package final class RequestBoundaries: ChannelDuplexHandler {
    package typealias InboundIn = HTTPServerRequestPart
    package typealias InboundOut = HTTPServerRequestPart
    package typealias OutboundIn = HTTPServerResponsePart
    package typealias OutboundOut = HTTPServerResponsePart

    private var connection: ConnectionGuard?
    private var hasRefused = false

    package init() {}

    package func handlerAdded(context: ChannelHandlerContext) {
        self.connection = try? context.pipeline.syncOperations.handler(type: ConnectionGuard.self)
    }

    package func handlerRemoved(context _: ChannelHandlerContext) { self.connection = nil }

    package func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        guard !self.hasRefused else { return }
        switch self.unwrapInboundIn(data) {
        case .head(let head):
            guard Self.isClear(head) else { return self.refuse(context) }
            self.connection?.readHead()
            // Between the parts of an earlier answer it would be part of that one.
            if head.version == .http1_1, self.connection?.answersOwed == 1,
                head.headers.first(name: "expect")?.lowercased() == "100-continue"
            {
                context.writeAndFlush(
                    self.wrapOutboundOut(.head(.init(version: head.version, status: .continue))),
                    promise: nil
                )
            }
        case .body: break
        case .end: self.connection?.readEnd()
        }
        context.fireChannelRead(data)
    }

    /// RFC 9112, sections 3.2 and 6.1: HTTP/1.1 names one host, and HTTP/1.0 knows no transfer coding.
    private static func isClear(_ head: HTTPRequestHead) -> Bool {
        var hosts = 0
        var hasTransferCoding = false
        for (name, _) in head.headers {
            switch name.utf8.count {
            case 4: if name.lowercased() == "host" { hosts += 1 }
            case 17: if name.lowercased() == "transfer-encoding" { hasTransferCoding = true }
            default: break
            }
        }
        return head.version == .http1_1 ? hosts == 1 : hosts <= 1 && !hasTransferCoding
    }

    private func refuse(_ context: ChannelHandlerContext) {
        self.hasRefused = true
        if self.connection?.answersOwed == 0 {
            let head = HTTPResponseHead(
                version: .http1_1,
                status: .badRequest,
                headers: ["Connection": "close", "Content-Length": "0"]
            )
            context.write(self.wrapOutboundOut(.head(head)), promise: nil)
            context.writeAndFlush(self.wrapOutboundOut(.end(nil)), promise: nil)
        }
        context.close(promise: nil)
    }

    package func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
        switch self.unwrapOutboundIn(data) {
        case .head(let head): if head.status.code >= 200 { self.connection?.beganAnswer() }
        case .body: break
        case .end: self.connection?.endedAnswer()
        }
        context.write(data, promise: promise)
    }
}
