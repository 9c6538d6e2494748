import Hummingbird
import Kernel

/// Tables for programs: an object a line, its members named as the columns.
package enum JSONLines {
    /// Values are text as in CSV, so that both forms say the same.
    package static func line(_ columns: [String], _ values: [String]) -> String {
        let members = zip(columns, values).map { ($0, JSONValue.string($1)) }
        return JSON.text(of: .object(Dictionary(members) { first, _ in first })) + "\n"
    }

    /// The lines as a table whose first row names the columns. Nil when a line is no object, or a member neither text nor a number.
    package static func rows(_ text: String) -> [[String]]? {
        let lines = text.bytewise.list("\n")
        var objects: [[String: String]] = []
        for line in lines {
            guard let object = (try? JSON.read(Array(line.utf8)))?.object else { return nil }
            var values: [String: String] = [:]
            for (name, value) in object where value != .null {
                guard let text = value.string ?? value.integer.map(String.init) else { return nil }
                values[name] = text
            }
            objects.append(values)
        }
        let columns = Set(objects.flatMap(\.keys)).sorted()
        return [columns] + objects.map { object in columns.map { object[$0] ?? "" } }
    }
}

/// How a table leaves.
package enum TableFormat: String, CaseIterable, Sendable {
    /// For spreadsheets.
    case csv
    /// For programs.
    case jsonl

    var mediaType: String { self == .csv ? "text/csv; charset=utf-8" : "application/jsonl" }

    /// What a request asks for with `format`.
    ///
    /// Throws `invalid` for another one.
    package init(_ call: Call) throws {
        let asked = call.request.uri.queryParameters["format"].map(String.init) ?? Self.csv.rawValue
        guard let format = Self(rawValue: asked) else {
            var validation = Validation()
            validation.require(false, "format", .oneOf(Self.allCases.map(\.rawValue)))
            try validation.check()
            throw Problem(.invalid, "invalid")
        }
        self = format
    }

    /// The parameter of ``init(_:)``, for documents.
    package static let parameter = FieldDescription(
        "format",
        .query,
        isRequired: false,
        schema: ["type": "string", "enum": .strings(allCases.map(\.rawValue)), "default": "csv"],
        summary: "csv, or jsonl for an object a line"
    )
}
