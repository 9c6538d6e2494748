import Foundation
package import HTTPTypes
package import Hummingbird
package import Kernel
import NIOCore
import NIOPosix
package import Platform

/// One request to an endpoint, after the door.
package struct Call: Sendable {
    package let request: Request
    package let context: AppContext

    package var trace: Trace { self.context.trace }

    /// The same request, made in a session.
    func made(in session: String) -> Call {
        var context = self.context
        context.session = session
        return Call(request: self.request, context: context)
    }

    /// A parameter of the path, decoded, as the identifier that it is.
    package func pathID<Entity>(_ name: String) -> ID<Entity> { ID(self.context.pathParameter(name)) }

    package func header(_ name: HTTPField.Name) -> String? { self.request.headers[name] }

    /// Reads the path, the query and the body; throws every field error at once.
    func read<In: Input>(_: In.Type = In.self, hasBody: Bool) async throws -> In {
        try await self.read(In.self, hasBody: hasBody, nil).input
    }

    /// The same, with what nobody reads.
    ///
    /// - Parameter known: what it takes; a client that wants to be held to it is refused anything else.
    func read<In: Input>(_: In.Type = In.self, hasBody: Bool, _ known: KnownNames?) async throws -> (
        input: In, unknown: KnownNames.Unknown?
    ) {
        try self.requireReadableQuery()
        let body = hasBody ? try await self.jsonBody() : nil
        var reader = InputReader(reading: self, body: body)
        let input = In(&reader)
        let unknown = known?.unknown(in: body, self.request)
        if let unknown, self.request.isStrict {
            for error in unknown.errors {
                reader.require(false, error.path, FieldRule("not_known"), isParameter: error.isParameter)
            }
        }
        try reader.check()
        return (input, unknown)
    }

    /// Reads an input that is a part of the body.
    package func read<In: Input>(_: In.Type = In.self, from part: JSONValue) throws -> In {
        var reader = InputReader(reading: self, body: part)
        let input = In(&reader)
        try reader.check()
        return input
    }

    /// What nobody reads of a part of the body, and of the query; nil for nothing. A client that wants to be held to the names is refused.
    package func unknownNames(in part: JSONValue, _ known: KnownNames) throws -> String? {
        let unknown = known.unknown(in: part, self.request)
        guard !unknown.isEmpty else { return nil }
        guard self.request.isStrict else { return unknown.text }
        var reader = InputReader(reading: self, body: part)
        for error in unknown.errors {
            reader.require(false, error.path, FieldRule("not_known"), isParameter: error.isParameter)
        }
        try reader.check()
        return nil
    }

    /// Texts that are no UTF-8 would all become the same one. Throws *unreadable*.
    package func requireReadableQuery() throws {
        let query = self.request.uri.query ?? ""
        guard query.utf8.contains(where: { $0 == UInt8(ascii: "%") || $0 >= 0x80 }) else { return }
        let isReadable = query.utf8.allSatisfy { $0 < 0x80 } && query.removingPercentEncoding != nil
        guard isReadable else { throw Problem(.unreadable, "field_encoding") }
    }

    /// The body as JSON; nil when it is empty. Throws *unreadable* and *too large*.
    package func readJSON() async throws -> JSONValue? { try await self.jsonBody() }

    /// Reads the input of an endpoint that makes its own response.
    package func readBody<In: Input>(_: In.Type = In.self) async throws -> In {
        try await self.read(In.self, hasBody: true)
    }

    /// Reads the path and the query of an endpoint that makes its own response.
    package func readQuery<In: Input>(_: In.Type = In.self) async throws -> In {
        try await self.read(In.self, hasBody: false)
    }

    private func jsonBody() async throws -> JSONValue? {
        try await self.json(of: try await self.collectBody(upTo: self.context.jsonBodies.limit))
    }

    /// A body that was read whole, as JSON; nil when it is empty. Throws *unreadable* and *unsupported media*.
    package func json(of body: BufferedBody) async throws -> JSONValue? {
        let buffer = body.bytes
        if buffer.readableBytes == 0 { return nil }
        try self.context.jsonBodies.check(type: self.header(.contentType), of: buffer.readableBytesView)
        do {
            let once = self.context.jsonBodies.refusesRepeatedMembers
            if buffer.readableBytes <= Self.jsonOnLoopLimit {
                return try JSON.read(buffer.readableBytesView, once: once)
            }
            return try await NIOThreadPool.singleton.runIfActive { try JSON.read(buffer.readableBytesView, once: once) }
        } catch is JSON.TooDeep {
            throw Problem(.unreadable, "too_deep", ["limit": "\(JSON.maximumDepth)"])
        } catch is JSON.TooLarge {
            throw Problem(
                .unreadable,
                "too_large_json",
                [
                    "values": "\(JSON.maximumValues)", "members": "\(JSON.maximumMembers)",
                    "digits": "\(JSON.maximumNumberLength)",
                ]
            )
        } catch is JSON.NotStrict { throw Problem(.unreadable, "invalid_json") }
    }

    /// Longer bodies are read on a thread of their own: an event loop has other connections to serve.
    private static let jsonOnLoopLimit = 64 * 1024
}
