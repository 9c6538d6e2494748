package import HTTPTypes
package import Hummingbird
package import Kernel
import NIOCore
package import Platform

/// One operation, declared once: the declaration routes it, guards it, reads its input, and documents it.
package struct Endpoint: Sendable {
    package let method: HTTPRequest.Method
    /// As in the contract: `/api/v1/services/{service_id}`.
    package let path: String
    package let summary: String
    package let tag: String
    package let access: AccessRule
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
    /// What it refuses of itself, in order of precedence.
    package private(set) var refusals: [Problem] = []
    /// Whether its answers are somebody else's, so that a document says nothing of their bodies.
    package private(set) var passesAnswersOn = false
    /// Whether a GET is answered to HEAD, too.
    package private(set) var hasHead = true
    /// Whether it stays for old clients, and something else does the same.
    package private(set) var isDeprecated = false
    let effect: Effect
    private var handle: @Sendable (Entry, Call) async throws -> Response

    /// A route to an operation.
    package init<In: Input, Out: Wire>(
        _ method: HTTPRequest.Method,
        _ path: String,
        tag: String,
        guardsSecrets: Bool = false,
        status: HTTPResponse.Status = .ok,
        _ operation: Operation<In, Out>
    ) {
        let inputs = InputReader.describe(In.self)
        let hasBody = inputs.contains { $0.place == .body }
        let shape = Out.shape
        let isVersioned = method == .get && Out.self is any VersionedAnswer.Type
        let known = KnownNames(inputs, wrappers: InputReader.wrappers(of: In.self))
        self.init(
            method,
            path,
            operation.summary,
            tag: tag,
            access: operation.access,
            effect: operation.effect,
            guardsSecrets: guardsSecrets,
            inputs: inputs,
            answers: [AnswerDescription(status: status, summary: "Success", of: Out.self)]
        ) { entry, call in
            let (input, unknown) = try await call.read(In.self, hasBody: hasBody, known)
            let answer = try await operation.perform(entry, input, call)
            let body = ByteBuffer(bytes: shape.bytes(of: answer))
            var response = Response(status: status, jsonBytes: body)
            if let unknown, !unknown.isEmpty { response.headers[.warning] = unknown.text }
            guard isVersioned, let version = (answer as? any VersionedAnswer)?.version else { return response }
            return response.tagged(version, body, for: call.request)
        }
        self.refusals = operation.refusals
    }

    /// The same with its problems, for its document. Arguments of a problem are examples.
    package func refusing(_ problems: [Problem]) -> Endpoint {
        var other = self
        other.refusals += problems
        return other
    }

    package func refusing(_ problems: Problem...) -> Endpoint { self.refusing(problems) }

    package func deprecated() -> Endpoint {
        var other = self
        other.isDeprecated = true
        return other
    }

    /// The same, whose answers are somebody else's.
    package func passingAnswersOn() -> Endpoint {
        var other = self
        other.passesAnswersOn = true
        return other
    }

    /// The same without HEAD: for a GET that writes.
    package func refusingHead() -> Endpoint {
        var other = self
        other.hasHead = false
        return other
    }

    /// An operation that makes its own response.
    package init<Who>(
        raw method: HTTPRequest.Method,
        _ path: String,
        _ summary: String,
        tag: String,
        access: Access<Who>,
        takesRestOfPath: Bool = false,
        guardsSecrets: Bool = false,
        isPage: Bool = false,
        inputs: [FieldDescription] = [],
        body: BodyDescription? = nil,
        answers: [AnswerDescription],
        _ handle: @escaping @Sendable (Who, Call) async throws -> Response
    ) {
        self.init(
            method,
            path,
            summary,
            tag: tag,
            access: access.rule,
            effect: method == .get ? .read : .write,
            takesRestOfPath: takesRestOfPath,
            guardsSecrets: guardsSecrets,
            isPage: isPage,
            inputs: inputs,
            body: body,
            answers: answers
        ) { entry, call in try await handle(try entry.grant(access), call) }
    }

    private init(
        _ method: HTTPRequest.Method,
        _ path: String,
        _ summary: String,
        tag: String,
        access: AccessRule,
        effect: Effect,
        takesRestOfPath: Bool = false,
        guardsSecrets: Bool,
        isPage: Bool = false,
        inputs: [FieldDescription],
        body: BodyDescription? = nil,
        answers: [AnswerDescription],
        _ handle: @escaping @Sendable (Entry, Call) async throws -> Response
    ) {
        self.method = method
        self.path = path
        self.summary = summary
        self.tag = tag
        self.access = access
        self.effect = effect
        self.takesRestOfPath = takesRestOfPath
        self.guardsSecrets = guardsSecrets
        self.isPage = isPage
        self.inputs = inputs
        self.body = body
        self.answers = answers
        self.handle = handle
    }

    /// The same for everybody: there is no caller to receive.
    package init(
        raw method: HTTPRequest.Method,
        _ path: String,
        _ summary: String,
        tag: String,
        access: Access<Void>,
        takesRestOfPath: Bool = false,
        guardsSecrets: Bool = false,
        isPage: Bool = false,
        inputs: [FieldDescription] = [],
        body: BodyDescription? = nil,
        answers: [AnswerDescription],
        _ handle: @escaping @Sendable (Call) async throws -> Response
    ) {
        self.init(
            raw: method,
            path,
            summary,
            tag: tag,
            access: access,
            takesRestOfPath: takesRestOfPath,
            guardsSecrets: guardsSecrets,
            isPage: isPage,
            inputs: inputs,
            body: body,
            answers: answers
        ) { _, call in try await handle(call) }
    }

    /// The same, told of each request that was let in: by whom, and what came of it.
    ///
    /// - Parameter tell: a status, and the time that it took; must not wait.
    package func observed(
        by contract: some SurfaceContract,
        clock: WallClock,
        _ tell: @escaping @Sendable (Caller, Call, _ status: Int, _ microseconds: Int64) -> Void
    ) -> Endpoint {
        var other = self
        let handle = self.handle
        other.handle = { entry, call in
            guard let caller = entry.caller else { return try await handle(entry, call) }
            let start = clock.now()
            do {
                let response = try await handle(entry, call)
                tell(caller, call, response.status.code, clock.now().microseconds - start.microseconds)
                return response
            } catch {
                let status = contract.status(for: Problem(any: error).kind).code
                tell(caller, call, status, clock.now().microseconds - start.microseconds)
                throw error
            }
        }
        return other
    }

    /// Lets a request in and does it.
    func answer(_ arrival: Arrival, _ call: Call) async throws -> Response {
        let entry = try await arrival.enter(self.access, self.effect)
        return try await entry.answer { try await self.handle(entry, call) }
    }
}

