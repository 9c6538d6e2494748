package import Kernel

/// A document of OpenAPI 3.1 as hosts read it that know 3.0.3 alone.
///
/// What 3.0.3 cannot say is left out: webhooks, and the roles of a key. Its schemas have `nullable` where 3.1 has the type `null`.
package enum OpenAPI30 {
    package static func of(_ document: JSONValue) -> JSONValue {
        var result = self.converted(document).object ?? [:]
        result["openapi"] = "3.0.3"
        result["webhooks"] = nil
        return .object(result)
    }

    private static func converted(_ value: JSONValue) -> JSONValue {
        switch value {
        case .array(let values): .array(values.map(self.converted))
        case .object(let members):
            .object(
                Dictionary(uniqueKeysWithValues: members.map { name, member in (name, self.converted(name, member)) })
            )
        default: value
        }
    }

    private static func converted(_ name: String, _ member: JSONValue) -> JSONValue {
        switch name {
        case "example", "x-problems": member
        case "schema": self.schema(member)
        case "schemas": .object((member.object ?? [:]).mapValues(self.schema))
        case "security":
            .array(
                (member.array ?? []).reduce(into: []) { requirements, requirement in
                    // Scopes belong to OAuth there: whom a key must belong to is said by its scheme.
                    let plain = JSONValue.object((requirement.object ?? [:]).mapValues { _ in [] })
                    if !requirements.contains(plain) { requirements.append(plain) }
                }
            )
        default: self.converted(member)
        }
    }

    /// A schema, and those within it; examples, defaults and choices stay as they are.
    static func schema(_ value: JSONValue) -> JSONValue {
        guard var schema = value.object else { return value }
        if let types = schema["type"]?.array {
            // characters: members of a list, not of a text.
            let named = types.filter { $0 != "null" }
            if named.count < types.count { schema["nullable"] = true }
            schema["type"] = named.first
        }
        if let constant = schema.removeValue(forKey: "const") { schema["enum"] = [constant] }
        for list in ["anyOf", "oneOf"] {
            guard let choices = schema[list]?.array else { continue }
            let named = choices.filter { $0["type"] != "null" }
            if named.count < choices.count { schema["nullable"] = true }
            guard named.count == 1, named.count < choices.count else {
                schema[list] = .array(named.map(self.schema))
                continue
            }
            schema[list] = nil
            let only = self.schema(named[0]).object ?? [:]
            // A reference has no neighbours there.
            if only["$ref"] != nil { schema["allOf"] = [.object(only)] } else { schema.merge(only) { own, _ in own } }
        }
        for name in ["items", "additionalProperties", "not"] {
            if let inner = schema[name] { schema[name] = self.schema(inner) }
        }
        if let properties = schema["properties"]?.object {
            schema["properties"] = .object(properties.mapValues(self.schema))
        }
        if let all = schema["allOf"]?.array { schema["allOf"] = .array(all.map(self.schema)) }
        return .object(schema)
    }
}
