import NIOPosix
import NIOSSL
import Synchronization

/// How certificates of hosts are verified. Made when it is needed first, since it reads all of the system's roots.
final class ClientTLS: Sendable {
    private let context = Mutex<NIOSSLContext?>(nil)
    private let roots: [UInt8]?

    /// - Parameter roots: beside the system's, in PEM.
    init(trusting roots: [UInt8]?) { self.roots = roots }

    /// - Parameter host: as it stands in a URL.
    func destination(_ host: String) async throws -> Destination.TLS {
        let context = try await NIOThreadPool.singleton.runIfActive { try self.sharedContext() }
        let bare = AddressRules.withoutBrackets(host)
        return Destination.TLS(context: context, serverName: AddressRules.bytes(of: bare) == nil ? bare : nil)
    }

    private func sharedContext() throws -> NIOSSLContext {
        try self.context.withLock { context in
            if let context { return context }
            var configuration = TLSConfiguration.makeClientConfiguration()
            configuration.applicationProtocols = ["http/1.1"]
            if let roots {
                configuration.additionalTrustRoots = [.certificates(try NIOSSLCertificate.fromPEMBytes(roots))]
            }
            let made = try NIOSSLContext(configuration: configuration)
            context = made
            return made
        }
    }
}
