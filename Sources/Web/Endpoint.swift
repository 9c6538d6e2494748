package import HTTPTypes
package import Hummingbird
package import Kernel
package import NIOCore
import NIOPosix
package import Platform

/// One operation, declared once: the declaration routes it, guards it, reads its input, and documents it.
package struct Endpoint: Sendable {
    package let method: HTTPRequest.Method
    /// As in the contract: `/api/v1/services/{service_id}`.
    package let path: String
    package let summary: String
    package let tag: String
    package let access: Access
    /// Whether the last parameter takes the rest of the path, slashes included.
    package let takesRestOfPath: Bool
    /// Whether failures to authenticate count against the address: true where secrets could be guessed.
    package let guardsSecrets: Bool
    /// Whether this is a page for people, which the OpenAPI document leaves out.
    package let isPage: Bool
    package let inputs: [FieldDescription]
    package let answers: [AnswerDescription]
    /// What the document says of the body instead of the inputs.
    package let body: BodyDescription?
    let handle: @Sendable (Call) async throws -> Response

    /// Who may call.
    package enum Access: Sendable {
        /// Anybody; a key is not looked at.
        case open
        /// Anybody; a key, when there is one, must be good.
        case optional
        /// Anybody; the handler itself looks at the key, since that depends on what is asked, and settles the address's charge.
        case own
        /// Anybody; the handler itself looks at a token among the inputs, and settles the address's charge.
        case token
        /// Whoever has a key of one of the roles (any role when nil).
        case key(roles: Set<String>?, denial: Problem)

        var isOpen: Bool { if case .open = self { true } else { false } }

        package static let anyKey = Access.key(roles: nil, denial: Problem(.forbidden, "forbidden", "Forbidden"))
    }

    /// An operation whose input and output are JSON.
    package init<In: Input, Out: Output>(
        _ method: HTTPRequest.Method,
        _ path: String,
        _ summary: String,
        tag: String,
        access: Access,
        guardsSecrets: Bool = false,
        status: HTTPResponse.Status = .ok,
        _ handle: @escaping @Sendable (In, Call) async throws -> Out
    ) {
        self.init(method, path, summary, tag: tag, access: access, guardsSecrets: guardsSecrets, status: status) {
            (input: In, call: Call) in try Encoded(try await handle(input, call))
        }
    }

    /// An operation that answers JSON which it keeps or puts together from parts that it keeps.
    package init<In: Input, Out: Output>(
        _ method: HTTPRequest.Method,
        _ path: String,
        _ summary: String,
        tag: String,
        access: Access,
        guardsSecrets: Bool = false,
        status: HTTPResponse.Status = .ok,
        _ handle: @escaping @Sendable (In, Call) async throws -> Encoded<Out>
    ) {
        let inputs = InputReader.describe(In.self)
        let hasBody = inputs.contains { $0.place == .body }
        self.init(
            raw: method,
            path,
            summary,
            tag: tag,
            access: access,
            guardsSecrets: guardsSecrets,
            inputs: inputs,
            answers: [
                AnswerDescription(
                    status: status,
                    summary: "Success",
                    example: try? Out.example.jsonValue,
                    optional: Out.optionalFields
                )
            ]
        ) { call in
            let input = try await call.read(In.self, hasBody: hasBody)
            return Response(status: status, jsonBytes: try await handle(input, call).bytes)
        }
    }

    /// An operation that makes its own response.
    package init(
        raw method: HTTPRequest.Method,
        _ path: String,
        _ summary: String,
        tag: String,
        access: Access,
        takesRestOfPath: Bool = false,
        guardsSecrets: Bool = false,
        isPage: Bool = false,
        inputs: [FieldDescription] = [],
        body: BodyDescription? = nil,
        answers: [AnswerDescription],
        _ handle: @escaping @Sendable (Call) async throws -> Response
    ) {
        self.method = method
        self.path = path
        self.summary = summary
        self.tag = tag
        self.access = access
        self.takesRestOfPath = takesRestOfPath
        self.guardsSecrets = guardsSecrets
        self.isPage = isPage
        self.inputs = inputs
        self.body = body
        self.answers = answers
        self.handle = handle
    }
}

extension Endpoint {
    /// The same, with one more guard after the others.
    package func guarded(by check: @escaping @Sendable (Call) throws -> Void) -> Endpoint {
        let handle = self.handle
        return Endpoint(
            raw: self.method,
            self.path,
            self.summary,
            tag: self.tag,
            access: self.access,
            takesRestOfPath: self.takesRestOfPath,
            guardsSecrets: self.guardsSecrets,
            isPage: self.isPage,
            inputs: self.inputs,
            body: self.body,
            answers: self.answers
        ) { call in
            try check(call)
            return try await handle(call)
        }
    }
}

