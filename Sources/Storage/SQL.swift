import Kernel

/// A statement with its bindings. `\(value)` binds; it never splices text.
package struct SQL: Sendable, ExpressibleByStringInterpolation {
    package private(set) var text: String
    package private(set) var values: [SQLValue]

    package init(stringLiteral text: String) {
        self.text = text
        self.values = []
    }

    package init(stringInterpolation parts: StringInterpolation) {
        self.text = parts.text
        self.values = parts.values
    }

    /// Joins fragments: `conditions.joined(" AND ")`.
    package static func joined(_ fragments: [SQL], separator: StaticString) -> SQL {
        var parts = StringInterpolation(literalCapacity: 64, interpolationCount: fragments.count)
        for (index, fragment) in fragments.enumerated() {
            if index > 0 { parts.appendLiteral(separator.description) }
            parts.appendInterpolation(fragment)
        }
        return SQL(stringInterpolation: parts)
    }

    /// All of the conditions; without one, everything.
    package static func all(_ conditions: [SQL]) -> SQL {
        conditions.isEmpty ? "1 = 1" : self.joined(conditions, separator: " AND ")
    }

    package struct StringInterpolation: StringInterpolationProtocol {
        fileprivate var text = ""
        fileprivate var values: [SQLValue] = []

        package init(literalCapacity: Int, interpolationCount: Int) {
            self.text.reserveCapacity(literalCapacity + interpolationCount * 3)
            self.values.reserveCapacity(interpolationCount)
        }

        package mutating func appendLiteral(_ literal: String) { self.text += literal }

        /// Both engines read `$1 … $n`, so the rendered text is the same on both.
        package mutating func appendInterpolation(_ value: some SQLConvertible) { self.bind(value.sqlValue) }

        package mutating func appendInterpolation(_ value: (some SQLConvertible)?) {
            self.bind(value?.sqlValue ?? .null)
        }

        package mutating func appendInterpolation(raw text: StaticString) { self.text += text.description }

        /// Takes a fragment over, with its bindings renumbered.
        package mutating func appendInterpolation(_ fragment: SQL) {
            let base = self.values.count
            self.values += fragment.values
            guard base > 0, !fragment.values.isEmpty else {
                self.text += fragment.text
                return
            }
            var pieces = fragment.text.bytewise.split("$", keepsEmpty: true)[...]
            self.text += pieces.removeFirst()
            for piece in pieces {
                let digits = piece.prefix { $0.isNumber }
                self.text += "$\(base + Int(digits)!)" + piece.dropFirst(digits.count)
            }
        }

        /// A list for `IN (…)`; an empty one matches nothing. Each length makes another statement: what requests can make long is limited
        /// where it is read.
        package mutating func appendInterpolation(list values: [some SQLConvertible]) {
            if values.isEmpty { self.text += "NULL" }
            for (index, value) in values.enumerated() {
                if index > 0 { self.text += ", " }
                self.bind(value.sqlValue)
            }
        }

        private mutating func bind(_ value: SQLValue) {
            self.values.append(value)
            let number = self.values.count
            self.text += number < Self.placeholders.count ? Self.placeholders[number] : "$\(number)"
        }

        private static let placeholders = (0..<64).map { "$\($0)" }
    }
}
