import Kernel
import Mustache
import Synchronization

/// A part of a page, in Mustache. Every value is escaped, but for ``Markup`` where the template says `{{{value}}}`; any other
/// value there is shown as nothing.
package final class Template: Sendable {
    private let text: String
    private let words: Words
    private let parsed = Mutex<[Language: MustacheTemplate]>([:])

    /// - Parameter words: what `[[key]]` is in each language.
    package init(_ text: String, _ words: Words = HouseWords.all) {
        self.text = text
        self.words = words
    }

    package func render(_ values: [String: Any], in language: Language = .english) -> Markup {
        let template = self.parsed.withLock { parsed in
            if let known = parsed[language] { return known }
            let template = Self.parse(self.words.translate(self.text, to: language))
            parsed[language] = template
            return template
        }
        return Markup(rendered: template.render(values))
    }

    /// Ends the process when the text is no template: it is part of the program. The first page that shows it pays for this.
    private static func parse(_ text: String) -> MustacheTemplate {
        _ = self.isRegistered
        do { return try MustacheTemplate(string: self.pragma + self.guarding(text)) } catch {
            preconditionFailure("\(error) in \(text)")
        }
    }

    // MARK: Escaping

    /// The library escapes by characters, which letters that join with a `<` get past.
    private struct BytewiseHTML: MustacheContentType {
        func escapeText(_ text: String) -> String { Markup.escape(text) }
    }

    private static let pragma = "{{% CONTENT_TYPE:SoukHTML}}"

    private static let isRegistered: Bool = {
        MustacheContentTypes.register(BytewiseHTML(), named: "SoukHTML")
        return true
    }()

    /// Rewrites `{{{value}}}` as `{{{markup(value)}}}`, which renders only ``Markup``. There is no other way around escaping: `{{&` and
    /// other delimiters are refused.
    private static func guarding(_ text: String) -> String {
        precondition(!text.bytewise.contains("{{&") && !text.bytewise.contains("{{="), "escaped, or markup: \(text)")
        let pieces = text.bytewise.replacing("{{{", with: "\u{1}").bytewise.split("\u{1}", keepsEmpty: true)
        return pieces.dropFirst().reduce(into: String(pieces[0])) { result, piece in
            let (name, rest) = piece.bytewise.cut(at: "}}}")
            result += "{{{\(Markup.transform)(\(name))}}}\(rest ?? "")"
        }
    }
}

extension Markup: MustacheTransformable {
    fileprivate static let transform = "markup"

    /// The only value that answers to the name.
    package func transform(_ name: String) -> Any? { name == Self.transform ? self : nil }
}

extension Markup: MustacheCustomRenderable {
    package var renderText: String { self.text }
    /// An empty one is nothing to show.
    package var isNull: Bool { self.text.isEmpty }
}
