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
            schemas["\(mounted.surface.name)_problem"] = Schema.of(problem, optional: [])
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
                item[endpoint.method.rawValue.lowercased()] = OperationDocument(endpoint, of: mounted.surface).json
                paths[path] = .object(item)
            }
        }
        return [
            "openapi": "3.1.0",
            "info": [
                "title": .string(self.title), "version": .string(self.mounted.first?.surface.contract.version ?? "1"),
                "description": .string(self.mounted.map(\.surface.contract.summary).joined(separator: " ")),
            ],
            "servers": [["url": .string(self.server)]],
            "paths": .object(paths),
            "webhooks": .object(webhooks),
            "components": [
                "securitySchemes": .object(schemes),
                "schemas": .object(schemas),
            ],
        ]
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
            "operationId": .string("\(surface.name)_webhook_\(event.type.bytewise.replacing(".", with: "_"))"),
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
    private let bytes = Mutex<[UInt8]?>(nil)

    /// - Parameter edit: what is made of the document: another edition of OpenAPI, another language.
    package init(_ document: OpenAPIDocument, edit: @escaping @Sendable (JSONValue) -> JSONValue = { $0 }) {
        (self.document, self.edit) = (document, edit)
    }

    package func text() throws -> [UInt8] {
        try self.bytes.withLock { bytes in
            let written = try bytes ?? Array(JSON.encode(self.edit(self.document.json)))
            bytes = written
            return written
        }
    }

    package func response() throws -> Response {
        Response(status: .ok, jsonBytes: ByteBuffer(bytes: try self.text()))
    }
}

/// One operation of the document.
struct OperationDocument {
    private let endpoint: Endpoint
    private let surface: Surface

    init(_ endpoint: Endpoint, of surface: Surface) {
        self.endpoint = endpoint
        self.surface = surface
    }

    var json: JSONValue { self.operation(self.endpoint) }

    private func operation(_ endpoint: Endpoint) -> JSONValue {
        var operation: [String: JSONValue] = [
            "operationId": .string(self.operationID(endpoint)),
            "summary": .string(endpoint.summary),
            "tags": [.string(endpoint.tag)],
            "responses": .object(self.responses(endpoint)),
        ]
        let parameters = self.parameters(endpoint)
        if !parameters.isEmpty { operation["parameters"] = .array(parameters) }
        if endpoint.isDeprecated { operation["deprecated"] = true }
        let body = endpoint.inputs.filter { $0.place == .body }
        if let body = endpoint.body {
            operation["requestBody"] = Self.json(body.description.schema, isRequired: true)
        } else if !body.isEmpty {
            operation["requestBody"] = self.requestBody(body)
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

    private func requestBody(_ fields: [FieldDescription]) -> JSONValue {
        let required = fields.contains(where: \.isRequired)
        return Self.json(Schema.of(fields), isRequired: required)
    }

    private static func json(_ schema: JSONValue, isRequired: Bool) -> JSONValue {
        ["required": .bool(isRequired), "content": ["application/json": ["schema": schema]]]
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
        let problem: JSONValue = [
            "application/json": ["schema": ["$ref": .string("#/components/schemas/\(self.surface.name)_problem")]]
        ]
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

    private func operationID(_ endpoint: Endpoint) -> String {
        // characters: an endpoint's own path
        let words = endpoint.path.bytewise.split("/").map { $0.filter { $0.isLetter || $0.isNumber || $0 == "_" } }
        return ([self.surface.name, endpoint.method.rawValue.lowercased()] + words).joined(separator: "_")
    }
}
