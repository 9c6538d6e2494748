import Foundation
package import Hummingbird
import Kernel
import Logging
import NIOCore
package import Platform

/// What travels with one request.
package struct AppContext: RequestContext {
    package var coreContext: CoreRequestContextStorage
    /// The socket's other end; nil in tests without a socket.
    package let socketAddress: String?
    /// The connection that the request came on.
    private let channel: any Channel
    /// The memory for request bodies; nil for any amount.
    package var bodies: BodyBudget?
    /// Set by the root middleware, before anything else happens.
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

    package init(source: ApplicationRequestContextSource) {
        self.coreContext = CoreRequestContextStorage(source: source)
        self.channel = source.channel
        self.socketAddress = source.channel.remoteAddress?.ipAddress
    }

    /// Whether the client is still there; nil in tests without a socket.
    package func watch() async -> ConnectionWatch? { await ConnectionWatch.find(on: self.channel) }

    /// Decoded; empty when there is none. No identifier holds U+0000: a path with one names nothing.
    package func pathParameter(_ name: String) -> String {
        if let given = self.givenParameters[name] { return given.bytewise.replacing("\0", with: "\u{FFFD}") }
        let raw = self.parameters.get(name) ?? ""
        if !raw.utf8.contains(UInt8(ascii: "%")) { return raw }
        return (raw.removingPercentEncoding ?? raw).bytewise.replacing("\0", with: "\u{FFFD}")
    }
}
