import Kernel

/// Tables that a narrow window shows as cards, one for each row: each cell says which column it belongs to.
///
/// Works on the page as it was rendered, so that no template has to repeat its columns' titles.
enum StackedTables {
    /// Columns of text that fit into a narrow window.
    private static let fittingTexts = 2
    /// Columns that fit where all but the first are figures, which are compared from line to line.
    private static let fittingFigures = 3

    static func mark(_ page: Markup) -> Markup {
        var result = ""
        var rest = page.text[...]
        while let start = rest.bytewise.find("<table>"), let end = rest[start.upperBound...].bytewise.find("</table>") {
            let table = rest[start.lowerBound..<end.lowerBound]
            result += rest[..<start.lowerBound]
            result += self.stack(table) ?? String(table)
            rest = rest[end.lowerBound...]
        }
        return Markup(rendered: result + rest)
    }

    /// Nil for a table that fits, and stays one.
    private static func stack(_ table: Substring) -> String? {
        let columns = self.columns(of: table)
        let isFigures = columns.dropFirst().allSatisfy(\.isNumber)
        guard columns.count > (isFigures ? self.fittingFigures : self.fittingTexts) else { return nil }
        var column = 0
        return self.rewrite(table) { name, rest in
            // Some browsers forget what a table's parts are when they are shown as blocks.
            switch name {
            case "table": return " class=\"stacked\" role=\"table\""
            case "thead", "tbody": return " role=\"rowgroup\""
            case "tr":
                column = 0
                return " role=\"row\""
            case "th":
                column += 1
                return rest.bytewise.starts(with: " scope=\"col\"") ? " role=\"columnheader\"" : " role=\"rowheader\""
            case "td":
                column += 1
                let title = column <= columns.count ? columns[column - 1].title : ""
                let blank = self.isBlank(rest) ? " data-blank" : ""
                return " role=\"cell\"" + (title.isEmpty ? "" : " data-label=\"\(title)\"") + blank
            default: return ""
            }
        }
    }

    private static func columns(of table: Substring) -> [(title: String, isNumber: Bool)] {
        var columns: [(String, Bool)] = []
        var rest = table
        while let head = rest.bytewise.find("<th scope=\"col\"") {
            let (attributes, after) = rest[head.upperBound...].bytewise.cut(at: ">")
            let (title, next) = (after ?? "").bytewise.cut(at: "</th>")
            columns.append((self.text(of: title), attributes.bytewise.contains("number")))
            rest = next ?? ""
        }
        return columns
    }

    private static func text(of markup: Substring) -> String {
        markup.bytewise.split("<", keepsEmpty: true).enumerated().map { number, piece in
            number == 0 ? piece : piece.bytewise.cut(at: ">").after ?? ""
        }.joined()
    }

    /// Whether a cell shows nothing.
    private static func isBlank(_ rest: Substring) -> Bool {
        let content = (rest.bytewise.cut(at: ">").after ?? "").bytewise.cut(at: "</td>").before
        let shown = [
            "<form", "<input", "<select", "<textarea", "<button", "<progress", "<meter", "<img", "<svg", "<details",
        ]
        return self.text(of: content).trimmed.isEmpty && !shown.contains { content.bytewise.contains($0) }
    }

    /// - Parameter attributes: that a tag gets, by its name and what comes after it.
    private static func rewrite(_ table: Substring, _ attributes: (_ name: Substring, _ rest: Substring) -> String)
        -> String
    {
        var result = ""
        var rest = table
        while let start = rest.bytewise.find("<t") {
            let tag = rest[start.lowerBound...].dropFirst()
            let name = tag.bytewise.split(anyOf: " >", maxSplits: 1)[0]
            result += rest[..<name.endIndex]
            result += attributes(name, rest[name.endIndex...])
            rest = rest[name.endIndex...]
        }
        return result + rest
    }
}
