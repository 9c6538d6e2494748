import Mustache

/// A part of a page, in Mustache. Values are escaped where the template says `{{value}}`.
package struct Template: Sendable {
    private let template: MustacheTemplate

    /// Ends the process when the text is no template: it is part of the program.
    package init(_ text: String) {
        do { self.template = try MustacheTemplate(string: text) } catch { preconditionFailure("\(error) in \(text)") }
    }

    package func render(_ values: [String: Any]) -> String { self.template.render(values) }
}
