/// HTML. Text that stands in it is escaped, whoever puts it there; only literals of this program and other markup are not.
package struct Markup: Sendable, Hashable, ExpressibleByStringInterpolation {
    package private(set) var text: String

    package static let empty: Markup = ""

    package init(stringLiteral value: String) { self.text = value }

    package init(stringInterpolation: StringInterpolation) { self.text = stringInterpolation.text }

    /// What a template or a renderer of this program has made.
    package init(rendered text: String) { self.text = text }

    package var isEmpty: Bool { self.text.isEmpty }

    package static func + (left: Markup, right: Markup) -> Markup { Markup(rendered: left.text + right.text) }

    package struct StringInterpolation: StringInterpolationProtocol {
        fileprivate var text = ""

        package init(literalCapacity: Int, interpolationCount _: Int) { self.text.reserveCapacity(literalCapacity) }

        package mutating func appendLiteral(_ literal: String) { self.text += literal }

        package mutating func appendInterpolation(_ text: some StringProtocol) { self.text += Self.escape(text) }

        package mutating func appendInterpolation(_ number: some BinaryInteger) { self.text += "\(number)" }

        package mutating func appendInterpolation(_ markup: Markup) { self.text += markup.text }

        /// What is nil leaves no trace.
        package mutating func appendInterpolation(_ markup: Markup?) { self.text += markup?.text ?? "" }

        package mutating func appendInterpolation(_ parts: [Markup]) {
            for part in parts { self.text += part.text }
        }

        private static func escape(_ text: some StringProtocol) -> String { Markup.escape(text) }
    }

    /// By bytes: a letter that joins with a `<` does not hide it.
    static func escape(_ text: some StringProtocol) -> String {
        let needsNothing = !text.utf8.contains { self.entity($0) != nil }
        if needsNothing { return String(text) }
        var bytes: [UInt8] = []
        bytes.reserveCapacity(text.utf8.count + 32)
        for byte in text.utf8 {
            if let entity = self.entity(byte) { bytes += entity.utf8 } else { bytes.append(byte) }
        }
        return String(decoding: bytes, as: UTF8.self)
    }

    private static func entity(_ byte: UInt8) -> String? {
        switch byte {
        case UInt8(ascii: "&"): "&amp;"
        case UInt8(ascii: "<"): "&lt;"
        case UInt8(ascii: ">"): "&gt;"
        case UInt8(ascii: "\""): "&quot;"
        case UInt8(ascii: "'"): "&#39;"
        default: nil
        }
    }
}
