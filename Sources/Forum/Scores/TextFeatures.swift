import Kernel

/// Figures of a text, which are made before the commit.
struct TextFeatures: Sendable {
    private static let leastTriples = 20
    private static let leastLetters = 20

    /// The share of word triples that came before.
    let repetition: Double
    /// Zero-width and bidirectional characters and the like, but for joiners within emoji and scripts that need them.
    let hiddenCount: Int
    let mentionCount: Int
    /// The share of capitals among letters that have two forms.
    let capitals: Double

    init(_ text: String) {
        let words = Self.words(of: text)
        self.repetition = Self.repetition(words)
        self.mentionCount = Self.mentionCount(words)
        var (hidden, large, cased) = (0, 0, 0)
        var previous: Unicode.Scalar?
        for scalar in text.unicodeScalars {
            if Self.isHidden(scalar, after: previous) { hidden += 1 }
            switch Self.letterCase(of: scalar) {
            case .capital: (large, cased) = (large + 1, cased + 1)
            case .small: cased += 1
            case nil: break
            }
            previous = scalar
        }
        self.hiddenCount = hidden
        self.capitals = cased < Self.leastLetters ? 0 : Double(large) / Double(cased)
    }

    static func mentionCount(_ text: String) -> Int { self.mentionCount(self.words(of: text)) }

    private static func words(of text: String) -> [Substring] {
        text.unicodeScalars.split {
            $0.value < 0x80 ? $0.value == 0x20 || (0x09...0x0D).contains($0.value) : $0.properties.isWhitespace
        }
        .map(Substring.init)
    }

    private static func mentionCount(_ words: [Substring]) -> Int {
        words.count { $0.utf8.first == UInt8(ascii: "@") && $0.utf8.count > 1 }
    }

    private static func repetition(_ words: [Substring]) -> Double {
        guard words.count >= Self.leastTriples + 2 else { return 0 }
        // A triple is three numbers of words.
        var numbers: [String: Int] = [:]
        let named = words.map { word in
            let text = word.lowercased()
            let number = numbers[text] ?? numbers.count
            numbers[text] = number
            return number
        }
        let triples = (0..<(named.count - 2)).map { [named[$0], named[$0 + 1], named[$0 + 2]] }
        return 1 - Double(Set(triples).count) / Double(triples.count)
    }

    private static func isHidden(_ scalar: Unicode.Scalar, after previous: Unicode.Scalar?) -> Bool {
        guard scalar.value >= 0x80, scalar.properties.generalCategory == .format else { return false }
        let isJoiner = scalar.value == 0x200C || scalar.value == 0x200D
        return !(isJoiner && (previous?.value ?? 0) > 0x590)
    }

    private enum LetterCase { case capital, small }

    private static func letterCase(of scalar: Unicode.Scalar) -> LetterCase? {
        switch scalar.value {
        case 0x41...0x5A: return .capital
        case 0x61...0x7A: return .small
        case ..<0x80: return nil
        default:
            let properties = scalar.properties
            return properties.isUppercase ? .capital : properties.isLowercase ? .small : nil
        }
    }
}
