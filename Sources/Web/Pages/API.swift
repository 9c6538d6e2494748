import Foundation
package import HTTPTypes
package import Hummingbird
package import Kernel
package import NIOCore
package import Platform

/// A surface's own operations, called from within: pages show and do what clients see and do, by the same rules.
package struct API: Sendable {
    private static let answerLimit = 8 * 1024 * 1024

    private let endpoints: [String: Endpoint]

    package init(_ endpoints: [Endpoint]) {
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
        if case .key(let roles?, let denial) = endpoint.access, !roles.contains(caller.role) { throw denial }
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
        return try await endpoint.handle(Call(request: inner, context: context, caller: caller))
    }

    /// The JSON that an operation answers.
    package func json(_ request: API.Request, as caller: Caller, in call: Call) async throws -> JSONValue {
        let response = try await self.respond(to: request, as: caller, in: call)
        return try JSON.decode(from: try await response.collect(upTo: Self.answerLimit).readableBytesView)
    }

    private static func path(_ endpoint: Endpoint, _ request: API.Request) -> String {
        let query = request.query.sorted { $0.key < $1.key }.map { "\(self.encode($0.key))=\(self.encode($0.value))" }
        var path = endpoint.path
        if endpoint.takesRestOfPath, let last = path.lastIndex(of: "/") { path = String(path[..<last]) }
        for (name, value) in request.parameters { path = path.replacing("{\(name)}", with: self.encode(value)) }
        return path + request.rest + (query.isEmpty ? "" : "?" + query.joined(separator: "&"))
    }

    private static func encode(_ text: String) -> String {
        text.addingPercentEncoding(withAllowedCharacters: .alphanumerics.union(.init(charactersIn: "-._~"))) ?? ""
    }
}

extension Response {
    /// The whole body. Throws *too large* beyond the limit.
    package func collect(upTo limit: Int) async throws -> ByteBuffer {
        let collected = Collected(limit: limit)
        try await self.body.write(Collector(collected: collected))
        return collected.buffer
    }

    /// Written by one task, from beginning to end.
    private final class Collected {
        let limit: Int
        var buffer = ByteBuffer()
        init(limit: Int) { self.limit = limit }
    }

    private struct Collector: ResponseBodyWriter {
        let collected: Collected

        mutating func write(_ buffer: ByteBuffer) async throws {
            guard self.collected.buffer.readableBytes + buffer.readableBytes <= self.collected.limit else {
                throw NIOTooManyBytesError(maxBytes: self.collected.limit)
            }
            self.collected.buffer.writeImmutableBuffer(buffer)
        }

        consuming func finish(_: HTTPFields?) async throws {}
    }
}
