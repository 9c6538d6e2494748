/// Light stemming for English: the forms of a word meet, and words of other meanings seldom do. Only suffixes are cut, by fixed rules.
enum EnglishStem {
    private static let verbal: [StaticString] = [
        "ization", "isation", "izing", "ising", "ized", "ised", "izer", "iser", "ize", "ise",
    ]

    /// No plurals, whatever they end in.
    private static let singular: [StaticString] = ["news", "lens", "series", "species"]

    /// - Parameter word: lower case; whatever is no plain English word stays as it is. It is changed in place.
    /// - Returns: how many of its letters remain.
    static func shorten(_ word: UnsafeMutableBufferPointer<UInt8>, _ length: Int) -> Int {
        guard length >= 4, word[..<length].allSatisfy({ $0 >= 97 && $0 <= 122 }) else { return length }
        var count = Self.withoutPlural(word, length)
        func ends(_ suffix: StaticString) -> Bool { Self.ends(word, count, suffix) }
        if let suffix = Self.verbal.first(where: { count >= $0.utf8CodeUnitCount + 5 && ends($0) }) {
            return count - suffix.utf8CodeUnitCount
        }
        if count >= 8, ends("tion") { return count - 3 }
        count = Self.withoutVerbForm(word, count)
        if count >= 5, ends("ie") { word[count - 2] = UInt8(ascii: "y") }
        if count >= 4, ends("e") || ends("ye") { count -= 1 }
        if count >= 7, ends("y"), !Self.isVowel(word[count - 2]) { count -= 1 }
        return count
    }

    private static func ends(_ word: UnsafeMutableBufferPointer<UInt8>, _ count: Int, _ suffix: StaticString) -> Bool {
        let length = suffix.utf8CodeUnitCount
        guard count >= length else { return false }
        for index in 0..<length where word[count - length + index] != suffix.utf8Start[index] { return false }
        return true
    }

    private static func isVowel(_ letter: UInt8) -> Bool {
        switch letter {
        case 97, 101, 105, 111, 117, 121: true
        default: false
        }
    }

    private static func withoutPlural(_ word: UnsafeMutableBufferPointer<UInt8>, _ count: Int) -> Int {
        func ends(_ suffix: StaticString) -> Bool { Self.ends(word, count, suffix) }
        guard ends("s"), !Self.singular.contains(where: { count == $0.utf8CodeUnitCount && ends($0) }) else {
            return count
        }
        if count > 4, ends("ies") {
            word[count - 3] = UInt8(ascii: "y")
            return count - 2
        }
        if ends("sses") || ends("xes") || ends("ches") || ends("shes") || ends("zzes") { return count - 2 }
        return ends("ss") || ends("us") || ends("is") ? count : count - 1
    }

    /// Cuts `ing` and `ed`, when a word with a vowel remains.
    private static func withoutVerbForm(_ word: UnsafeMutableBufferPointer<UInt8>, _ count: Int) -> Int {
        let suffix: Int
        if Self.ends(word, count, "ing") {
            suffix = 3
        } else if Self.ends(word, count, "ed"), !Self.ends(word, count, "eed") {
            suffix = 2
        } else {
            return count
        }
        let rest = count - suffix
        guard rest >= 3, word[..<rest].contains(where: Self.isVowel) else { return count }
        // `shopping`, but not `selling`.
        let isDoubled = word[rest - 1] == word[rest - 2]
        switch word[rest - 1] {
        case UInt8(ascii: "b"), UInt8(ascii: "d"), UInt8(ascii: "g"), UInt8(ascii: "m"), UInt8(ascii: "n"),
            UInt8(ascii: "p"),
            UInt8(ascii: "r"), UInt8(ascii: "t"):
            return isDoubled ? rest - 1 : rest
        default: return rest
        }
    }

    // MARK: Back from a stem

    private static let endings: [StaticString] =
        verbal + ["s", "es", "e", "y", "ies", "ed", "ing", "ion", "ions", "izes", "ises"]

    /// No form is longer than its stem by more.
    static let longestEnding = 7

    /// The words of which this may be the stem, the stem among them.
    static func forms(of stem: [UInt8]) -> [[UInt8]] {
        guard let last = stem.last, stem.allSatisfy({ $0 >= 97 && $0 <= 122 }) else { return [stem] }
        var forms = Self.endings.map { ending in
            stem + UnsafeBufferPointer(start: ending.utf8Start, count: ending.utf8CodeUnitCount)
        }
        forms += [stem + [last] + Array("ing".utf8), stem + [last] + Array("ed".utf8)]
        return [stem]
            + forms.filter { form in
                var word = form
                return word.withUnsafeMutableBufferPointer { buffer in
                    let count = Self.shorten(buffer, buffer.count)
                    return count == stem.count && buffer.prefix(count).elementsEqual(stem)
                }
            }
    }
}
