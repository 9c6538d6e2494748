/// Holds a value against a JSON Schema: types, required members, enumerations, bounds, items, and what several schemas say together.
package enum SchemaCheck {
    package static let depthLimit = 16

    /// One thing that is wrong, and where: empty for the value itself.
    package struct Fault: Sendable, Equatable {
        package let path: String
        package let rule: FieldRule

        package init(path: String, rule: FieldRule) { (self.path, self.rule) = (path, rule) }
    }

    /// What is wrong; empty where nothing is.
    package static func faults(_ value: JSONValue, _ schema: JSONValue) -> [Fault] {
        var faults: [Fault] = []
        self.check(value, schema, "", 0, &faults)
        return faults
    }

    private static func check(
        _ value: JSONValue,
        _ schema: JSONValue,
        _ path: String,
        _ depth: Int,
        _ faults: inout [Fault]
    ) {
        guard depth <= self.depthLimit else {
            return faults.append(Fault(path, "nested_at_most", ["limit": "\(self.depthLimit)"]))
        }
        // As OpenAPI 3.0 says that null is a value, too.
        if value == .null, schema["nullable"] == true { return }
        if let types = self.types(schema), !types.contains(where: { self.has(value, $0) }) {
            return faults.append(Fault(path, "type", ["types": types.joined(separator: " | ")]))
        }
        let values = schema["enum"]?.array ?? schema["const"].map { [$0] }
        if let values, !values.contains(value) {
            let shown = values.map { $0.string ?? JSON.text(of: $0) }.joined(separator: ", ")
            faults.append(Fault(path, "one_of", ["values": shown]))
        }
        self.checkBounds(value, schema, path, &faults)
        for part in schema["allOf"]?.array ?? [] { self.check(value, part, path, depth + 1, &faults) }
        if let choices = schema["anyOf"]?.array ?? schema["oneOf"]?.array {
            self.check(value, among: choices, path, depth, &faults)
        }
        if let items = schema["items"], let array = value.array {
            for (index, item) in array.enumerated() { self.check(item, items, "\(path)[\(index)]", depth + 1, &faults) }
        }
        if let members = value.object { self.check(members, schema, path, depth, &faults) }
    }

    private static func check(
        _ members: [String: JSONValue],
        _ schema: JSONValue,
        _ path: String,
        _ depth: Int,
        _ faults: inout [Fault]
    ) {
        let properties = schema["properties"]?.object ?? [:]
        for name in schema["required"]?.array?.compactMap(\.string) ?? [] where members[name] == nil {
            faults.append(Fault(self.join(path, name), "required"))
        }
        for (name, member) in members.sorted(by: { $0.key < $1.key }) {
            if let known = properties[name] {
                self.check(member, known, self.join(path, name), depth + 1, &faults)
            } else if schema["additionalProperties"] == false {
                faults.append(Fault(self.join(path, name), "not_known"))
            } else if let others = schema["additionalProperties"], others.object != nil {
                self.check(member, others, self.join(path, name), depth + 1, &faults)
            }
        }
    }

    /// Tells what the choice misses that comes nearest.
    private static func check(
        _ value: JSONValue,
        among choices: [JSONValue],
        _ path: String,
        _ depth: Int,
        _ faults: inout [Fault]
    ) {
        var nearest: [Fault]?
        for choice in choices {
            var found: [Fault] = []
            self.check(value, choice, path, depth + 1, &found)
            guard !found.isEmpty else { return }
            if found.count < nearest?.count ?? .max { nearest = found }
        }
        faults += nearest ?? []
    }

    private static func checkBounds(_ value: JSONValue, _ schema: JSONValue, _ path: String, _ faults: inout [Fault]) {
        if let number = value.number {
            if let least = schema["minimum"], let limit = least.number, number < limit {
                faults.append(Fault(path, "number_at_least", ["limit": JSON.text(of: least)]))
            }
            if let most = schema["maximum"], let limit = most.number, number > limit {
                faults.append(Fault(path, "number_at_most", ["limit": JSON.text(of: most)]))
            }
        }
        if let text = value.string {
            let count = Int64(text.unicodeScalars.count)
            if let least = schema["minLength"]?.integer, count < least {
                faults.append(Fault(path, "at_least", ["limit": "\(least)"]))
            }
            if let most = schema["maxLength"]?.integer, count > most {
                faults.append(Fault(path, "at_most", ["limit": "\(most)"]))
            }
        }
        if let array = value.array {
            if let least = schema["minItems"]?.integer, array.count < least {
                faults.append(Fault(path, "items_at_least", ["limit": "\(least)"]))
            }
            if let most = schema["maxItems"]?.integer, array.count > most {
                faults.append(Fault(path, "items_at_most", ["limit": "\(most)"]))
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

extension SchemaCheck.Fault {
    fileprivate init(_ path: String, _ code: String, _ arguments: [String: String] = [:]) {
        self.init(path: path, rule: FieldRule(code, arguments))
    }
}
