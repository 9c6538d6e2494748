import Foundation
import Kernel

/// A statement with its bindings. `\(value)` binds; it never splices text.
package struct SQL: Sendable, ExpressibleByStringInterpolation {
    /// What stands in the source, in order; nil is a binding.
    private(set) var pieces: [String?]
    package private(set) var values: [SQLValue]

    package init(stringLiteral text: String) {
        self.pieces = [text]
        self.values = []
    }

    package init(stringInterpolation parts: StringInterpolation) {
        self.pieces = parts.pieces
        self.values = parts.values
    }

    /// Both engines read `$1 … $n`, so the text is the same on both.
    package var text: String {
        var text = ""
        text.reserveCapacity(self.pieces.count * 24)
        var number = 0
        for piece in self.pieces {
            if let piece {
                text += piece
            } else {
                number += 1
                text += "$\(number)"
            }
        }
        return text
    }

    /// Whether it only reads, by its first word.
    var isSelect: Bool {
        guard let first = self.pieces.first ?? nil else { return false }
        return first.bytewise.starts(with: "SELECT") || first.bytewise.starts(with: "PRAGMA data_version")
    }

    /// Whether the table's name stands anywhere in it.
    func mentions(_ table: StaticString) -> Bool {
        self.pieces.contains { piece in
            guard var piece else { return false }
            return piece.withUTF8 { text in
                var start = 0
                let (name, length) = (table.utf8Start, table.utf8CodeUnitCount)
                while text.count - start >= length,
                    let found = memchr(text.baseAddress! + start, Int32(name[0]), text.count - start)
                {
                    start = UnsafeRawPointer(found) - UnsafeRawPointer(text.baseAddress!)
                    if text.count - start >= length, memcmp(found, name, length) == 0 { return true }
                    start += 1
                }
                return false
            }
        }
    }

    var isCommit: Bool { self.pieces == ["COMMIT"] }

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
        fileprivate var pieces: [String?] = []
        fileprivate var values: [SQLValue] = []

        package init(literalCapacity _: Int, interpolationCount: Int) {
            self.pieces.reserveCapacity(interpolationCount * 2 + 1)
            self.values.reserveCapacity(interpolationCount)
        }

        package mutating func appendLiteral(_ literal: String) { if !literal.isEmpty { self.pieces.append(literal) } }

        package mutating func appendInterpolation(_ value: some SQLConvertible) { self.bind(value.sqlValue) }

        package mutating func appendInterpolation(_ value: (some SQLConvertible)?) {
            self.bind(value?.sqlValue ?? .null)
        }

        package mutating func appendInterpolation(raw text: StaticString) { self.pieces.append(text.description) }

        /// Takes a fragment over, with its bindings.
        package mutating func appendInterpolation(_ fragment: SQL) {
            self.pieces += fragment.pieces
            self.values += fragment.values
        }

        /// A list for `IN (…)`; an empty one matches nothing. Each length makes another statement: what requests can make long is limited
        /// where it is read.
        package mutating func appendInterpolation(list values: [some SQLConvertible]) {
            if values.isEmpty { self.pieces.append("NULL") }
            for (index, value) in values.enumerated() {
                if index > 0 { self.pieces.append(", ") }
                self.bind(value.sqlValue)
            }
        }

        private mutating func bind(_ value: SQLValue) {
            self.values.append(value)
            self.pieces.append(nil)
        }
    }
}

/// Finds a prepared statement again. Two statements from the same place in the source have the same strings, which are compared by their
/// addresses; so the text is not put together or read for each use.
struct StatementKey: Hashable {
    private let pieces: [String?]

    init(_ sql: SQL) { self.pieces = sql.pieces }

    /// Lengths suffice: a statement is rarely as long as another in each of its pieces.
    func hash(into hasher: inout Hasher) {
        hasher.combine(self.pieces.reduce(0) { sum, piece in sum &* 31 &+ (piece?.utf8.count ?? -1) })
    }
}
