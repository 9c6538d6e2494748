package import Kernel
import Mustache

/// A part of a page, in Mustache. Values are escaped where the template says `{{value}}`.
package struct Template: Sendable {
    private let templates: [Language: MustacheTemplate]

    /// Ends the process when the text is no template: it is part of the program.
    ///
    /// - Parameter phrases: what `[[phrase]]` is in other languages than English.
    package init(_ text: String, _ phrases: Phrases = .none) {
        do {
            self.templates = Dictionary(
                uniqueKeysWithValues: try Language.allCases.map { language in
                    (language, try MustacheTemplate(string: phrases.translate(text, to: language)))
                }
            )
        } catch { preconditionFailure("\(error) in \(text)") }
    }

    package func render(_ values: [String: Any], in language: Language = .english) -> String {
        self.templates[language]?.render(values) ?? ""
    }
}

extension JSONValue {
    /// For templates: moments as people read them, and null, false and empty lists as nothing to show.
    package var shown: Any? {
        switch self {
        case .null: nil
        case .bool(let value): value
        case .integer(let value): "\(value)"
        case .number(let value): value == value.rounded() && abs(value) < 1e15 ? "\(Int64(value))" : "\(value)"
        case .string(let text): Self.moment(text) ?? text
        case .array(let values): values.compactMap(\.shown)
        case .object(let members): members.compactMapValues(\.shown)
        }
    }

    /// `2026-03-19T10:00:00.000000+00:00` to the second; nil for other text.
    private static func moment(_ text: String) -> String? {
        let bytes = Array(text.utf8)
        guard bytes.count == 32, bytes[10] == UInt8(ascii: "T"), text.hasSuffix("+00:00"), bytes[4] == UInt8(ascii: "-")
        else { return nil }
        return String(text.prefix(19)).replacing("T", with: " ")
    }
}
