import Hummingbird
import Kernel

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
        let asked = call.request.uri.fields["format"].map(String.init) ?? Self.csv.rawValue
        let format = Self(rawValue: asked)
        var validation = Validation()
        validation.require(format != nil, "format", .oneOf(Self.allCases.map(\.rawValue)))
        try validation.check()
        self = format ?? .csv
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
