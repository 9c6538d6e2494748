import HTTPTypes
package import Hummingbird
package import Kernel
import NIOCore
import Platform
import Synchronization

/// The OpenAPI 3.1 document of one surface or several, made of their endpoints.
package struct OpenAPIDocument: Sendable {
    /// A surface and what stands before its paths.
    package struct Mounted: Sendable {
        let surface: Surface
        let prefix: String

        package init(surface: Surface, prefix: String) {
            self.surface = surface
            self.prefix = prefix
        }
    }

    private let mounted: [Mounted]
    private let title: String
    private let server: String

    /// - Parameter server: where the paths begin.
    package init(_ mounted: [Mounted], title: String, server: String = "/") {
        self.mounted = mounted
        self.title = title
        self.server = server
    }

    package var json: JSONValue {
        var paths: [String: JSONValue] = [:]
        var schemas: [String: JSONValue] = [:]
        var webhooks: [String: JSONValue] = [:]
        var schemes: [String: JSONValue] = [
            "key": ["type": "http", "scheme": "bearer", "description": "A key, as the surface's contract writes it"]
        ]
        for mounted in self.mounted {
            let problem = mounted.surface.contract.body(for: Problem(.invalid, "invalid"))
            schemas[self.problemName(of: mounted.surface)] = Schema.of(problem, optional: [])
            for event in mounted.surface.events {
                webhooks["\(mounted.surface.name).\(event.type)"] = ["post": Self.webhook(event, mounted.surface)]
            }
            for endpoint in mounted.surface.endpoints where !endpoint.isPage {
                let path = mounted.prefix + endpoint.path
                var item = paths[path]?.object ?? [:]
                schemas.merge(endpoint.body?.description.components ?? [:]) { $1 }
                for header in endpoint.access.roles.compactMap(mounted.surface.contract.keyHeader) {
                    schemes[KeyScheme.name(header)] = [
                        "type": "apiKey", "in": "header", "name": .string(header.rawName),
                    ]
                }
                item[endpoint.method.rawValue.lowercased()] =
                    OperationDocument(
                        endpoint,
                        of: mounted.surface,
                        problem: self.problemName(of: mounted.surface),
                        prefix: self.isOfOne ? "" : mounted.surface.name
                    ).json
                paths[path] = .object(item)
            }
        }
        var named = NamedSchemas(schemas)
        let hoisted = (paths: named.hoist(.object(paths)), webhooks: named.hoist(.object(webhooks)))
        let own = schemas.mapValues { named.hoist($0) }
        return [
            "openapi": "3.1.0",
            "info": [
                "title": .string(self.title), "version": .string(self.mounted.first?.surface.contract.version ?? "1"),
                "description": .string(self.introduction),
            ],
            "servers": [["url": .string(self.server)]],
            "tags": .array(self.tags),
            "paths": hoisted.paths,
            "webhooks": hoisted.webhooks,
            "components": [
                "securitySchemes": .object(schemes),
                "schemas": .object(named.schemas.merging(own) { $1 }),
            ],
        ]
    }

    private var isOfOne: Bool { self.mounted.count == 1 }

    private func problemName(of surface: Surface) -> String {
        self.isOfOne ? "Problem" : "\(surface.name.prefix(1).uppercased())\(surface.name.dropFirst())Problem"
    }

    /// In the guide's order; what it does not name comes after, in the order of the operations.
    private var tags: [JSONValue] {
        var (tags, known): ([JSONValue], Set<String>) = ([], [])
        for surface in self.mounted.map(\.surface) {
            let used = surface.endpoints.filter { !$0.isPage }.map(\.tag) + (surface.events.isEmpty ? [] : ["Webhooks"])
            for tag in surface.contract.guide.tags where used.contains(tag.name) && known.insert(tag.name).inserted {
                tags.append(["name": .string(tag.name), "description": .string(tag.summary)])
            }
            for tag in used where known.insert(tag).inserted { tags.append(["name": .string(tag)]) }
        }
        return tags
    }

    private var introduction: String {
        let surfaces = self.mounted.map(\.surface)
        guard self.isOfOne, let surface = surfaces.first else {
            return surfaces.map(\.contract.summary).joined(separator: " ")
        }
        let problem = JSON.text(of: surface.contract.body(for: surface.contract.problem(for: .missing)))
        return [surface.contract.summary, surface.contract.guide.introduction, Self.errors(problem)].filter {
            !$0.isEmpty
        }
        .joined(separator: "\n\n")
    }

    private static func errors(_ problem: String) -> String {
        """
        ## Errors

        Every error has a status of 400 or above, this form, and its code in the header `X-Souk-Problem`. Codes do not change; texts may.

        ```json
        \(problem)
        ```

        A field or a query name that an operation does not take is named in the header `Souk-Warning`. With `Prefer: handling=strict` it is refused.

        429 says with `Retry-After` when to come again; so does 503 where it is known. 500 and 503 may be tried again, with the same `Idempotency-Key` where the
        operation takes one.

        ## Limits

        Answers to a key say in `RateLimit-Policy` and `RateLimit` what its limit is, and what is left of it. Answers with an `ETag` may be asked for with
        `If-None-Match`. Send `Accept-Encoding: gzip` for long ones.
        """
    }

    /// `service.registered` is `ServiceRegistered`.
    private static func joined(_ type: String) -> String {
        type.bytewise.replacing("_", with: ".").bytewise.split(".").map { $0.prefix(1).uppercased() + $0.dropFirst() }
            .joined()
    }

    /// What a subscriber is sent (OpenAPI 3.1, webhooks).
    private static func webhook(_ event: WebhookEvent, _ surface: Surface) -> JSONValue {
        let (schema, example) = event.describe()
        let standard = [
            "Webhook-Id": "The delivery: the same for each of its attempts",
            "Webhook-Timestamp": "When it was sent, in seconds since 1970",
            "Webhook-Signature": "Standard Webhooks: `v1,` and the HMAC-SHA256 of id, timestamp and body in base64",
        ]
        let headers = standard.merging(event.headers) { $1 }.sorted { $0.key < $1.key }
        return [
            "operationId": .string("receive\(Self.joined(event.type))"),
            "summary": .string(event.summary),
            "tags": ["Webhooks"],
            "parameters": .array(
                headers.map { name, summary in
                    [
                        "name": .string(name), "in": "header", "required": true, "description": .string(summary),
                        "schema": ["type": "string"],
                    ]
                }
            ),
            "requestBody": [
                "required": true, "content": ["application/json": ["schema": schema, "example": example]],
            ],
            "responses": ["2XX": ["description": "Taken; every other answer is tried again"]],
        ]
    }
}

