package import Hummingbird
import Kernel
import NIOCore
package import Platform
import Logging

/// What travels with one request.
package struct AppContext: RequestContext {
    package var coreContext: CoreRequestContextStorage
    /// The socket's other end; nil in tests without a socket.
    package let socketAddress: String?
    /// Set by the root middleware, before anything else happens.
    package var trace = Trace.none
    /// Who asks, by address: the socket's other end, or who a trusted proxy names.
    package var clientAddress = ""

    package init(source: ApplicationRequestContextSource) {
        self.coreContext = CoreRequestContextStorage(source: source)
        self.socketAddress = source.channel.remoteAddress?.ipAddress
    }
}
