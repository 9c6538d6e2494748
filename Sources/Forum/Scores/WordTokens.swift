import Foundation
import Kernel

/// What the filter of words sees of a text: its words, each once.
enum WordTokens {
    private static let limit = 1000
    private static let lengths = 2...40

    private enum Kind {
        /// Han, kana, Hangul and Thai have no blanks between words.
        case joined
        case letter, digit, other
    }

    /// - Parameter links: addresses that the text leads to.
    static func of(_ text: String, links: [String]) -> [String] {
        let folded = text.precomposedStringWithCompatibilityMapping.lowercased()
        let scalars = Array(folded.unicodeScalars.filter { !HiddenText.isHidden($0) || $0.properties.isWhitespace })
        let hanPrefix = scalars.contains(where: Self.isKana) ? "ja:" : "zh:"
        var (tokens, seen): ([String], Set<String>) = ([], [])
        func add(_ token: String) {
            if tokens.count < Self.limit, seen.insert(token).inserted { tokens.append(token) }
        }
        var start = 0
        while start < scalars.count {
            let kind = Self.kind(of: scalars[start])
            var end = start + 1
            while end < scalars.count, Self.kind(of: scalars[end]) == kind { end += 1 }
            let run = scalars[start..<end]
            switch kind {
            case .letter: if Self.lengths.contains(run.count) { add(Self.text(run)) }
            case .digit: add("#\(run.count)")
            case .joined: for piece in Self.pairs(run) { add(Self.named(piece, hanPrefix)) }
            case .other: break
            }
            start = end
        }
        for host in links.compactMap({ HTTPSAddress.host(of: $0) }) { add("host:\(host)") }
        return tokens
    }

    private static func text(_ scalars: ArraySlice<Unicode.Scalar>) -> String {
        String(String.UnicodeScalarView(scalars))
    }

    /// Overlapping; a character that stands alone is one by itself.
    private static func pairs(_ run: ArraySlice<Unicode.Scalar>) -> [ArraySlice<Unicode.Scalar>] {
        guard run.count > 1 else { return [run] }
        return (run.startIndex..<(run.endIndex - 1)).map { run[$0...($0 + 1)] }
    }

    /// The same characters of two languages do not mix.
    private static func named(_ piece: ArraySlice<Unicode.Scalar>, _ hanPrefix: String) -> String {
        (piece.contains(where: Self.isHan) ? hanPrefix : "") + Self.text(piece)
    }

    private static func kind(of scalar: Unicode.Scalar) -> Kind {
        if Self.isJoined(scalar) { return .joined }
        switch scalar.properties.generalCategory {
        case .decimalNumber: return .digit
        case .lowercaseLetter, .uppercaseLetter, .titlecaseLetter, .modifierLetter, .otherLetter, .nonspacingMark,
            .spacingMark:
            return .letter
        default: return .other
        }
    }

    /// Whether its script has no blanks between words.
    static func isJoined(_ scalar: Unicode.Scalar) -> Bool {
        Self.isHan(scalar) || Self.isKana(scalar) || Self.isHangulOrThai(scalar)
    }

    private static func isHan(_ scalar: Unicode.Scalar) -> Bool {
        [0x3005...0x3007, 0x3400...0x4DBF, 0x4E00...0x9FFF, 0xF900...0xFAFF, 0x20000...0x323AF].contains {
            $0.contains(scalar.value)
        }
    }

    private static func isKana(_ scalar: Unicode.Scalar) -> Bool {
        (0x3040...0x30FF).contains(scalar.value) || (0x31F0...0x31FF).contains(scalar.value)
    }

    private static func isHangulOrThai(_ scalar: Unicode.Scalar) -> Bool {
        [0xAC00...0xD7A3, 0x1100...0x11FF, 0x0E00...0x0E7F].contains { $0.contains(scalar.value) }
    }
}
