package import Hummingbird
import Kernel
import NIOCore

/// Tables for spreadsheets, written page by page, so that their length does not matter.
package enum CSV {
    package static let pageSize = 1000

    /// - Parameters:
    ///   - name: of the file that a browser keeps, without its ending.
    ///   - format: CSV, or an object a line.
    ///   - hasByteOrderMark: by which spreadsheets know UTF-8.
    ///   - next: the lines after the cursor (nil at the beginning), and the cursor after them (nil at the end).
    package static func response<Cursor: Sendable>(
        name: String,
        columns: [String],
        format: TableFormat = .csv,
        hasByteOrderMark: Bool = false,
        next: @escaping @Sendable (Cursor?) async throws -> (lines: [[String]], cursor: Cursor?)
    ) -> Response {
        self.response(name: name, format: format) { (cursor: Cursor?) in
            let page = try await next(cursor)
            if format == .jsonl {
                return (page.lines.map { JSONLines.line(columns, $0) }.joined(), page.cursor)
            }
            let head = cursor == nil ? (hasByteOrderMark ? "\u{FEFF}" : "") + self.line(columns) : ""
            return (head + page.lines.map(self.line).joined(), page.cursor)
        }
    }

    /// - Parameter next: the text after the cursor (nil at the beginning), and the cursor after it (nil at the end).
    package static func response<Cursor: Sendable>(
        name: String,
        format: TableFormat = .csv,
        next: @escaping @Sendable (Cursor?) async throws -> (text: String, cursor: Cursor?)
    ) -> Response {
        Response(
            status: .ok,
            headers: [
                .contentType: format.mediaType, .cacheControl: "no-store",
                .contentDisposition: "attachment; filename=\"\(name).\(format.rawValue)\"",
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

    /// Reads a table as RFC 4180 has it, with any end of lines. Nil when a quote is never closed: the lines behind it would be one value.
    ///
    /// - Parameter delimiter: between values.
    package static func rows(_ text: String, delimiter: UInt8 = UInt8(ascii: ",")) -> [[String]]? {
        var reader = Reader(delimiter: delimiter)
        for byte in text.utf8 { reader.read(byte) }
        return reader.end()
    }

    /// Byte by byte: to Swift `"\r\n"` is one character, and a mark behind a quote makes another character of it.
    private struct Reader {
        let delimiter: UInt8
        private var rows: [[String]] = []
        private var row: [String] = []
        private var value: [UInt8] = []
        private var isQuoted = false
        /// A quote inside of quotes: the end of them, unless another one follows.
        private var hasEndedQuote = false
        private var isAfterReturn = false

        init(delimiter: UInt8) { self.delimiter = delimiter }

        mutating func read(_ byte: UInt8) {
            if self.isQuoted {
                if byte == .quote {
                    (self.isQuoted, self.hasEndedQuote) = (false, true)
                } else {
                    self.value.append(byte)
                }
                return
            }
            defer {
                self.hasEndedQuote = false
                self.isAfterReturn = byte == .carriageReturn
            }
            switch byte {
            case .quote where self.hasEndedQuote:
                self.value.append(byte)
                self.isQuoted = true
            case .quote where self.value.isEmpty: self.isQuoted = true
            case self.delimiter: self.endValue()
            case .lineFeed where self.isAfterReturn: break
            case .lineFeed, .carriageReturn: self.endRow()
            default: self.value.append(byte)
            }
        }

        private mutating func endValue() {
            self.row.append(String(decoding: self.value, as: UTF8.self))
            self.value.removeAll(keepingCapacity: true)
        }

        private mutating func endRow() {
            self.endValue()
            self.rows.append(self.row)
            self.row = []
        }

        mutating func end() -> [[String]]? {
            if self.isQuoted { return nil }
            if !self.row.isEmpty || !self.value.isEmpty { self.endRow() }
            return self.rows
        }
    }

    /// Writes a text as RFC 4180 requires, quoted if necessary. Text that a spreadsheet would take for a formula gets a leading apostrophe.
    package static func line(_ values: [String]) -> String {
        values.map { value in
            let safe = self.isFormula(value) ? "'\(value)" : value
            guard safe.bytewise.contains(anyOf: ",\"\r\n\t;") else { return safe }
            return "\"\(safe.bytewise.replacing("\"", with: "\"\""))\""
        }.joined(separator: ",") + "\r\n"
    }

    /// Whether a spreadsheet would take the text for a formula, judging by its first visible scalar. Numbers are not formulas.
    private static func isFormula(_ value: String) -> Bool {
        if let byte = value.utf8.first, byte == 9 || byte == .carriageReturn { return true }
        let first = value.unicodeScalars.first { !$0.isInvisible && $0.properties.generalCategory != .spaceSeparator }
        guard let first, "=+-@＝＋－＠".unicodeScalars.contains(first) else { return false }
        return !self.isNumber(value)
    }

    /// `-?digits(.digits)?`
    private static func isNumber(_ value: String) -> Bool {
        let digits = value.bytewise.dropping(prefix: "-") ?? value[...]
        let (whole, places) = digits.bytewise.cut(at: ".")
        return [whole, places ?? "0"].allSatisfy { part in
            !part.isEmpty && part.utf8.allSatisfy { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }
        }
    }
}
