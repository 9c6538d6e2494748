import HTTPTypes
import Kernel
import Platform

/// How keys are shown that have a header of their own.
enum KeyScheme {
    static func name(_ header: HTTPField.Name) -> String { header.canonicalName }
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
