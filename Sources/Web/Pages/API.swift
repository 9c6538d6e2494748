import Foundation
package import HTTPTypes
package import Hummingbird
package import Kernel
package import NIOCore
package import Platform

/// A surface's own operations, called from within: pages show and do what clients see and do, by the same rules.
package struct API: Sendable {
    private static let answerLimit = 8 * 1024 * 1024

    private let door: Door
    private let contract: any SurfaceContract
    private let endpoints: [String: Endpoint]

    package init(_ endpoints: [Endpoint], at door: Door, of contract: any SurfaceContract) {
        self.door = door
        self.contract = contract
        self.endpoints = Dictionary(endpoints.map { ("\($0.method) \($0.path)", $0) }) { first, _ in first }
    }

    /// One operation as it would be sent.
    package struct Request: Sendable {
        /// As declared: `POST /api/v1/deposits/{deposit_id}/refunds`.
        package let route: String
        package var parameters: [String: String] = [:]
        package var query: [String: String] = [:]
        package var headers: HTTPFields = [:]
        package var body: JSONValue?
        /// A body that is no JSON, or has been written already.
        package var bytes: ByteBuffer?
        /// What follows the last parameter, for operations that take the rest of the path.
        package var rest = ""

        package init(_ route: String, _ parameters: [String: String] = [:]) {
            self.route = route
            self.parameters = parameters
        }
    }

    /// The answer of an operation, whatever its status. Throws what the operation throws, and its denial.
    package func respond(to request: API.Request, as caller: Caller, in call: Call) async throws -> Response {
        guard let endpoint = self.endpoints[request.route] else {
            preconditionFailure("no operation is declared as \(request.route)")
        }
        let body = try request.bytes ?? request.body.map { ByteBuffer(bytes: try JSON.encode($0)) }
        var context = call.context
        context.givenParameters = request.parameters
        let head = HTTPRequest(
            method: endpoint.method,
            scheme: call.request.head.scheme,
            authority: call.request.head.authority,
            path: Self.path(endpoint, request),
            headerFields: request.headers
        )
        let inner = Hummingbird.Request(head: head, body: RequestBody(buffer: body ?? ByteBuffer()))
        let arrival = Arrival(.within(caller), context, at: self.door, of: self.contract)
        return try await endpoint.answer(arrival, Call(request: inner, context: context))
    }

    /// The JSON that an operation answers.
    package func json(_ request: API.Request, as caller: Caller, in call: Call) async throws -> JSONValue {
        let response = try await self.respond(to: request, as: caller, in: call)
        return try JSON.read(try await response.collect(upTo: Self.answerLimit).readableBytesView)
    }

    private static func path(_ endpoint: Endpoint, _ request: API.Request) -> String {
        let query = request.query.sorted { $0.key < $1.key }.map {
            "\(HTML.percentEncode($0.key))=\(HTML.percentEncode($0.value))"
        }
        var path = endpoint.path
        // characters: an endpoint's own path
        if endpoint.takesRestOfPath, let last = path.lastIndex(of: "/") { path = String(path[..<last]) }
        for (name, value) in request.parameters {
            path = path.bytewise.replacing("{\(name)}", with: HTML.percentEncode(value))
        }
        return path + request.rest + (query.isEmpty ? "" : "?" + query.joined(separator: "&"))
    }
}

extension Response {
    /// The whole body. Throws *too large* beyond the limit.
    package func collect(upTo limit: Int) async throws -> ByteBuffer {
        let (buffer, length) = try await self.collect(keeping: limit)
        guard length <= limit else { throw NIOTooManyBytesError(maxBytes: limit) }
        return buffer
    }

    /// The beginning of the body, and the length of the whole, which is read to its end.
    ///
    /// - Parameter most: bytes after which no more is read.
    package func collect(keeping limit: Int, most: Int = .max) async throws -> (beginning: ByteBuffer, length: Int) {
        let collected = Collected(limit: limit)
        do { try await self.body.write(Collector(collected: collected, most: most)) } catch is Collector.Enough {}
        return (collected.buffer, collected.length)
    }

    /// Written by one task, from beginning to end.
    private final class Collected {
        let limit: Int
        var buffer = ByteBuffer()
        var length = 0
        init(limit: Int) { self.limit = limit }
    }

    private struct Collector: ResponseBodyWriter {
        struct Enough: Error {}

        let collected: Collected
        let most: Int

        mutating func write(_ buffer: ByteBuffer) async throws {
            guard self.collected.length <= self.most else { throw Enough() }
            let room = self.collected.limit - self.collected.buffer.readableBytes
            self.collected.length += buffer.readableBytes
            if room > 0 {
                self.collected.buffer.writeImmutableBuffer(
                    buffer.getSlice(at: buffer.readerIndex, length: min(room, buffer.readableBytes))!
                )
            }
        }

        consuming func finish(_: HTTPFields?) async throws {}
    }
}
