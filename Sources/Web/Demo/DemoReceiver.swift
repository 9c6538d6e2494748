import HTTPTypes
import Hummingbird
import Kernel
import Logging
import Platform

/// Receives webhooks for the demo.
package final class DemoReceiver: Sendable {
    package struct Delivery: Sendable {
        package let event: String
        package let signature: String
        package let body: [UInt8]
    }

    package let url: String
    private let deliveries: AsyncStream<Delivery>

    private init(url: String, deliveries: AsyncStream<Delivery>) {
        self.url = url
        self.deliveries = deliveries
    }

    /// Listens on a free port of loopback while the body runs.
    ///
    /// - Parameters:
    ///   - event: the header that names the event.
    ///   - signature: the header with the contract's signature.
    package static func serving(
        event: String,
        signature: String,
        _ body: @escaping @Sendable (DemoReceiver) async throws -> Void
    ) async throws {
        let (deliveries, received) = AsyncStream.makeStream(of: Delivery.self)
        let (ports, ready) = AsyncStream.makeStream(of: Int.self)
        let router = Router()
        router.post("/webhook") { request, _ in
            let buffer = try await request.body.collect(upTo: 64 * 1024)
            received.yield(
                Delivery(
                    event: HTTPField.Name(event).flatMap { request.headers[$0] } ?? "",
                    signature: HTTPField.Name(signature).flatMap { request.headers[$0] } ?? "",
                    body: Array(buffer.readableBytesView)
                )
            )
            return HTTPResponse.Status.noContent
        }
        let application = Application(
            router: router,
            configuration: .init(address: .hostname("127.0.0.1", port: 0)),
            onServerRunning: { ready.yield($0.localAddress?.port ?? 0) },
            logger: Logger(label: "demo") { _ in SwiftLogNoOpLogHandler() }
        )
        try await LocalHosting.run(application) {
            var iterator = ports.makeAsyncIterator()
            let port = await iterator.next() ?? 0
            try await body(DemoReceiver(url: "http://127.0.0.1:\(port)/webhook", deliveries: deliveries))
        }
    }

    /// Nil when none has come in time.
    package func next(timeoutSeconds: Int64) async throws -> Delivery? {
        try await withThrowingTaskGroup(of: Delivery?.self) { group in
            group.addTask {
                var iterator = self.deliveries.makeAsyncIterator()
                return await iterator.next()
            }
            group.addTask {
                try await Task.sleep(for: .seconds(timeoutSeconds))
                return nil
            }
            defer { group.cancelAll() }
            return try await group.next() ?? nil
        }
    }
}
