import Foundation
import Kernel
import NIOCore
import NIOPosix
import NIOSSL
import Platform
import TestKit
import Testing

/// `Outbound` and certificates: a host is believed when a trusted root says who it is, and not otherwise.
@Suite("Hosts over TLS")
struct OutboundTLSTests {
    @Test("a certificate for the host's address is believed when its root is trusted")
    func trusted() async throws {
        let files = try Certificate.make(names: "IP:127.0.0.1")
        try await Self.serving(files) { port in
            let outbound = Outbound(allowedHosts: ["127.0.0.1"], clock: .system, trusting: files.certificate)
            // The second time over the connection that was kept.
            let statuses = [try await Self.ask(outbound, port), try await Self.ask(outbound, port)]
            #expect(statuses == [200, 200])
            await outbound.close()
        }
    }

    @Test("a certificate that nobody vouches for is refused")
    func untrusted() async throws {
        let files = try Certificate.make(names: "IP:127.0.0.1")
        try await Self.serving(files) { port in
            let outbound = Outbound(allowedHosts: ["127.0.0.1"], clock: .system)
            await #expect(throws: OutboundError.unreachable("the connection failed")) {
                _ = try await Self.ask(outbound, port)
            }
            await outbound.close()
        }
    }

    @Test("a certificate for another host is refused")
    func otherName() async throws {
        let files = try Certificate.make(names: "DNS:example.com")
        try await Self.serving(files) { port in
            let outbound = Outbound(allowedHosts: ["127.0.0.1"], clock: .system, trusting: files.certificate)
            await #expect(throws: OutboundError.unreachable("the connection failed")) {
                _ = try await Self.ask(outbound, port)
            }
            await outbound.close()
        }
    }

    private static func ask(_ outbound: Outbound, _ port: Int) async throws -> Int {
        let request = OutboundRequest(method: "GET", url: "https://127.0.0.1:\(port)/")
        return try await outbound.collect(request, timeoutSeconds: 5, limit: 1024).status
    }

    private static func serving(_ files: Certificate, _ body: @Sendable (_ port: Int) async throws -> Void) async throws
    {
        var configuration = TLSConfiguration.makeServerConfiguration(
            certificateChain: try NIOSSLCertificate.fromPEMBytes(files.certificate).map { .certificate($0) },
            privateKey: .privateKey(try NIOSSLPrivateKey(bytes: files.key, format: .pem))
        )
        configuration.applicationProtocols = ["http/1.1"]
        let context = try NIOSSLContext(configuration: configuration)
        let server = try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .childChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.addHandler(NIOSSLServerHandler(context: context))
                    try channel.pipeline.syncOperations.addHandler(Answerer())
                }
            }
            .bind(host: "127.0.0.1", port: 0).get()
        do { try await body(server.localAddress?.port ?? 0) } catch {
            try? await server.close()
            throw error
        }
        try await server.close()
    }

    private final class Answerer: ChannelInboundHandler, Sendable {
        typealias InboundIn = ByteBuffer
        typealias OutboundOut = ByteBuffer

        func channelRead(context: ChannelHandlerContext, data: NIOAny) {
            let text = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"
            context.writeAndFlush(self.wrapOutboundOut(ByteBuffer(string: text)), promise: nil)
        }
    }

    /// Signed by itself, made anew for each test.
    private struct Certificate: Sendable {
        let certificate: [UInt8]
        let key: [UInt8]

        static func make(names: String) throws -> Certificate {
            let (certificate, key) = (TestDatabases.temporaryPath("crt"), TestDatabases.temporaryPath("key"))
            let openssl = Process()
            openssl.executableURL = URL(fileURLWithPath: "/usr/bin/openssl")
            openssl.arguments = [
                "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2",
                "-subj", "/CN=souk test", "-addext", "subjectAltName=\(names)", "-keyout", key, "-out", certificate,
            ]
            openssl.standardError = FileHandle.nullDevice
            try openssl.run()
            openssl.waitUntilExit()
            return Certificate(
                certificate: Array(try Data(contentsOf: URL(fileURLWithPath: certificate))),
                key: Array(try Data(contentsOf: URL(fileURLWithPath: key)))
            )
        }
    }
}