/// One request to an endpoint, after the guards.
package struct Call: Sendable {
    package let request: Request
    package let context: AppContext
    /// Nil on open endpoints, and on optional ones without a key.
    package let caller: Caller?

    package var trace: Trace { self.context.trace }

    /// The same request, made by somebody who has been found out since.
    package func made(by caller: Caller) -> Call { Call(request: self.request, context: self.context, caller: caller) }

    /// The same request, made in a session.
    func made(in session: String) -> Call {
        var context = self.context
        context.session = session
        return Call(request: self.request, context: context, caller: self.caller)
    }

    /// JSON bodies beyond this are refused.
    package static let jsonLimit = 1024 * 1024

    /// The caller of an endpoint that needs a key.
    package func requireCaller() throws -> Caller {
        guard let caller else { throw Problem(.internal, "no_caller", "The endpoint has no access rule.") }
        return caller
    }

    /// A parameter of the path, decoded, as the identifier that it is.
    package func pathID<Entity>(_ name: String) -> ID<Entity> { ID(self.context.pathParameter(name)) }

    package func header(_ name: HTTPField.Name) -> String? { self.request.headers[name] }

    /// Reads the path, the query and the body; throws every field error at once.
    func read<In: Input>(_: In.Type = In.self, hasBody: Bool) async throws -> In {
        let body = hasBody ? try await self.jsonBody() : nil
        var reader = InputReader(reading: self, body: body)
        let input = In(&reader)
        try reader.check()
        return input
    }

    /// Reads an input that is a part of the body.
    package func read<In: Input>(_: In.Type = In.self, from part: JSONValue) throws -> In {
        var reader = InputReader(reading: self, body: part)
        let input = In(&reader)
        try reader.check()
        return input
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
        let body = try await self.collectBody(upTo: Self.jsonLimit)
        let buffer = body.bytes
        if buffer.readableBytes == 0 { return nil }
        do {
            if buffer.readableBytes <= Self.jsonOnLoopLimit { return try JSON.read(buffer.readableBytesView) }
            return try await NIOThreadPool.singleton.runIfActive { try JSON.read(buffer.readableBytesView) }
        } catch is JSON.TooDeep {
            throw Problem(.unreadable, "too_deep", "The JSON body is nested deeper than \(JSON.maximumDepth) levels")
        } catch is JSON.TooLarge {
            throw Problem(
                .unreadable,
                "too_large_json",
                "The JSON body has more than \(JSON.maximumValues) values, an object with more than \(JSON.maximumMembers) "
                    + "members, or a number longer than \(JSON.maximumNumberLength) characters"
            )
        } catch is JSON.NotStrict { throw Problem(.unreadable, "invalid_json", "The request body is not valid JSON") }
    }

    /// Longer bodies are read on a thread of their own: an event loop has other connections to serve.
    private static let jsonOnLoopLimit = 64 * 1024
}

/// What an operation answers, with an example that the document and its schema are made from.
package protocol Output: Encodable, Sendable {
    static var example: Self { get }
    /// Members that may be null or missing, named as in JSON.
    static var optionalFields: Set<String> { get }
}

extension Output {
    package static var optionalFields: Set<String> { [] }

    fileprivate var jsonValue: JSONValue {
        get throws {
            // As it was put together: once written, 7.0 is the integer 7.
            try (self as? any ObjectOutput)?.json ?? JSON.read(try JSON.encode(self))
        }
    }
}

/// An output that is put together member by member, exactly as the contract shows it.
package protocol ObjectOutput: Output {
    var json: JSONValue { get }
}

extension ObjectOutput {
    package func encode(to encoder: any Encoder) throws { try self.json.encode(to: encoder) }
}

/// The JSON of an output.
package struct Encoded<Out: Output>: Sendable {
    package let bytes: ByteBuffer

    package init(_ output: Out) throws {
        let bytes = try (output as? any ObjectOutput).map { try JSON.encode($0.json) }
        self.bytes = ByteBuffer(bytes: try bytes ?? JSON.encode(output))
    }

    package init(bytes: ByteBuffer) { self.bytes = bytes }

    /// An object with a list of outputs that are encoded already, and other members.
    package init(list name: String, _ items: [ByteBuffer], with members: [String: JSONValue]) throws {
        var bytes = ByteBuffer()
        for key in (members.keys + [name]).sorted() {
            bytes.writeString(bytes.readableBytes == 0 ? "{\"\(key)\":" : ",\"\(key)\":")
            if let value = members[key] {
                bytes.writeBytes(try JSON.encode(value))
                continue
            }
            bytes.writeString("[")
            for (index, item) in items.enumerated() {
                if index > 0 { bytes.writeString(",") }
                bytes.writeImmutableBuffer(item)
            }
            bytes.writeString("]")
        }
        bytes.writeString("}")
        self.bytes = bytes
    }
}

/// A body that is more than an object of fields, with the schemas that it refers to by name.
package struct BodyDescription: Sendable {
    package let schema: JSONValue
    package let components: [String: JSONValue]

    package init(schema: JSONValue, components: [String: JSONValue]) {
        self.schema = schema
        self.components = components
    }
}

package struct AnswerDescription: Sendable {
    package let status: HTTPResponse.Status
    package let summary: String
    package let example: JSONValue?
    package let optional: Set<String>
    package let mediaType: String
    /// What the document says instead of what follows from the example.
    package let schema: JSONValue?

    package init(
        status: HTTPResponse.Status,
        summary: String,
        example: JSONValue? = nil,
        optional: Set<String> = [],
        mediaType: String = "application/json",
        schema: JSONValue? = nil
    ) {
        self.status = status
        self.summary = summary
        self.example = example
        self.optional = optional
        self.mediaType = mediaType
        self.schema = schema
    }
}

extension Response {
    package init(status: HTTPResponse.Status, json value: some Encodable) throws {
        self.init(status: status, jsonBytes: ByteBuffer(bytes: try JSON.encode(value)))
    }

    package init(status: HTTPResponse.Status, jsonBytes: ByteBuffer) {
        self.init(
            status: status,
            headers: [.contentType: "application/json"],
            body: ResponseBody(byteBuffer: jsonBytes)
        )
    }
}
