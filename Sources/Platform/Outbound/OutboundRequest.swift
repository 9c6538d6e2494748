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

/// Which hosts a request may go to, beside public ones.
package enum OutboundReach: Hashable, Sendable {
    /// Those that the operator has allowed by name.
    case allowed
    /// Any: for addresses that the operator has named whole, with scheme and port.
    case everywhere
    /// None: for addresses that strangers choose.
    case publicOnly
}

/// A request that was sent.
package struct OutboundCall: Sendable {
    private let exchange: Exchange
    private let body: OutboundBody

    init(_ exchange: Exchange) {
        self.exchange = exchange
        self.body = OutboundBody(exchange)
    }

    /// Nil when its head has not come until then; it may be asked for again. Throws `OutboundError`, `CancellationError`.
    package func response(until patience: NIODeadline) async throws -> OutboundResponse? {
        guard let (status, headers) = try await self.exchange.head(until: patience) else { return nil }
        return OutboundResponse(status: status, headers: headers, body: self.body)
    }

    /// Nobody wants the answer any more: whoever waits for it gets a `CancellationError`, and the connection is closed.
    package func abandon() { self.exchange.abandon() }
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

    /// What a reader gets who does not wait for ever.
    package enum Piece: Sendable {
        case chunk(ByteBuffer)
        case end
    }

    /// Nil when nothing has come until then; more may still come.
    package func next(until patience: NIODeadline) async throws -> Piece? {
        try await self.reading.exchange.next(until: patience)
    }

    /// From now on, for the rest of the body.
    package func set(deadline: NIODeadline) { self.reading.exchange.set(deadline: deadline) }

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
