import Foundation
package import HTTPTypes
package import Hummingbird
package import Kernel
package import NIOCore
import Platform

/// Pages call the same operations as clients, through the same door.
extension PageRequest {
    /// What an operation answers to the visitor.
    ///
    /// - Parameter given: its fields; those of its path are taken from the page's own where they are not given.
    package func ask<In: Input, Out: Wire>(
        _ operation: Operation<In, Out>,
        _ given: [String: JSONValue] = [:]
    ) async throws -> Out {
        try await self.perform(operation, given, .none, [], [:])
    }

    /// Does an operation with the fields of the form.
    ///
    /// - Parameters:
    ///   - given: fields that stand before the form's own.
    ///   - emptied: fields of the form that may be emptied; other empty ones count as missing.
    ///   - once: an idempotency key; empty for none.
    @discardableResult
    package func submit<In: Input, Out: Wire>(
        _ operation: Operation<In, Out>,
        _ given: [String: JSONValue] = [:],
        emptied: Set<String> = [],
        once: String = ""
    ) async throws -> Out {
        try await self.perform(operation, given, self.form, emptied, once.isEmpty ? [:] : [.idempotencyKey: once])
    }

    /// What ``submit(_:_:emptied:once:)`` would hand to the operation.
    package func read<In: Input>(_: In.Type, _ given: [String: JSONValue] = [:], emptied: Set<String> = []) throws -> In
    {
        try self.read(given, self.form, emptied)
    }

    private func read<In: Input>(_ given: [String: JSONValue], _ form: Form, _ emptied: Set<String>) throws -> In {
        var reader = InputReader(page: PageFields(given: given, form: form, emptied: emptied) { self.parameter($0) })
        let input = In(&reader)
        try reader.check()
        return input
    }

    private func perform<In: Input, Out: Wire>(
        _ operation: Operation<In, Out>,
        _ given: [String: JSONValue],
        _ form: Form,
        _ emptied: Set<String>,
        _ headers: HTTPFields
    ) async throws -> Out {
        let entry = try await self.arrival(self.call.context).enter(operation.access, operation.effect)
        let input: In = try self.read(given, form, emptied)
        let method: HTTPRequest.Method = operation.effect == .read ? .get : .post
        return try await operation.perform(
            entry,
            input,
            Call(request: self.inner(method, self.call.request.uri.path, headers, nil), context: self.call.context)
        )
    }

    private func arrival(_ context: AppContext) -> Arrival {
        Arrival(.within(self.session.caller), context, at: self.console.door, of: self.console.contract)
    }

    private func inner(
        _ method: HTTPRequest.Method,
        _ path: String,
        _ headers: HTTPFields,
        _ body: ByteBuffer?
    ) -> Request {
        let head = HTTPRequest(
            method: method,
            scheme: self.call.request.head.scheme,
            authority: self.call.request.head.authority,
            path: path,
            headerFields: headers
        )
        return Request(head: head, body: RequestBody(buffer: body ?? ByteBuffer()))
    }

    /// What an endpoint responds that makes its own response, whatever its status.
    ///
    /// - Parameter rest: what follows the last parameter, for endpoints that take the rest of the path.
    package func respond(
        to endpoint: Endpoint,
        _ parameters: [String: String] = [:],
        query: [String: String] = [:],
        headers: HTTPFields = [:],
        body: ByteBuffer? = nil,
        rest: String = ""
    ) async throws -> Response {
        var context = self.call.context
        context.givenParameters = parameters
        let query = query.sorted { $0.key < $1.key }.map {
            "\(HTML.percentEncode($0.key))=\(HTML.percentEncode($0.value))"
        }
        var path = endpoint.path
        // characters: an endpoint's own path
        if endpoint.takesRestOfPath, let last = path.lastIndex(of: "/") { path = String(path[..<last]) }
        for (name, value) in parameters {
            path = path.bytewise.replacing("{\(name)}", with: HTML.percentEncode(value))
        }
        path += rest + (query.isEmpty ? "" : "?" + query.joined(separator: "&"))
        let call = Call(request: self.inner(endpoint.method, path, headers, body), context: context)
        return try await endpoint.answer(self.arrival(context), call)
    }
}

extension PageRequest {
    /// This page with another query.
    package func address(_ query: [String: String]) -> String {
        let parts = query.filter { !$0.value.isEmpty }.sorted { $0.key < $1.key }.map {
            "\(HTML.percentEncode($0.key))=\(HTML.percentEncode($0.value))"
        }
        return self.here + (parts.isEmpty ? "" : "?" + parts.joined(separator: "&"))
    }

    /// Where the list goes on; nil on its last page.
    package func next(_ cursor: Cursor?, keeping filter: [String: String] = [:]) -> String? {
        cursor.map { self.address(filter.merging(["cursor": $0.text]) { $1 }) }
    }
}
