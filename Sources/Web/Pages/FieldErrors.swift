import Kernel

/// Puts what is wrong with a field at the field, with a summary of links above: `aria-invalid`, and the reason as the field's description.
///
/// Works on the page as it was rendered, so that no template has to name its fields' errors.
struct FieldErrors {
    private let problem: Problem
    private let words: Words
    private let language: Language

    /// Nil for a problem without fields.
    init?(_ problem: Problem?, _ words: Words, _ language: Language) {
        guard let problem, !problem.fields.isEmpty else { return nil }
        (self.problem, self.words, self.language) = (problem, words, language)
    }

    /// - Parameter action: the path that the form was sent to; of several forms it is the one that counts.
    func mark(_ page: Markup, action: String) -> Markup {
        var text = page.text
        var items: [Markup] = []
        for field in self.problem.fields {
            let name = field.path.bytewise.split(".").last.map(String.init) ?? field.path
            let sentence = self.words.describe(Problem(.invalid, "", fields: [field]), in: self.language) { _ in
                Self.label(of: name, action: action, in: text)
            }
            let id = Self.mark(name, sentence, action: action, in: &text)
            items.append(id.map { "<li><a href=\"#\($0)\">\(sentence)</a></li>" } ?? "<li>\(sentence)</li>")
        }
        if let start = text.bytewise.find("<p class=\"problem\" role=\"alert\">"),
            let end = text[start.upperBound...].bytewise.find("</p>")
        {
            let summary: Markup = "<div class=\"problem\" role=\"alert\"><ul>\(items)</ul></div>"
            text.replaceSubrange(start.lowerBound..<end.upperBound, with: summary.text)
        }
        return Markup(rendered: text)
    }

    /// What the page calls a field of the form.
    private static func label(of name: String, action: String, in text: String) -> String? {
        guard let form = text.bytewise.find("action=\"\(action)\"")?.upperBound else { return nil }
        let fields = text[form...].bytewise.cut(at: "</form>").before
        guard let label = fields.bytewise.find("<label for=\"\(name)\">")?.upperBound else { return nil }
        // Text alone, without references to characters.
        let title = fields[label...].bytewise.cut(at: "</label>").before
        return title.bytewise.contains(anyOf: "<&") ? nil : String(title)
    }

    /// The id of the field that is marked.
    private static func mark(_ name: String, _ sentence: String, action: String, in text: inout String) -> String? {
        guard let form = text.bytewise.find("action=\"\(action)\"")?.upperBound else { return nil }
        let formEnd = text[form...].bytewise.find("</form>")?.lowerBound ?? text.endIndex
        guard let found = text[form..<formEnd].bytewise.find(" name=\"\(name)\"") else { return nil }
        let head = text[..<found.lowerBound]
        // characters: a tag's own brackets
        guard let open = head.lastIndex(of: "<"), let close = text[found.upperBound...].firstIndex(of: ">") else {
            return nil
        }
        let tag = text[open...close]
        let kind = ["input", "select", "textarea"].first { tag.bytewise.starts(with: "<\($0)") }
        guard let kind, !tag.bytewise.contains("type=\"hidden\""), !tag.bytewise.contains("aria-invalid") else {
            return nil
        }
        var id = tag.bytewise.find(" id=\"").map { String(tag[$0.upperBound...].bytewise.cut(at: "\"").before) }
        let reason: Markup = "<span class=\"field-problem\" id=\"problem-\(name)\">\(sentence)</span>"
        let end =
            kind == "input"
            ? text.index(after: close)
            : text[close...].bytewise.find("</\(kind)>")?.upperBound ?? text.index(after: close)
        text.insert(contentsOf: reason.text, at: end)
        var marks = " aria-invalid=\"true\" aria-describedby=\"problem-\(name)\""
        if id == nil {
            id = "field-\(name)"
            marks += " id=\"field-\(name)\""
        }
        text.insert(contentsOf: marks, at: found.lowerBound)
        return id
    }
}
