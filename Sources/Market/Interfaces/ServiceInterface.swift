import Kernel
import Web

/// How a service is called: its operations with examples, and what its errors mean. Empty where the provider has said nothing.
struct ServiceInterface: Sendable, Equatable {
    static let operationLimit = 50
    static let parameterLimit = 30
    /// Of its JSON.
    static let byteLimit = 65_536

    var operations: [ServiceOperation] = []
    var notes = ""

    var isEmpty: Bool { self.operations.isEmpty && self.notes.isEmpty }

    func operation(named name: String) -> ServiceOperation? {
        self.operations.first { $0.name.bytewise.equals(name) }
    }

    /// The same with one operation more, or another in place of the one of its name.
    func putting(_ operation: ServiceOperation) -> ServiceInterface {
        var other = self
        if let index = other.operations.firstIndex(where: { $0.name.bytewise.equals(operation.name) }) {
            other.operations[index] = operation
        } else {
            other.operations.append(operation)
        }
        return other
    }
}

/// One kind of call of a service.
struct ServiceOperation: Sendable, Equatable {
    static let methods = ["GET", "POST", "PUT", "PATCH", "DELETE"]

    /// What it is called: one of the service's names.
    var name: String
    var method = "POST"
    /// Below the service, with its parameters in braces.
    var path = "/"
    var summary = ""
    var parameters: [ServiceParameter] = []
    /// Of the request's body; empty where it takes none.
    var contentType = ""
    var requestExample: JSONValue?
    var requestSchema: JSONValue?
    var responseExample: JSONValue?
    var responseSchema: JSONValue?

    var takesBody: Bool { !self.contentType.isEmpty }

    /// The path and query of a call as the examples have it.
    var target: String {
        var path = self.path
        var query: [String] = []
        for parameter in self.parameters {
            let value = HTML.percentEncode(parameter.exampleText)
            switch parameter.place {
            case .path: path = path.bytewise.replacing("{\(parameter.name)}", with: value)
            case .query where parameter.isRequired || parameter.example != nil:
                query.append("\(HTML.percentEncode(parameter.name))=\(value)")
            case .query, .header: break
            }
        }
        return query.isEmpty ? path : "\(path)?\(query.joined(separator: "&"))"
    }

    /// Headers of a call as the examples have them, beside its content type.
    var headers: [(name: String, value: String)] {
        self.parameters.filter { $0.place == .header && ($0.isRequired || $0.example != nil) }.map {
            ($0.name, $0.exampleText)
        }
    }

    /// The body of a call as the example has it; nil where there is none.
    var body: String? {
        guard self.takesBody else { return nil }
        return self.requestExample.map { $0.string ?? JSON.text(of: $0) } ?? (self.isJSON ? "{}" : "")
    }

    var isJSON: Bool {
        let type = String(self.contentType.lowercased().bytewise.cut(at: ";").before).trimmed
        return type == "application/json" || type.bytewise.ends(with: "+json")
    }

    /// What is wrong with a body before it is sent.
    func faults(of body: String) -> [SchemaCheck.Fault] {
        guard self.takesBody, self.isJSON, let schema = self.requestSchema else { return [] }
        guard let value: JSONValue = try? JSON.read(Array(body.utf8)) else {
            return [.init(path: "", rule: FieldRule("json"))]
        }
        return SchemaCheck.faults(value, schema)
    }
}

struct ServiceParameter: Sendable, Equatable {
    enum Place: String, Sendable, CaseIterable {
        case path, query, header
    }

    var name: String
    var place = Place.query
    var isRequired = false
    var summary = ""
    var example: JSONValue?
    var schema: JSONValue?

    var exampleText: String { self.example.map { $0.string ?? JSON.text(of: $0) } ?? "1" }
}

// MARK: As JSON

extension ServiceInterface {
    var json: JSONValue {
        ["operations": .array(self.operations.map(\.json)), "notes": .string(self.notes)]
    }

    /// As it is stored.
    init(stored text: String) {
        guard !text.isEmpty, let value: JSONValue = try? JSON.read(Array(text.utf8)) else { return }
        self.operations = value["operations"]?.array?.map { ServiceOperation(stored: $0) } ?? []
        self.notes = value["notes"]?.string ?? ""
    }

    /// For the database; empty for none.
    var stored: String { self.isEmpty ? "" : JSON.text(of: self.json) }
}

extension ServiceOperation {
    fileprivate var json: JSONValue {
        [
            "name": .string(self.name), "method": .string(self.method), "path": .string(self.path),
            "summary": .string(self.summary), "parameters": .array(self.parameters.map(\.json)),
            "content_type": .string(self.contentType), "request_example": self.requestExample ?? .null,
            "request_schema": self.requestSchema ?? .null, "response_example": self.responseExample ?? .null,
            "response_schema": self.responseSchema ?? .null,
        ]
    }

    fileprivate init(stored value: JSONValue) {
        let given = { (name: String) in value[name].flatMap { $0 == .null ? nil : $0 } }
        self.name = value["name"]?.string ?? ""
        self.method = value["method"]?.string ?? "POST"
        self.path = value["path"]?.string ?? "/"
        self.summary = value["summary"]?.string ?? ""
        self.parameters = value["parameters"]?.array?.map { ServiceParameter(stored: $0) } ?? []
        self.contentType = value["content_type"]?.string ?? ""
        (self.requestExample, self.requestSchema) = (given("request_example"), given("request_schema"))
        (self.responseExample, self.responseSchema) = (given("response_example"), given("response_schema"))
    }
}

extension ServiceParameter {
    fileprivate var json: JSONValue {
        [
            "name": .string(self.name), "in": .string(self.place.rawValue), "required": .bool(self.isRequired),
            "description": .string(self.summary), "example": self.example ?? .null, "schema": self.schema ?? .null,
        ]
    }

    fileprivate init(stored value: JSONValue) {
        let given = { (name: String) in value[name].flatMap { $0 == .null ? nil : $0 } }
        self.name = value["name"]?.string ?? ""
        self.place = value["in"]?.string.flatMap { Place(rawValue: $0) } ?? .query
        self.isRequired = value["required"] == true
        self.summary = value["description"]?.string ?? ""
        (self.example, self.schema) = (given("example"), given("schema"))
    }
}
