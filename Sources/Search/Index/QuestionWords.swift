/// A word of a question, and how many records have it.
package struct SearchWord: Sendable, Hashable {
    /// As it was asked.
    package let text: String
    /// Of the word itself, or of words that mean the same; where none has it, of the nearest ones.
    package let documents: Int
    /// Whether some record has the word itself, or one that means the same.
    package let isKnown: Bool
}

extension SearchIndex {
    /// The words of a question, in their order; ``SearchReason/place`` counts them.
    package func words(in text: String) -> [SearchWord] {
        let snapshot = self.snapshot
        let lexicon = Lexicon(snapshot, self.kind.ranking)
        var misspelt = 0
        return QueryWords.of(text, synonyms: self.rules).map { word in
            let readings = lexicon.readings(word, findsNear: misspelt < Lexicon.misspeltLimit)
            if readings.first?.reading.kind ?? .edit == .edit { misspelt += 1 }
            let own = readings.filter { $0.reading.kind != .prefix && $0.reading.kind != .edit }
            let documents = (own.isEmpty ? readings : own).map(\.documents).max() ?? 0
            return SearchWord(text: word.shown, documents: documents, isKnown: !own.isEmpty)
        }
    }
}
