import Foundation

/// Cuts text into the tokens that both engines index, so that both find the same.
///
/// Words are runs of letters and digits, in lower case, in their usual width and without accents; hiragana count as katakana. Scripts that are written without spaces (Han, kana,
/// Hangul, Thai) give every character and every pair of neighbours, so that one or two characters are found.
package enum SearchTokens {
    static let lengthLimit = 64

    /// The tokens of a document, in order, with repetitions.
    package static func document(_ text: String) -> [String] {
        self.runs(text).flatMap { run in run.isUnspaced ? self.grams(run.text, one: true) : [run.text] }
    }

    /// What a query must match: words by prefix, unspaced runs by their pairs (or their only character).
    package static func query(_ text: String) -> [Term] {
        self.runs(text).flatMap { run -> [Term] in
            guard run.isUnspaced else { return [Term(token: run.text, isPrefix: true)] }
            return self.grams(run.text, one: run.text.count == 1).map { Term(token: $0, isPrefix: false) }
        }
    }

    package struct Term: Hashable, Sendable {
        package let token: String
        package let isPrefix: Bool
    }

    private struct Run {
        var text: String
        let isUnspaced: Bool
    }

    /// By scalars, so that no letter that joins with a quote or an apostrophe brings it into a token: what is no letter, digit
    /// or mark of one ends the word.
    private static func runs(_ text: String) -> [Run] {
        var runs: [Run] = []
        var continues = false
        for scalar in Self.folded(text).unicodeScalars {
            switch scalar.properties.generalCategory {
            case .nonspacingMark, .enclosingMark:
                // The accents of scripts with spaces are left out; other scripts need their marks.
                if continues, let last = runs.last, last.isUnspaced, last.text.unicodeScalars.count < Self.lengthLimit {
                    runs[runs.count - 1].text.unicodeScalars.append(scalar)
                }
                continue
            case .spacingMark:
                if continues, runs[runs.count - 1].text.unicodeScalars.count < Self.lengthLimit {
                    runs[runs.count - 1].text.unicodeScalars.append(scalar)
                }
                continue
            case .uppercaseLetter, .lowercaseLetter, .titlecaseLetter, .modifierLetter, .otherLetter, .decimalNumber,
                .letterNumber, .otherNumber:
                break
            default:
                continues = false
                continue
            }
            let unspaced = Self.isUnspaced(scalar)
            let plain = unspaced || scalar.isASCII ? String(scalar) : Self.withoutAccents(scalar)
            if continues, let last = runs.last, last.isUnspaced == unspaced,
                last.text.unicodeScalars.count < Self.lengthLimit
            {
                runs[runs.count - 1].text += plain
            } else {
                runs.append(Run(text: plain, isUnspaced: unspaced))
            }
            continues = true
        }
        return runs
    }

    /// Without what writes the same word differently: letter case, full and half width, hiragana for katakana.
    private static func folded(_ text: String) -> String {
        let plain = text.precomposedStringWithCompatibilityMapping.lowercased()
        guard plain.unicodeScalars.contains(where: { (0x3041...0x3096).contains($0.value) }) else { return plain }
        var scalars = String.UnicodeScalarView()
        for scalar in plain.unicodeScalars {
            let isHiragana = (0x3041...0x3096).contains(scalar.value)
            scalars.append(isHiragana ? Unicode.Scalar(scalar.value + 0x60) ?? scalar : scalar)
        }
        return String(scalars)
    }

    private static func grams(_ text: String, one: Bool) -> [String] {
        let characters = Array(text)
        let pairs = zip(characters, characters.dropFirst()).map { "\($0)\($1)" }
        return one ? characters.map(String.init) + pairs : pairs
    }

    private static func withoutAccents(_ scalar: Unicode.Scalar) -> String {
        let plain = String(scalar).decomposedStringWithCanonicalMapping.unicodeScalars.filter {
            $0.properties.generalCategory != .nonspacingMark
        }
        return String(String.UnicodeScalarView(plain))
    }

    private static func isUnspaced(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.value {
        case 0x0E00...0x0EFF, 0x1000...0x109F, 0x1100...0x11FF, 0x1780...0x17FF, 0x2E80...0x9FFF, 0xAC00...0xD7FF,
            0xF900...0xFAFF, 0xFF66...0xFF9F, 0x20000...0x3FFFF:
            true
        default: false
        }
    }
}
