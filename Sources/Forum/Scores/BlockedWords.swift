import Kernel
import Storage

/// What the operator has blocked: words by language, and hosts.
struct BlockedWords: Sendable {
    /// Instead of a language.
    static let hosts = "host"

    struct Word: Sendable, Equatable {
        let language: String
        let text: String
    }

    let words: [Word]
    /// As they are looked for, without hosts: each with whether it stands in a script that has no blanks.
    private let folded: [(text: String, isJoined: Bool)]

    init(words: [Word]) {
        self.words = words
        self.folded = words.filter { $0.language != Self.hosts }.map { word in
            let plain = LookAlikes.plain(TextSketch.folded(word.text))
            let isJoined = plain.unicodeScalars.contains(where: WordTokens.isJoined)
            return (isJoined ? plain : " \(LookAlikes.separated(plain)) ", isJoined)
        }
    }

    /// How many of the words stand in a text: as whole words, or anywhere where a script has no blanks.
    func hits(in text: String) -> Int {
        guard !self.folded.isEmpty else { return 0 }
        let folded = LookAlikes.plain(TextSketch.folded(text))
        let tokens = " " + LookAlikes.separated(folded) + " "
        return self.folded.count { word in
            word.isJoined ? folded.bytewise.contains(word.text) : tokens.bytewise.contains(word.text)
        }
    }

    func has(host: String) -> Bool {
        self.words.contains { $0.language == Self.hosts && HostName.isWithin(host, $0.text) }
    }
}

/// Letters that stand for others.
enum LookAlikes {
    private static let pairs: [Unicode.Scalar: Unicode.Scalar] = [
        "а": "a", "е": "e", "о": "o", "р": "p", "с": "c", "у": "y", "х": "x", "і": "i", "ј": "j", "ѕ": "s", "һ": "h",
        "ԁ": "d", "к": "k", "м": "m", "н": "h", "т": "t", "в": "b", "α": "a", "ο": "o", "ρ": "p", "ν": "v", "τ": "t",
        "υ": "u", "ι": "i", "κ": "k", "ε": "e", "0": "o", "1": "i", "l": "i", "3": "e", "4": "a", "5": "s", "7": "t",
        "@": "a", "$": "s",
    ]

    static func plain(_ text: String) -> String {
        String(String.UnicodeScalarView(text.unicodeScalars.map { Self.pairs[$0] ?? $0 }))
    }

    /// Words with one blank between them.
    static func separated(_ text: String) -> String {
        text.unicodeScalars.split { !$0.properties.isAlphabetic && $0.properties.numericType == nil }.map {
            String(String.UnicodeScalarView($0))
        }.joined(separator: " ")
    }
}
