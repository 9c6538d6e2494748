import Foundation
import Kernel
import Platform
import Web

/// Reads what a provider says of its calls, and tells everything that is wrong with it.
struct InterfaceReader {
    private(set) var faults = Validation()

    /// - Parameter path: of the field that holds it.
    mutating func read(_ value: JSONValue, at path: String) -> ServiceInterface {
        var interface = ServiceInterface()
        self.require(value.object != nil, path, FieldRule("object"))
        self.refuseUnknown(value, ["operations", "notes"], path)
        interface.notes = self.text(value["notes"], "\(path).notes", atMost: 5000)
        let operations = self.list(value["operations"], "\(path).operations", atMost: ServiceInterface.operationLimit)
        for (index, operation) in operations.enumerated() {
            interface.operations.append(self.operation(operation, "\(path).operations[\(index)]"))
        }
        self.check(interface, path)
        return interface
    }

    /// What holds for the whole, wherever it comes from.
    mutating func check(_ interface: ServiceInterface, _ path: String) {
        let names = interface.operations.map(\.name)
        self.require(Set(names).count == names.count, "\(path).operations", FieldRule("operation_names"))
        let count = interface.operations.count
        let limit = ServiceInterface.operationLimit
        self.require(count <= limit, "\(path).operations", FieldRule("items_at_most", ["limit": "\(limit)"]))
        let bytes = FieldRule("at_most_bytes", ["limit": "\(ServiceInterface.byteLimit)"])
        self.require(interface.stored.utf8.count <= ServiceInterface.byteLimit, path, bytes)
    }

    mutating func require(_ holds: Bool, _ path: String, _ rule: FieldRule) {
        self.faults.require(holds, path, rule)
    }

    private mutating func operation(_ value: JSONValue, _ path: String) -> ServiceOperation {
        self.refuseUnknown(value, Self.operationMembers, path)
        var operation = ServiceOperation(name: "")
        operation.method = (Self.given(value["method"]).map { $0.string ?? "" } ?? "POST").uppercased()
        let methods = ServiceOperation.methods
        self.require(methods.contains(operation.method), "\(path).method", .oneOf(methods))
        operation.path = self.text(Self.given(value["path"]) ?? "/", "\(path).path", atMost: 500)
        self.require(Self.isPath(operation.path), "\(path).path", FieldRule("operation_path"))
        operation.name = self.text(value["name"], "\(path).name", atMost: 100)
        if operation.name.isEmpty { operation.name = "\(operation.method) \(operation.path)" }
        operation.summary = self.text(value["summary"], "\(path).summary", atMost: 500)
        let parameters = self.list(
            value["parameters"],
            "\(path).parameters",
            atMost: ServiceInterface.parameterLimit
        )
        for (index, parameter) in parameters.enumerated() {
            operation.parameters.append(self.parameter(parameter, "\(path).parameters[\(index)]"))
        }
        operation.requestExample = Self.given(value["request_example"])
        operation.requestSchema = self.schema(value["request_schema"], "\(path).request_schema")
        operation.responseExample = Self.given(value["response_example"])
        operation.responseSchema = self.schema(value["response_schema"], "\(path).response_schema")
        let hasBody = operation.requestExample != nil || operation.requestSchema != nil
        let usual: JSONValue? = hasBody ? "application/json" : nil
        operation.contentType = self.text(
            Self.given(value["content_type"]) ?? usual,
            "\(path).content_type",
            atMost: 100
        )
        self.require(
            operation.contentType.utf8.allSatisfy { (32..<127).contains($0) },
            "\(path).content_type",
            FieldRule("visible")
        )
        self.checkExamples(operation, path)
        return operation
    }

    /// What the document says of it. Names that must differ, and examples that must fit, are told by the answer alone.
    static let schema: [String: JSONValue] = {
        let (text, any): (JSONValue, JSONValue) = (["type": ["string", "null"], "maxLength": 500], [:])
        let schema: JSONValue = ["type": ["object", "null"]]
        let parameter: JSONValue = [
            "type": "object", "additionalProperties": false, "required": ["name"],
            "properties": [
                "name": ["type": "string", "minLength": 1, "maxLength": 100],
                "required": ["type": ["boolean", "null"]],
                "in": ["enum": .array(ServiceParameter.Place.allCases.map { .string($0.rawValue) } + [.null])],
                "description": text, "example": any, "schema": schema,
            ],
        ]
        let operation: JSONValue = [
            "type": "object", "additionalProperties": false,
            "properties": [
                "name": ["type": ["string", "null"], "maxLength": 100],
                "method": ["enum": .array(ServiceOperation.methods.map { .string($0) } + [.null])],
                "path": ["type": ["string", "null"], "pattern": "^/", "maxLength": 500], "summary": text,
                "parameters": [
                    "type": ["array", "null"], "items": parameter, "maxItems": .int(ServiceInterface.parameterLimit),
                ],
                "content_type": ["type": ["string", "null"], "pattern": "^[ -~]*$", "maxLength": 100],
                "request_example": any, "request_schema": schema, "response_example": any, "response_schema": schema,
            ],
        ]
        return [
            "additionalProperties": false,
            "properties": [
                "operations": [
                    "type": ["array", "null"], "items": operation, "maxItems": .int(ServiceInterface.operationLimit),
                ],
                "notes": ["type": ["string", "null"], "maxLength": 5000],
            ],
        ]
    }()

