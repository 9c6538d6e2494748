import Kernel

/// Small but real text analysis, for the demo provider: what it answers depends on nothing but the text.
package enum TextTools {
    /// The words that say the most: frequent ones that are not among English's most common.
    package static func keywords(_ text: String, limit: Int = 5) -> [(word: String, count: Int)] {
        let counts = self.words(text).filter { $0.count > 2 && !self.common.contains($0) }
            .reduce(into: [String: Int]()) { $0[$1, default: 0] += 1 }
        return counts.sorted { ($1.value, $0.key) < ($0.value, $1.key) }.prefix(limit).map { ($0.key, $0.value) }
    }

    /// The sentences with the most frequent words, in their own order.
    package static func summary(_ text: String, sentences limit: Int = 2) -> String {
        let weights = Dictionary(self.keywords(text, limit: 50).map { ($0.word, $0.count) }, uniquingKeysWith: +)
        let scored = self.sentences(text).enumerated().map { index, sentence in
            let words = self.words(sentence)
            let score = words.reduce(0) { $0 + (weights[$1] ?? 0) } * 1000 / max(8, words.count)
            return (index: index, sentence: sentence, score: score)
        }
        return scored.sorted { ($1.score, $0.index) < ($0.score, $1.index) }.prefix(limit)
            .sorted { $0.index < $1.index }.map(\.sentence).joined(separator: " ")
    }

    /// Counts, and the Flesch reading ease (100 is easy, 0 is hard), rounded down.
    package static func readability(_ text: String) -> (words: Int, sentences: Int, syllables: Int, readingEase: Int) {
        let words = self.words(text)
        let sentences = max(1, self.sentences(text).count)
        let syllables = words.reduce(0) { $0 + self.syllables($1) }
        let count = max(1, words.count)
        // 206.835 − 1.015 × words per sentence − 84.6 × syllables per word, in thousandths.
        let ease = 206_835 - 1015 * count / sentences - 84_600 * syllables / count
        return (words.count, sentences, syllables, ease / 1000)
    }

    private static func words(_ text: String) -> [String] {
        // characters: words of people
        text.lowercased().split { !$0.isLetter && $0 != "'" }.map(String.init)
    }

    private static func sentences(_ text: String) -> [String] {
        var sentences: [String] = []
        var current = ""
        for character in text {
            current.append(character)
            if ".!?。！？".contains(character) {
                sentences.append(current.trimmed)
                current = ""
            }
        }
        return (sentences + [current.trimmed]).filter { !$0.isEmpty }
    }

    /// Groups of vowels; a silent e at the end does not count.
    private static func syllables(_ word: String) -> Int {
        var count = 0
        var inVowels = false
        for letter in word {
            let isVowel = "aeiouy".contains(letter)
            if isVowel, !inVowels { count += 1 }
            inVowels = isVowel
        }
        if word.bytewise.ends(with: "e"), count > 1 { count -= 1 }
        return max(1, count)
    }

    private static let common: Set<String> = [
        "the", "and", "for", "that", "with", "this", "are", "was", "were", "from", "have", "has", "had", "not", "but",
        "you", "your",
        "they", "their", "its", "it's", "our", "his", "her", "she", "him", "who", "what", "which", "when", "where",
        "will", "would",
        "can", "could", "should", "been", "being", "into", "than", "then", "there", "these", "those", "such", "also",
        "more", "most",
        "some", "any", "all", "one", "two", "out", "over", "only", "other", "about", "because", "while", "does", "did",
        "how", "why",
    ]
}
