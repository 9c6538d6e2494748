import Kernel

/// Numbers in words, as people say prices: `two hundred and fifty`, `hai trăm`. Thousands and millions are factors behind them.
struct NumberWords {
    private let values: [String: Int64]
    private let hundred: String
    /// What stands for ten times the digit before it; empty where tens have words of their own.
    private let ten: String
    /// Says nothing between two parts.
    private let joint: Set<String>

    private static let english: NumberWords = {
        let small = """
            one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen nineteen
            """
        let tens = "twenty thirty forty fifty sixty seventy eighty ninety"
        var values: [String: Int64] = [:]
        for (index, word) in small.bytewise.split(" ").enumerated() { values[String(word)] = Int64(index) + 1 }
        for (index, word) in tens.bytewise.split(" ").enumerated() { values[String(word)] = Int64(index) * 10 + 20 }
        return NumberWords(values: values, hundred: "hundred", ten: "", joint: ["and"])
    }()

    private static let vietnamese: NumberWords = {
        var values: [String: Int64] = ["lam": 5, "tu": 4]
        for (index, word) in "mot hai ba bon nam sau bay tam chin".bytewise.split(" ").enumerated() {
            values[String(word)] = Int64(index) + 1
        }
        return NumberWords(values: values, hundred: "tram", ten: "muoi", joint: ["linh", "le"])
    }()

    /// Nil for languages whose numbers are characters.
    static func of(_ language: WordLanguage) -> NumberWords? {
        switch language {
        case .en: self.english
        case .vi: self.vietnamese
        default: nil
        }
    }

    /// The number that begins at a place of a folded text, and where it ends.
    func read(_ text: [UInt32], at place: Int) -> (number: Int64, end: Int)? {
        var (total, digit): (Int64, Int64) = (0, 0)
        var found: Int?
        var next = place
        while let (word, end) = self.word(text, at: next) {
            if let value = self.values[word], digit == 0 || digit >= 20 && value < 10 {
                digit += value
            } else if !self.ten.isEmpty, word == self.ten, digit < 10 {
                digit = max(digit, 1) * 10
            } else if word == self.hundred, total == 0, digit < 100 {
                (total, digit) = (max(digit, 1) * 100, 0)
            } else if found == nil, ["a", "an"].contains(word), self.word(text, at: end + 1)?.text == self.hundred {
                digit = 1
            } else if found != nil, self.joint.contains(word), let more = self.word(text, at: end + 1),
                self.values[more.text] != nil
            {
                next = end + 1
                continue
            } else {
                break
            }
            found = end
            guard end < text.count, [32, 0x2D].contains(text[end]) else { break }
            next = end + 1
        }
        return found.map { (total + digit, $0) }
    }

    private func word(_ text: [UInt32], at place: Int) -> (text: String, end: Int)? {
        guard place < text.count else { return nil }
        let letters = text[place...].prefix { (97...122).contains($0) }
        guard !letters.isEmpty, letters.count < 12 else { return nil }
        return (String(String.UnicodeScalarView(letters.compactMap { Unicode.Scalar($0) })), letters.endIndex)
    }
}
