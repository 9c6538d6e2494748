/// A rule that a field can break, by its code: the sentence is made of it in every language.
package struct FieldRule: Sendable, Equatable {
    package let code: String
    /// What the sentence names: `low`, `high`, `limit`, `values`.
    package let arguments: [String: String]
    /// What the sentence calls the field, where the field's own name says too little: `service_name` of `name`.
    package let subject: String?

    package init(_ code: String, _ arguments: [String: String] = [:], of subject: String? = nil) {
        self.code = code
        self.arguments = arguments
        self.subject = subject
    }

    package static let required = FieldRule("required")

    package static func between(_ low: String, _ high: String) -> FieldRule {
        FieldRule("between", ["low": low, "high": high])
    }

    package static func oneOf(_ values: [String]) -> FieldRule {
        FieldRule("one_of", ["values": values.joined(separator: ", ")])
    }
}