/// How keys are shown that have a header of their own.
private enum KeyScheme {
    static func name(_ header: HTTPField.Name) -> String { header.canonicalName }
}

/// A document as it is sent. It is written when it is first asked for: most servers start more often than anybody reads them.
package final class OpenAPIFile: Sendable {
    private let document: OpenAPIDocument
    private let edit: @Sendable (JSONValue) -> JSONValue
    private let kept = Mutex<(bytes: [UInt8], file: KeptText)?>(nil)

    /// - Parameter edit: what is made of the document: another edition of OpenAPI, another language.
    package init(_ document: OpenAPIDocument, edit: @escaping @Sendable (JSONValue) -> JSONValue = { $0 }) {
        (self.document, self.edit) = (document, edit)
    }

    package func text() throws -> [UInt8] { try self.written().bytes }

    package func response(to request: Request) throws -> Response { try self.written().file.response(to: request) }

    private func written() throws -> (bytes: [UInt8], file: KeptText) {
        try self.kept.withLock { kept in
            if let kept { return kept }
            let bytes = Array(try JSON.encode(self.edit(self.document.json)))
            let written = (bytes: bytes, file: KeptText(bytes, type: "application/json"))
            kept = written
            return written
        }
    }
}

/// One operation of the document.
struct OperationDocument {
    private let endpoint: Endpoint
    private let surface: Surface
    /// What errors are called among the schemas.
    private let problem: String
    /// What stands before its name, in a document of several surfaces.
    private let prefix: String

    init(_ endpoint: Endpoint, of surface: Surface, problem: String, prefix: String) {
        (self.endpoint, self.surface, self.problem, self.prefix) = (endpoint, surface, problem, prefix)
    }

    private var name: String {
        let name = OperationName.of(self.endpoint, in: self.surface.contract.guide)
        return self.prefix.isEmpty ? name : "\(self.prefix)\(name.prefix(1).uppercased())\(name.dropFirst())"
    }

    var json: JSONValue { self.operation(self.endpoint) }