/// A body that is more than an object of fields, with the schemas that it refers to by name.
package struct BodyDescription: Sendable {
    package typealias Description = (schema: JSONValue, components: [String: JSONValue])

    private let describe: @Sendable () -> Description

    /// Whether it must be there.
    let isRequired: Bool
    let example: JSONValue?

    /// - Parameter describe: asked when somebody asks for the document.
    package init(
        isRequired: Bool = true,
        example: JSONValue? = nil,
        describing describe: @escaping @Sendable () -> Description
    ) {
        (self.isRequired, self.example, self.describe) = (isRequired, example, describe)
    }

    package var description: Description { self.describe() }
}

package struct AnswerDescription: Sendable {
    package let status: HTTPResponse.Status
    package let summary: String
    package let mediaType: String
    /// The contract's own headers, and what each says.
    package private(set) var headers: [String: String] = [:]
    private let describe: @Sendable () -> (example: JSONValue?, schema: JSONValue?)

    /// Other media types that it may come in.
    package private(set) var otherMediaTypes: [String] = []

    /// The same, which also comes as other media types.
    package func orAs(_ mediaTypes: String...) -> AnswerDescription {
        var other = self
        other.otherMediaTypes += mediaTypes
        return other
    }

    /// The same with headers of the contract.
    package func saying(_ headers: [String: String]) -> AnswerDescription {
        var other = self
        other.headers.merge(headers) { $1 }
        return other
    }

    /// - Parameters:
    ///   - optional: members of the example that may be null or missing.
    ///   - schema: what the document says instead of what follows from the example.
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
        self.mediaType = mediaType
        self.describe = { (example, schema ?? example.map { Schema.of($0, optional: optional) }) }
    }

    /// What a type answers, with its example; described when somebody asks for the document.
    package init(
        status: HTTPResponse.Status,
        summary: String,
        describing describe: @escaping @Sendable () -> (example: JSONValue?, schema: JSONValue?)
    ) {
        (self.status, self.summary, self.mediaType, self.describe) = (status, summary, "application/json", describe)
    }

    package init<Out: Wire>(status: HTTPResponse.Status, summary: String, of _: Out.Type) {
        self.status = status
        self.summary = summary
        self.mediaType = "application/json"
        self.describe = {
            let shape = Out.shape
            return (shape.example, shape.schema)
        }
    }

    /// The example, where there is one, and its JSON Schema.
    package var content: (example: JSONValue?, schema: JSONValue?) { self.describe() }
}
