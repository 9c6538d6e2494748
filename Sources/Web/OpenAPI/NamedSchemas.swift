import Kernel

/// Takes schemas of types out of a document, each by its name, and leaves references.
struct NamedSchemas {
    private(set) var schemas: [String: JSONValue] = [:]
    /// Whose members are values, and not schemas.
    private static let values: Set<String> = ["example", "examples", "default", "enum", "const", "x-problems"]

    init(_ schemas: [String: JSONValue] = [:]) { self.schemas = schemas }

    mutating func hoist(_ value: JSONValue) -> JSONValue {
        switch value {
        case .array(let items): return .array(items.map { self.hoist($0) })
        case .object(var members):
            for (name, member) in members.sorted(by: { $0.key < $1.key }) where !Self.values.contains(name) {
                members[name] = name == "properties" ? self.hoistEach(member) : self.hoist(member)
            }
            guard let name = members.removeValue(forKey: SchemaName.mark)?.string else { return .object(members) }
            // What a member says of the type stays with the member.
            let summary = members.removeValue(forKey: "description")
            var reference: [String: JSONValue] = [
                "$ref": .string("#/components/schemas/\(self.put(.object(members), name))")
            ]
            reference["description"] = summary
            return .object(reference)
        default: return value
        }
    }

    /// Properties may be called whatever a schema's own members are.
    private mutating func hoistEach(_ properties: JSONValue) -> JSONValue {
        guard let members = properties.object else { return properties }
        var hoisted: [String: JSONValue] = [:]
        for (name, member) in members.sorted(by: { $0.key < $1.key }) { hoisted[name] = self.hoist(member) }
        return .object(hoisted)
    }

    /// The name under which it stands: two types of one name are told apart by a number.
    private mutating func put(_ schema: JSONValue, _ name: String) -> String {
        var (candidate, number) = (name, 2)
        while let known = self.schemas[candidate], known != schema {
            candidate = "\(name)\(number)"
            number += 1
        }
        self.schemas[candidate] = schema
        return candidate
    }
}
