import Kernel

/// Holds the arguments of a call against the tool's JSON Schema: types, required members, enumerations, bounds, items.
enum SchemaCheck {
    static let depthLimit = 16

    /// What is wrong, each with its place; empty where nothing is.
    static func faults(_ value: JSONValue, _ schema: JSONValue) -> [(path: String, fault: String)] {
        var faults: [(path: String, fault: String)] = []
        self.check(value, schema, "", 0, &faults)
        return faults
    }

    private static func check(
        _ value: JSONValue,
        _ schema: JSONValue,
        _ path: String,
        _ depth: Int,
        _ faults: inout [(path: String, fault: String)]
    ) {
        guard depth <= self.depthLimit else { return faults.append((path, "is nested too deep")) }
        if let types = self.types(schema), !types.contains(where: { self.has(value, $0) }) {
            return faults.append((path, "must be \(types.joined(separator: " or "))"))
        }
        if let values = schema["enum"]?.array, !values.contains(value) {
            let shown = values.map { $0.string ?? JSON.text(of: $0) }.joined(separator: ", ")
            faults.append((path, "must be one of \(shown)"))
        }
        self.checkBounds(value, schema, path, &faults)
        if let items = schema["items"], let array = value.array {
            for (index, item) in array.enumerated() { self.check(item, items, "\(path)[\(index)]", depth + 1, &faults) }
        }
        guard let members = value.object else { return }
        let properties = schema["properties"]?.object ?? [:]
        for name in schema["required"]?.array?.compactMap(\.string) ?? [] where members[name] == nil {
            faults.append((self.join(path, name), "is required"))
        }
        for (name, member) in members.sorted(by: { $0.key < $1.key }) {
            if let known = properties[name] {
                self.check(member, known, self.join(path, name), depth + 1, &faults)
            } else if schema["additionalProperties"] == false {
                faults.append((self.join(path, name), "is not known"))
            } else if let others = schema["additionalProperties"], others.object != nil {
                self.check(member, others, self.join(path, name), depth + 1, &faults)
            }
        }
    }

    private static func checkBounds(
        _ value: JSONValue,
        _ schema: JSONValue,
        _ path: String,
        _ faults: inout [(path: String, fault: String)]
    ) {
        if let number = value.number {
            if let least = schema["minimum"]?.number, number < least {
                faults.append((path, "must be at least \(least)"))
            }
            if let most = schema["maximum"]?.number, number > most { faults.append((path, "must be at most \(most)")) }
        }
        if let text = value.string {
            let count = Int64(text.unicodeScalars.count)
            if let least = schema["minLength"]?.integer, count < least { faults.append((path, "is too short")) }
            if let most = schema["maxLength"]?.integer, count > most { faults.append((path, "is too long")) }
        }
        if let array = value.array {
            if let least = schema["minItems"]?.integer, array.count < least {
                faults.append((path, "has too few items"))
            }
            if let most = schema["maxItems"]?.integer, array.count > most {
                faults.append((path, "has too many items"))
            }
        }
    }

    private static func types(_ schema: JSONValue) -> [String]? {
        schema["type"]?.string.map { [$0] } ?? schema["type"]?.array?.compactMap(\.string)
    }

    private static func has(_ value: JSONValue, _ type: String) -> Bool {
        switch type {
        case "string": value.string != nil
        case "integer": value.integer != nil || value.number.map { $0 == $0.rounded() } ?? false
        case "number": value.number != nil
        case "boolean": if case .bool = value { true } else { false }
        case "array": value.array != nil
        case "object": value.object != nil
        case "null": value == .null
        default: true
        }
    }

    private static func join(_ path: String, _ name: String) -> String { path.isEmpty ? name : "\(path).\(name)" }
}
