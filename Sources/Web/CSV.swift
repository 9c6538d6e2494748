package import Hummingbird
import NIOCore

/// Tables for spreadsheets, written page by page, so that their length does not matter.
package enum CSV {
    package static let pageSize = 1000

    /// - Parameters:
    ///   - name: of the file that a browser keeps, without its ending.
    ///   - hasByteOrderMark: by which spreadsheets know UTF-8.
    ///   - next: the lines after the cursor (nil at the beginning), and the cursor after them (nil at the end).
    package static func response<Cursor: Sendable>(
        name: String,
        columns: [String],
        hasByteOrderMark: Bool = false,
        next: @escaping @Sendable (Cursor?) async throws -> (lines: [[String]], cursor: Cursor?)
    ) -> Response {
        self.response(name: name) { (cursor: Cursor?) in
            let page = try await next(cursor)
            let head = cursor == nil ? (hasByteOrderMark ? "\u{FEFF}" : "") + self.line(columns) : ""
            return (head + page.lines.map(self.line).joined(), page.cursor)
        }
    }

    /// - Parameter next: the text after the cursor (nil at the beginning), and the cursor after it (nil at the end).
    package static func response<Cursor: Sendable>(
        name: String,
        next: @escaping @Sendable (Cursor?) async throws -> (text: String, cursor: Cursor?)
    ) -> Response {
        Response(
            status: .ok,
            headers: [
                .contentType: "text/csv; charset=utf-8", .cacheControl: "no-store",
                .contentDisposition: "attachment; filename=\"\(name).csv\"",
            ],
            body: ResponseBody { writer in
                var cursor: Cursor?
                repeat {
                    let page = try await next(cursor)
                    if !page.text.isEmpty { try await writer.write(ByteBuffer(string: page.text)) }
                    cursor = page.cursor
                } while cursor != nil
                try await writer.finish(nil)
            }
        )
    }

    /// Reads a table as RFC 4180 has it, with either end of lines.
    package static func rows(_ text: String) -> [[String]] {
        var rows: [[String]] = []
        var row: [String] = []
        var value = ""
        var isQuoted = false
        var characters = text.replacing("\r\n", with: "\n").makeIterator()
        var pending: Character?
        while let character = pending ?? characters.next() {
            pending = nil
            if isQuoted {
                guard character == "\"" else {
                    value.append(character)
                    continue
                }
                let next = characters.next()
                if next == "\"" { value.append("\"") } else { (isQuoted, pending) = (false, next) }
                continue
            }
            switch character {
            case "\"" where value.isEmpty: isQuoted = true
            case ",":
                row.append(value)
                value = ""
            case "\n", "\r":
                rows.append(row + [value])
                (row, value) = ([], "")
            default: value.append(character)
            }
        }
        if !row.isEmpty || !value.isEmpty { rows.append(row + [value]) }
        return rows
    }

    /// As RFC 4180 has it: quoted where the text would be misread. What a spreadsheet would take for a formula begins with an
    /// apostrophe.
    package static func line(_ values: [String]) -> String {
        values.map { value in
            let isFormula = value.first.map { "=+-@\t\r＝＋－＠".contains($0) } ?? false
            let safe = isFormula && Double(value) == nil ? "'\(value)" : value
            return safe.contains { ",\"\r\n".contains($0) } ? "\"\(safe.replacing("\"", with: "\"\""))\"" : safe
        }.joined(separator: ",") + "\r\n"
    }
}
