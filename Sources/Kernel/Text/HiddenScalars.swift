/// Characters that no line of text should have: they end it, turn it round, or tell a terminal what to do.
package enum HiddenScalars {
    /// Control characters, line separators, and marks of direction.
    package static let ranges: [ClosedRange<UInt32>] = [
        0...0x1F, 0x7F...0x9F, 0x061C...0x061C, 0x200E...0x200F, 0x2028...0x2029, 0x202A...0x202E, 0x2066...0x2069,
    ]

    package static func has(_ scalar: Unicode.Scalar) -> Bool { self.ranges.contains { $0.contains(scalar.value) } }
}

extension StringProtocol {
    package var hasHiddenScalars: Bool { self.unicodeScalars.contains { HiddenScalars.has($0) } }

    /// With a replacement character for each of them, for a log or a terminal.
    package var inOneLine: String {
        guard self.hasHiddenScalars else { return String(self) }
        var text = String.UnicodeScalarView()
        for scalar in self.unicodeScalars { text.append(HiddenScalars.has(scalar) ? "\u{FFFD}" : scalar) }
        return String(text)
    }
}
