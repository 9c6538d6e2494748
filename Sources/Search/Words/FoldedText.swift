import Foundation

/// Text as searching sees it: without letter case, width, accents and signs such as ™. Hiragana stay as they are; the tokens fold them.
struct FoldedText {
    private(set) var scalars: [UInt32]

    init(_ text: String) {
        var text = text
        let isPlain: Bool? = text.withUTF8 { bytes in bytes.allSatisfy { $0 < 0x80 } }
        if isPlain == true {
            self.scalars = text.utf8.map { byte in UInt32(byte >= 65 && byte <= 90 ? byte + 32 : byte) }
            return
        }
        // Compatibility mapping would make letters of them, which join with the word before.
        let signs: Set<Unicode.Scalar> = ["\u{2122}", "\u{2120}", "\u{AE}", "\u{A9}", "\u{200B}", "\u{FEFF}", "\u{AD}"]
        var cleared = String.UnicodeScalarView()
        for scalar in text.unicodeScalars where !signs.contains(scalar) {
            cleared.append(Self.inches[scalar] ?? scalar)
        }
        let mapped = String(cleared).precomposedStringWithCompatibilityMapping.lowercased()
        var scalars: [UInt32] = []
        scalars.reserveCapacity(mapped.utf8.count)
        for scalar in mapped.unicodeScalars { Self.appendPlain(scalar, to: &scalars) }
        self.scalars = scalars
    }

    /// Marks for inches that mapping would take apart.
    private static let inches: [Unicode.Scalar: Unicode.Scalar] = [
        "\u{2033}": "\"", "\u{201D}": "\"", "\u{FF02}": "\"",
    ]

    private static func appendPlain(_ scalar: Unicode.Scalar, to scalars: inout [UInt32]) {
        switch scalar.value {
        case 0..<0x80, 0x2E80...0xD7FF: scalars.append(scalar.value)
        // These have no decomposition.
        case 0x111: scalars.append(0x64)
        case 0x142: scalars.append(0x6C)
        case 0xF8: scalars.append(0x6F)
        case 0xDF: scalars += [0x73, 0x73]
        default:
            if Script.isUnspaced(scalar.value) { return scalars.append(scalar.value) }
            for part in String(scalar).decomposedStringWithCanonicalMapping.unicodeScalars
            where part.properties.generalCategory != .nonspacingMark
                && part.properties.generalCategory != .enclosingMark
            {
                scalars.append(part.value)
            }
        }
    }
}

/// What a character is to a word.
enum Script {
    case letter, digit, unspaced, mark, other

    init(_ scalar: UInt32) {
        switch scalar {
        case 48...57: self = .digit
        case 97...122, 65...90: self = .letter
        case 0..<0x80: self = .other
        default: self = Self.beyondASCII(scalar)
        }
    }

    private static func beyondASCII(_ value: UInt32) -> Script {
        guard let scalar = Unicode.Scalar(value) else { return .other }
        switch scalar.properties.generalCategory {
        case .nonspacingMark, .enclosingMark, .spacingMark: return .mark
        case .uppercaseLetter, .lowercaseLetter, .titlecaseLetter, .modifierLetter, .otherLetter:
            return Self.isUnspaced(value) ? .unspaced : .letter
        case .decimalNumber, .letterNumber, .otherNumber: return Self.isUnspaced(value) ? .unspaced : .digit
        default: return .other
        }
    }

    /// Scripts that are written without spaces: Han, kana, Hangul, Thai, Lao, Burmese, Khmer.
    static func isUnspaced(_ value: UInt32) -> Bool {
        switch value {
        case 0x0E00...0x0EFF, 0x1000...0x109F, 0x1100...0x11FF, 0x1780...0x17FF, 0x2E80...0x9FFF, 0xAC00...0xD7FF,
            0xF900...0xFAFF, 0xFF66...0xFF9F, 0x20000...0x3FFFF:
            true
        default: false
        }
    }

    static func isHiragana(_ value: UInt32) -> Bool { (0x3041...0x3096).contains(value) }
}
