package import Kernel
package import NIOCore
package import NIOHTTP1

/// A request to somebody else's server.
package struct OutboundRequest: Sendable {
    package let method: String
    package let url: String
    package let headers: HTTPHeaders
    package let body: ByteBuffer?

    package init(method: String, url: String, headers: HTTPHeaders, body: ByteBuffer?) {
        self.method = method
        self.url = url
        self.headers = headers
        self.body = body
    }

    package init(method: String, url: String, headers: [Problem.Header] = [], body: [UInt8]? = nil) {
        self.init(
            method: method,
            url: url,
            headers: HTTPHeaders(headers.map { ($0.name, $0.value) }),
            body: body.map { ByteBuffer(bytes: $0) }
        )
    }
}

/// An answer whose body is still to come.
package struct OutboundResponse: Sendable {
    package let status: Int
    package let headers: HTTPHeaders
    package let body: OutboundBody
}

/// The body of an answer, chunk by chunk; to be read once. Dropping it unread ends the connection.
package struct OutboundBody: AsyncSequence, Sendable {
    package typealias Element = ByteBuffer
    private let reading: Reading

    init(_ exchange: Exchange) { self.reading = Reading(exchange) }

    /// As long as somebody has it, the answer may still be read.
    fileprivate final class Reading: Sendable {
        let exchange: Exchange
        init(_ exchange: Exchange) { self.exchange = exchange }
        deinit { self.exchange.abandon() }
    }

    package struct AsyncIterator: AsyncIteratorProtocol {
        fileprivate let reading: Reading

        package func next() async throws -> ByteBuffer? { try await self.reading.exchange.next() }
    }

    package func makeAsyncIterator() -> AsyncIterator { AsyncIterator(reading: self.reading) }

    /// The whole body, within the time. Throws `OutboundError`.
    package func collect(upTo limit: Int, timeoutSeconds: Int64) async throws -> ByteBuffer {
        let exchange = self.reading.exchange
        exchange.set(deadline: .now() + .seconds(timeoutSeconds))
        var whole = ByteBuffer()
        while let chunk = try await exchange.next() {
            guard whole.readableBytes + chunk.readableBytes <= limit else { throw OutboundError.tooLarge }
            if whole.readableBytes == 0 { whole = chunk } else { whole.writeImmutableBuffer(chunk) }
        }
        return whole
    }
}

/// An answer that was read whole.
package struct OutboundAnswer: Sendable {
    package let status: Int
    package let headers: HTTPHeaders
    package let body: [UInt8]

    package func header(_ name: String) -> String? { self.headers.first(name: name) }
}

/// Why a request got no answer.
package enum OutboundError: Error, Sendable, Equatable {
    /// Not http or https, no host, or credentials inside.
    case badURL
    /// The host is, or resolves to, an address that users may not reach.
    case forbiddenAddress
    case cannotResolve
    case unreachable(String)
    case timeout
    /// The caller has as many connections to the host as it may.
    case tooManyConnections
    /// The answer was longer than the caller takes.
    case tooLarge

    /// For logs that owners see: no address of ours, no secret.
    package static func describe(_ error: any Error) -> String {
        switch error {
        case OutboundError.badURL: "the URL is not valid"
        case OutboundError.forbiddenAddress: "the address is private"
        case OutboundError.cannotResolve: "the host name cannot be resolved"
        case OutboundError.timeout: "timed out"
        case OutboundError.tooManyConnections: "too many connections to the host"
        case OutboundError.tooLarge: "the answer was too large"
        case OutboundError.unreachable(let reason): reason
        default: "failed"
        }
    }

    /// Turns a connection's errors into `OutboundError`, except cancellation.
    static func translate(_ error: any Error) -> any Error {
        switch error {
        case is OutboundError, is CancellationError: error
        case ChannelError.connectTimeout: OutboundError.timeout
        default: OutboundError.unreachable("the connection failed")
        }
    }
}
