/// What an identifier names. The prefix stands before the identifier's text, so that a reader of a log knows what it is.
package protocol Identified {
    /// Empty for contracts whose identifiers are bare UUIDs.
    static var idPrefix: String { get }
}

/// An identifier of one kind of thing; sorts by the time at which it was made.
///
/// Identifiers of different kinds do not compare, so a service's id cannot be passed where a buyer's is wanted.
package struct ID<Entity>: Hashable, Comparable, Sendable, CustomStringConvertible {
    package let text: String

    /// Takes text from a client or a row as it is: an unknown identifier is *not found*, never malformed.
    package init(_ text: String) { self.text = text }

    package var description: String { self.text }

    package static func < (left: Self, right: Self) -> Bool { left.text < right.text }
}

extension ID: Codable {
    package init(from decoder: any Decoder) throws {
        self.init(try decoder.singleValueContainer().decode(String.self))
    }

    package func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(self.text)
    }
}

/// An identifier of one kind of thing that the database counts up: 1, 2, 3.
package struct NumericID<Entity>: Hashable, Comparable, Sendable, CustomStringConvertible, ExpressibleByIntegerLiteral {
    package let value: Int64

    package init(_ value: Int64) { self.value = value }
    package init(_ value: Int) { self.value = Int64(value) }
    package init(integerLiteral value: Int64) { self.value = value }
    package init?(_ text: some StringProtocol) {
        guard let value = Int64(text) else { return nil }
        self.value = value
    }

    package var description: String { "\(self.value)" }

    package static func < (left: Self, right: Self) -> Bool { left.value < right.value }
}

extension NumericID: Codable {
    package init(from decoder: any Decoder) throws {
        self.init(try decoder.singleValueContainer().decode(Int64.self))
    }

    package func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(self.value)
    }
}

/// Sixteen bytes in the layout of RFC 9562, version 7: 48 bits of milliseconds, then randomness.
package struct UUIDv7: Hashable, Sendable {
    package let high: UInt64
    package let low: UInt64

    /// - Parameters:
    ///   - milliseconds: since 1970; the upper 16 bits are dropped.
    ///   - sequence: 12 bits that keep identifiers of one millisecond in order.
    ///   - random: 62 bits are used.
    package init(milliseconds: UInt64, sequence: UInt16, random: UInt64) {
        self.high = milliseconds << 16 | 0x7000 | UInt64(sequence & 0x0FFF)
        self.low = 0x8000_0000_0000_0000 | random >> 2
    }

    /// The 32 hexadecimal digits without dashes.
    package var hex: String {
        String(unsafeUninitializedCapacity: 32) { buffer in
            for index in 0..<32 { buffer[index] = self.digit(index) }
            return 32
        }
    }

    /// The canonical text: lower-case hexadecimal in groups of 8, 4, 4, 4 and 12.
    package var text: String {
        String(unsafeUninitializedCapacity: 36) { buffer in
            var position = 0
            for index in 0..<32 {
                if index == 8 || index == 12 || index == 16 || index == 20 {
                    buffer[position] = UInt8(ascii: "-")
                    position += 1
                }
                buffer[position] = self.digit(index)
                position += 1
            }
            return 36
        }
    }

    private func digit(_ index: Int) -> UInt8 {
        let word = index < 16 ? self.high : self.low
        let nibble = UInt8(truncatingIfNeeded: word >> UInt64((15 - index % 16) * 4)) & 15
        return nibble < 10 ? 48 + nibble : 87 + nibble
    }
}
