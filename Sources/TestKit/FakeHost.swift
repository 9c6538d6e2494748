import Foundation
import HTTPTypes
package import Hummingbird
package import Kernel
import Logging
import NIOCore
import Platform
import Synchronization

/// Somebody else's HTTP server on loopback: a provider, a webhook receiver, a facilitator. It answers as the test says.
package final class FakeHost: Sendable {
    package struct Received: Sendable {
        package let method: String
        package let path: String
        package let headers: HTTPFields
        package let body: [UInt8]
    }

    package typealias Handler = @Sendable (Received) async throws -> Response

    private let received = Mutex<[Received]>([])
    private let address = Mutex<Int>(0)
    private let handler: Handler

    private init(_ handler: @escaping Handler) { self.handler = handler }

    package var url: String { "http://127.0.0.1:\(self.address.withLock { $0 })" }
    package var requests: [Received] { self.received.withLock { $0 } }

    /// Serves while the body runs.
    package static func serving<T: Sendable>(
        _ handler: @escaping Handler = FakeHost.echo,
        _ body: @escaping @Sendable (FakeHost) async throws -> T
    ) async throws -> T {
        let host = FakeHost(handler)
        let router = Router()
        for method in [HTTPRequest.Method.get, .post, .put, .patch, .delete] {
            for path in ["/", "/**"] {
                router.on(RouterPath(path), method: method) { request, _ in try await host.answer(request) }
            }
        }
        let (started, continuation) = AsyncStream.makeStream(of: Int.self)
        let application = Application(
            router: router,
            configuration: .init(address: .hostname("127.0.0.1", port: 0)),
            onServerRunning: { channel in continuation.yield(channel.localAddress?.port ?? 0) },
            logger: Logger(label: "fake") { _ in SwiftLogNoOpLogHandler() }
        )
        return try await LocalHosting.run(application) {
            var iterator = started.makeAsyncIterator()
            let port = await iterator.next() ?? 0
            host.address.withLock { $0 = port }
            return try await body(host)
        }
    }

    private func answer(_ request: Request) async throws -> Response {
        let body = try await request.body.collect(upTo: 64 * 1024 * 1024)
        let received = Received(
            method: request.method.rawValue,
            path: request.head.path ?? "/",
            headers: request.headers,
            body: Array(body.readableBytesView)
        )
        self.received.withLock { $0.append(received) }
        return try await self.handler(received)
    }

    /// Answers what it was sent. `?status=503` chooses the status.
    package static let echo: Handler = { request in
        let status = request.path.range(of: "status=").flatMap { Int(request.path[$0.upperBound...].prefix(3)) } ?? 200
        return FakeHost.json(
            status,
            [
                "method": .string(request.method), "path": .string(request.path),
                "body": .string(String(decoding: request.body, as: UTF8.self)),
            ]
        )
    }

    package static func json(_ status: Int, _ value: JSONValue) -> Response {
        Response(
            status: .init(code: status),
            headers: [.contentType: "application/json"],
            body: ResponseBody(byteBuffer: ByteBuffer(bytes: (try? JSON.encode(value)) ?? []))
        )
    }
}
