import HTTPTypes
package import NIOCore
package import NIOHTTPTypes

/// Tells a client that asks first (`Expect: 100-continue`) to send its body, so that it need not wait.
package final class ExpectContinue: ChannelInboundHandler, RemovableChannelHandler {
    package typealias InboundIn = HTTPRequestPart
    package typealias OutboundOut = HTTPResponsePart

    package init() {}

    package func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        if case .head(let head) = self.unwrapInboundIn(data), head.headerFields[.expect]?.lowercased() == "100-continue"
        {
            let answer = HTTPResponsePart.head(HTTPResponse(status: .continue))
            context.writeAndFlush(self.wrapOutboundOut(answer), promise: nil)
        }
        context.fireChannelRead(data)
    }
}
