import AsyncHTTPClient
package import Kernel
package import NIOCore
package import NIOHTTP1
import NIOPosix

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
    let body: HTTPClientResponse.Body
    /// The connection's, until the body has been read or dropped.
    let lease: ConnectionShares.Lease?

    package struct AsyncIterator: AsyncIteratorProtocol {
        var iterator: HTTPClientResponse.Body.AsyncIterator
        let lease: ConnectionShares.Lease?

        package mutating func next() async throws -> ByteBuffer? {
            do {
                let next = try await self.iterator.next()
                if next == nil { self.lease?.end() }
                return next
            } catch { throw OutboundError.translate(error) }
        }
    }

    package func makeAsyncIterator() -> AsyncIterator {
        AsyncIterator(iterator: self.body.makeAsyncIterator(), lease: self.lease)
    }

    /// The whole body, within the time. Throws `OutboundError`.
    package func collect(upTo limit: Int, timeoutSeconds: Int64) async throws -> ByteBuffer {
        // A timer of an event loop costs less than a sleeping task, of which there would be one for every call.
        let timer = MultiThreadedEventLoopGroup.singleton.any().scheduleTask(in: .seconds(timeoutSeconds)) {
            throw OutboundError.timeout
        }
        return try await withThrowingTaskGroup(of: ByteBuffer?.self) { group in
            group.addTask {
                do { return try await self.body.collect(upTo: limit) } catch is NIOTooManyBytesError {
                    throw OutboundError.tooLarge
                } catch { throw OutboundError.translate(error) }
            }
            group.addTask {
                try await timer.futureResult.get()
                return nil
            }
            defer {
                timer.cancel()
                group.cancelAll()
            }
            return try await group.next()!!
        }
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
}