    private func operation(_ endpoint: Endpoint) -> JSONValue {
        var operation: [String: JSONValue] = [
            "operationId": .string(self.name),
            "summary": .string(endpoint.summary),
            "description": .string(self.description(of: endpoint)),
            "tags": [.string(endpoint.tag)],
            "responses": .object(self.responses(endpoint)),
        ]
        let parameters = self.parameters(endpoint)
        if !parameters.isEmpty { operation["parameters"] = .array(parameters) }
        if endpoint.isDeprecated { operation["deprecated"] = true }
        let body = endpoint.inputs.filter { $0.place == .body }
        if let body = endpoint.body {
            operation["requestBody"] = Self.json(
                body.description.schema,
                isRequired: body.isRequired,
                example: body.example
            )
        } else if !body.isEmpty {
            operation["requestBody"] = self.requestBody(body, endpoint)
        }
        switch endpoint.access {
        case .open, .undecided(hasKey: false): operation["security"] = []
        case .optional, .undecided(hasKey: true): operation["security"] = [[:], ["key": []]]
        case .key(nil, _): operation["security"] = [["key": []]]
        case .key(let roles?, _):
            // One of these: OpenAPI 3.1 lists the roles that a requirement asks for.
            operation["security"] = .array(
                roles.sorted { $0.name < $1.name }.map { role in
                    let header = self.surface.contract.keyHeader(of: role)
                    return [header.map(KeyScheme.name) ?? "key": [.string(role.name)]]
                }
            )
        }
        return .object(operation)
    }

    private func parameters(_ endpoint: Endpoint) -> [JSONValue] {
        let declared = endpoint.inputs.filter { $0.place != .body }
        let names = Set(declared.map(\.name))
        // Every parameter of the path stands in the document, also those that a handler reads by itself.
        let undeclared = endpoint.path.bytewise.split("/").filter { $0.bytewise.starts(with: "{") }.map {
            $0.dropFirst().dropLast()
        }
        .filter { !names.contains(String($0)) }
        .map { FieldDescription(String($0), .path, isRequired: true, schema: ["type": "string"], summary: "") }
        return (undeclared + declared).map { field in
            [
                "name": .string(field.name), "in": .string(field.place.rawValue), "required": .bool(field.isRequired),
                "description": .string(field.summary), "schema": .object(field.schema),
            ]
        }
    }

    private func requestBody(_ fields: [FieldDescription], _ endpoint: Endpoint) -> JSONValue {
        let required = fields.contains(where: \.isRequired)
        let component = "\(self.name.prefix(1).uppercased())\(self.name.dropFirst())Request"
        let schema = Schema.of(fields).adding(SchemaName.mark, .string(component))
        return Self.json(schema, isRequired: required, example: Self.example(of: fields, endpoint))
    }

    private static func json(_ schema: JSONValue, isRequired: Bool, example: JSONValue? = nil) -> JSONValue {
        var content: [String: JSONValue] = ["schema": schema]
        content["example"] = example
        return ["required": .bool(isRequired), "content": ["application/json": .object(content)]]
    }

    /// What must be there, and what the answer's example has, too: as the answer has it where that is allowed.
    private static func example(of fields: [FieldDescription], _ endpoint: Endpoint) -> JSONValue {
        let answer = endpoint.answers.first?.content.example ?? .null
        var example: [String: JSONValue] = [:]
        for field in fields {
            let schema = JSONValue.object(field.schema)
            let shown = Self.find(field.name, in: answer, 0).flatMap { Schema.takes(schema, $0) ? $0 : nil }
            if let value = field.schema["example"] ?? shown {
                example[field.name] = value
            } else if field.isRequired {
                example[field.name] = Schema.sample(of: schema, named: field.name)
            }
        }
        return .object(example)
    }

    private static let searchedDepth = 3

    /// The member of the name, wherever it stands.
    private static func find(_ name: String, in value: JSONValue, _ depth: Int) -> JSONValue? {
        if let found = value[name] { return found == .null ? nil : found }
        guard depth < self.searchedDepth else { return nil }
        let parts = value.array ?? (value.object ?? [:]).sorted { $0.key < $1.key }.map(\.value)
        return parts.lazy.compactMap { self.find(name, in: $0, depth + 1) }.first
    }

    /// Who may do it, and what it refuses of itself.
    private func description(of endpoint: Endpoint) -> String {
        var lines: [String] = []
        switch endpoint.access {
        case .open: lines.append("No key is needed.")
        case .optional: lines.append("A key is optional.")
        case .undecided(let hasKey): lines.append(hasKey ? "A key may be needed." : "No key is needed.")
        case .key(nil, _): lines.append("Any key of this surface.")
        case .key(let roles?, _):
            lines.append("A key of the role \(roles.map(\.name).sorted().joined(separator: " or ")).")
        }
        let words = self.surface.contract.words
        if !endpoint.refusals.isEmpty {
            lines.append("")
            lines.append("Refusals of its own:")
            lines.append("")
            var known: Set<String> = []
            for problem in endpoint.refusals where known.insert(problem.code).inserted {
                let status = self.surface.contract.status(for: problem.kind).code
                lines.append("- \(status) `\(problem.code)`: \(words.message(problem))")
            }
        }
        return lines.joined(separator: "\n")
    }

