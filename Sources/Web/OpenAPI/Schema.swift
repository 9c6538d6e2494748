package import Kernel

/// Derives a JSON Schema from an example: the example is then true by construction.
package enum Schema {
    /// - Parameter optional: members, at any depth, that may be null or missing.
    package static func of(_ example: JSONValue, optional: Set<String>) -> JSONValue {
        switch example {
        case .null: [:]
        case .bool: ["type": "boolean"]
        case .integer: ["type": "integer"]
        case .number, .decimal: ["type": "number"]
        case .string: ["type": "string"]
        case .array(let values):
            values.first.map { ["type": "array", "items": self.of($0, optional: optional)] } ?? ["type": "array"]
        case .object(let members): self.object(members, optional)
        }
    }

    /// The object that the fields make up.
    package static func of(_ fields: [FieldDescription]) -> JSONValue {
        var properties: [String: JSONValue] = [:]
        for field in fields {
            properties[field.name] = .object(field.schema.merging(["description": .string(field.summary)]) { $1 })
        }
        var schema: [String: JSONValue] = ["type": "object", "properties": .object(properties)]
        let required = fields.filter(\.isRequired).map(\.name)
        if !required.isEmpty { schema["required"] = .array(required.map { .string($0) }) }
        return .object(schema)
    }

    private static func object(_ members: [String: JSONValue], _ optional: Set<String>) -> JSONValue {
        // An empty example stands for any object.
        if members.isEmpty { return ["type": "object"] }
        var properties: [String: JSONValue] = [:]
        for (name, value) in members {
            let schema = self.of(value, optional: optional)
            properties[name] = optional.contains(name) ? ["anyOf": [schema, ["type": "null"]]] : schema
        }
        let required = members.keys.filter { !optional.contains($0) }.sorted()
        return [
            "type": "object", "properties": .object(properties), "required": .array(required.map { .string($0) }),
        ]
    }
}
