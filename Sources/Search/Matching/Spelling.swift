/// A word as it was typed, perhaps with errors, against the terms of an index.
struct Spelling {
    /// From so many letters on a word may have an error, and two.
    static let oneEditLetters = 5
    static let twoEditsLetters = 9

    let bytes: [UInt8]
    let letters: Int
    private let isEnglish: Bool

    init(_ word: QueryWord) {
        let shown = Array(word.shown.utf8)
        // Only a plain word has a stem; what else there is stands in the index as it is.
        self.isEnglish = shown.allSatisfy { $0 >= 97 && $0 <= 122 }
        self.bytes = self.isEnglish ? shown : Array(word.term.utf8)
        self.letters = self.isEnglish ? shown.count : word.term.unicodeScalars.count
    }

    /// Edits at most.
    var mostEdits: Int { self.letters >= Self.twoEditsLetters ? 2 : self.letters >= Self.oneEditLetters ? 1 : 0 }

    /// What a stem may have lost.
    var longestEnding: Int { self.isEnglish ? EnglishStem.longestEnding : 0 }

    /// Whether the word becomes the term, or a form of it, by so many edits.
    func isNear(_ term: [UInt8], within edits: Int) -> Bool {
        (self.isEnglish ? EnglishStem.forms(of: term) : [term]).contains { form in
            guard abs(form.count - self.bytes.count) <= edits else { return false }
            var rows = EditRows(self.bytes, depth: form.count)
            for place in form.indices { rows.fill(place, form) }
            return rows.distance(form.count, cutting: 0) <= edits
        }
    }
}