    private func responses(_ endpoint: Endpoint) -> [String: JSONValue] {
        var responses: [String: JSONValue] = [:]
        let isLimited: Bool = if case .key = endpoint.access { true } else { false }
        for answer in endpoint.answers {
            let (example, schema) = answer.content
            var content: [String: JSONValue] = [:]
            content["schema"] = schema
            content["example"] = example
            var contents = [answer.mediaType: JSONValue.object(content)]
            for mediaType in answer.otherMediaTypes { contents[mediaType] = [:] }
            var headers = answer.headers
            if isLimited { headers.merge(Self.limitHeaders) { own, _ in own } }
            responses["\(answer.status.code)"] = [
                "description": .string(answer.summary), "content": .object(contents),
                "headers": Self.described(headers),
            ]
        }
        let schema: JSONValue =
            endpoint.passesAnswersOn ? [:] : ["$ref": .string("#/components/schemas/\(self.problem)")]
        let problem: JSONValue = ["application/json": ["schema": schema]]
        let isFree: Bool = if case .open = endpoint.access { true } else { false }
        let takesInput = !endpoint.inputs.isEmpty || endpoint.body != nil || endpoint.path.bytewise.contains("{")
        var kinds: [(Problem.Kind, String)] = [(.limited, "Rate limit exceeded"), (.internal, "Internal server error")]
        if takesInput {
            kinds += [
                (.invalid, "Invalid input"), (.malformed, "Missing or malformed input"), (.missing, "Missing input"),
                (.notFound, "Not found"),
            ]
        }
        if !isFree || endpoint.guardsSecrets {
            kinds += [(.unauthenticated, "Missing or invalid key"), (.forbidden, "Not allowed")]
        }
        if endpoint.body != nil || endpoint.inputs.contains(where: { $0.place == .body }) {
            kinds += [(.tooLarge, "Body too large")]
            if endpoint.body == nil, self.surface.contract.jsonBodies.refusesOtherTypes {
                kinds += [(.unsupportedMedia, "A body of another type")]
            }
        }
        kinds += [(.conflict, "Conflict"), (.unavailable, "Busy: try again")]
        let contract = self.surface.contract
        var refusals = endpoint.refusals
        if case .key(_?, let denial) = endpoint.access { refusals.append(denial(Role(name: ""))) }
        let own = Dictionary(grouping: refusals) { contract.status(for: $0.kind).code }
        kinds += refusals.map { ($0.kind, "Refused") }
        for (kind, summary) in kinds {
            let status = contract.status(for: kind).code
            guard responses["\(status)"] == nil else { continue }
            responses["\(status)"] = self.refusal(summary, own[status] ?? [], problem)
        }
        // An answer that the declaration words itself keeps its headers, and has its problems beside them.
        for answer in endpoint.answers {
            guard let problems = own[answer.status.code] else { continue }
            var refusal = self.refusal(answer.summary, problems, problem).object ?? [:]
            let declared = Self.described(answer.headers).object ?? [:]
            refusal["headers"] = .object((refusal["headers"]?.object ?? [:]).merging(declared) { $1 })
            responses["\(answer.status.code)"] = .object(refusal)
        }
        return responses
    }

    /// A status with the problems that the operation has of itself: the code that clients switch on, and its words.
    private func refusal(_ summary: String, _ problems: [Problem], _ content: JSONValue) -> JSONValue {
        let headers = Self.described(["X-Souk-Problem": "The problem's code, which does not change"])
        guard !problems.isEmpty else {
            return ["description": .string(summary), "content": content, "headers": headers]
        }
        let words = self.surface.contract.words
        let listed = problems.map { (code: $0.code, message: words.message($0)) }
        return [
            "description": .string("\(summary): " + listed.map { "`\($0.code)`" }.joined(separator: ", ")),
            "content": content,
            "headers": headers,
            "x-problems": .array(listed.map { ["code": .string($0.code), "message": .string($0.message)] }),
        ]
    }

    private static let limitHeaders = [
        "RateLimit": "What is left of the key's limit, and the seconds until it is whole again",
        "RateLimit-Policy": "The key's limit, and the seconds that it is for",
    ]

    private static func described(_ headers: [String: String]) -> JSONValue {
        .object(headers.mapValues { ["description": .string($0), "schema": ["type": "string"]] })
    }

}
