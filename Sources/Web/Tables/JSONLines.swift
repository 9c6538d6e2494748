import Kernel

/// Tables for programs: an object a line, its members named as the columns.
package enum JSONLines {
    /// Values are text as in CSV, so that both forms say the same.
    package static func line(_ columns: [String], _ values: [String]) -> String {
        let members = zip(columns, values).map { ($0, JSONValue.string($1)) }
        return JSON.text(of: .object(Dictionary(members) { first, _ in first })) + "\n"
    }

    /// The objects with the numbers of their lines; the first line is 1. Nil when a line is no object, or a member is neither a text nor a
    /// number.
    package static func objects(_ text: String) -> [(line: Int, members: [String: String])]? {
        var objects: [(line: Int, members: [String: String])] = []
        for (index, line) in text.bytewise.split("\n", keepsEmpty: true).enumerated() {
            let line = String(line).trimmed
            if line.isEmpty { continue }
            guard let object = (try? JSON.read(Array(line.utf8)))?.object else { return nil }
            var members: [String: String] = [:]
            for (name, value) in object where value != .null {
                guard let text = value.string ?? value.integer.map(String.init) else { return nil }
                members[name] = text
            }
            objects.append((index + 1, members))
        }
        return objects
    }
}
