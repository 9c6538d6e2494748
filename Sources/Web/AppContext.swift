import Foundation
package import Hummingbird
import Kernel
package import Logging
import NIOCore
package import Platform

/// What travels with one request.
package struct AppContext: RequestContext {
    package var coreContext: CoreRequestContextStorage
    /// The socket's other end; nil in tests without a socket.
    package let socketAddress: String?
    /// Whether the client is still there; nil in tests without a socket.
    package let watch: ConnectionWatch?
    /// The memory for request bodies; nil for any amount.
    package var bodies: BodyBudget?
    /// What the surface takes as a JSON body.
    package var jsonBodies = JSONBodies.usual
    /// Set by the root responder, before anything else happens.
    package var trace = Trace.none
    /// The client's address: the socket's other end, or the address that a trusted proxy names.
    package var clientAddress = ""
    /// The key of the address's limits. All addresses of an IPv6 network of 64 bits share one.
    package var limitKey: String { AddressRules.limitKey(self.clientAddress) }
    /// The request's cost against its address's limit; nil without a limit.
    package var charge: AddressCharge?
    /// Whether the socket's other end is a proxy whose headers are believed.
    package var isFromTrustedProxy = false
    /// The session in which a page calls an operation from within.
    package var session: String?
    /// Decoded parameters of an operation that a page calls. They take precedence over those of the page's own path.
    var givenParameters: [String: String] = [:]
    /// Of the request's path, not decoded.
    var pathParameters: [(name: String, value: String)] = []

    package init(socketAddress: String?, watch: ConnectionWatch?, logger: Logger) {
        self.coreContext = CoreRequestContextStorage(source: BareSource(logger: logger))
        self.watch = watch
        self.socketAddress = socketAddress
    }

    /// For tests without a socket.
    package init(source: ApplicationRequestContextSource) {
        self.init(socketAddress: source.channel.remoteAddress?.ipAddress, watch: nil, logger: source.logger)
    }

    private struct BareSource: RequestContextSource {
        let logger: Logger
    }

    /// Decoded; empty when there is none. No identifier holds U+0000: a path with one names nothing.
    package func pathParameter(_ name: String) -> String {
        if let given = self.givenParameters[name] { return given.bytewise.replacing("\0", with: "\u{FFFD}") }
        let raw = self.pathParameters.first { $0.name.bytewise.equals(name) }?.value ?? ""
        if !raw.utf8.contains(UInt8(ascii: "%")) { return raw }
        return (raw.removingPercentEncoding ?? raw).bytewise.replacing("\0", with: "\u{FFFD}")
    }
}