    private static let operationMembers: Set<String> = [
        "name", "method", "path", "summary", "parameters", "content_type", "request_example", "request_schema",
        "response_example", "response_schema",
    ]

    /// An example that its own schema refuses helps nobody.
    private mutating func checkExamples(_ operation: ServiceOperation, _ path: String) {
        for (member, example, schema) in [
            ("request_example", operation.requestExample, operation.requestSchema),
            ("response_example", operation.responseExample, operation.responseSchema),
        ] {
            guard let example, let schema else { continue }
            for fault in SchemaCheck.faults(example, schema) {
                let place = fault.path.isEmpty || fault.path.bytewise.starts(with: "[") ? fault.path : ".\(fault.path)"
                self.require(false, "\(path).\(member)\(place)", fault.rule)
            }
        }
    }

    private mutating func parameter(_ value: JSONValue, _ path: String) -> ServiceParameter {
        self.refuseUnknown(value, ["name", "in", "required", "description", "example", "schema"], path)
        let name = self.text(value["name"], "\(path).name", atMost: 100)
        self.require(!name.isEmpty, "\(path).name", .required)
        var parameter = ServiceParameter(name: name)
        let places = ServiceParameter.Place.allCases.map(\.rawValue)
        let place = Self.given(value["in"]).map { $0.string ?? "" } ?? "query"
        self.require(places.contains(place), "\(path).in", .oneOf(places))
        parameter.place = ServiceParameter.Place(rawValue: place) ?? .query
        if parameter.place == .header { self.require(Self.isHeader(name), "\(path).name", FieldRule("header_name")) }
        let required = Self.given(value["required"]) ?? false
        self.require(required == true || required == false, "\(path).required", FieldRule("boolean"))
        parameter.isRequired = required == true || parameter.place == .path
        parameter.summary = self.text(value["description"], "\(path).description", atMost: 500)
        parameter.example = Self.given(value["example"])
        parameter.schema = self.schema(value["schema"], "\(path).schema")
        return parameter
    }

    // MARK: Members

    private mutating func refuseUnknown(_ value: JSONValue, _ known: Set<String>, _ path: String) {
        for name in (value.object ?? [:]).keys.sorted() where !known.contains(name) {
            self.require(false, "\(path).\(name)", FieldRule("not_known"))
        }
    }

    private mutating func text(_ value: JSONValue?, _ path: String, atMost limit: Int) -> String {
        guard let value = Self.given(value) else { return "" }
        self.require(value.string != nil, path, FieldRule("string"))
        let text = (value.string ?? "").bytewise.replacing("\0", with: "")
        self.require(text.unicodeScalars.count <= limit, path, FieldRule("at_most", ["limit": "\(limit)"]))
        return text
    }

    private mutating func list(_ value: JSONValue?, _ path: String, atMost limit: Int) -> [JSONValue] {
        guard let value = Self.given(value) else { return [] }
        let items = value.array
        self.require(items?.allSatisfy { $0.object != nil } ?? false, path, FieldRule("objects"))
        self.require((items ?? []).count <= limit, path, FieldRule("items_at_most", ["limit": "\(limit)"]))
        return Array((items ?? []).prefix(limit))
    }

    private mutating func schema(_ value: JSONValue?, _ path: String) -> JSONValue? {
        guard let value = Self.given(value) else { return nil }
        self.require(value.object != nil, path, FieldRule("object"))
        return value
    }

    private static func given(_ value: JSONValue?) -> JSONValue? { value == .null ? nil : value }

    /// Begins with a slash, leads nowhere else, and is as it stands in an address.
    static func isPath(_ text: String) -> Bool {
        text.bytewise.starts(with: "/") && !text.bytewise.starts(with: "//") && !DotSegments.areIn(text)
            && text.utf8.allSatisfy { $0 > 32 && $0 < 127 && !Array("#\"<>\\^`|".utf8).contains($0) }
    }

    /// Headers that the market sets itself are not the caller's.
    static func isHeader(_ name: String) -> Bool {
        let own = [
            "authorization", "host", "content-length", "content-type", "connection", "transfer-encoding", "cookie",
        ]
        return !name.isEmpty && !own.contains(name.lowercased())
            && name.utf8.allSatisfy { byte in
                (48...57).contains(byte) || (65...90).contains(byte) || (97...122).contains(byte)
                    || Array("-_.".utf8).contains(byte)
            }
    }
}
