import Kernel

/// What was found.
package struct SearchAnswer: Sendable {
    package var hits: [SearchHit] = []
    /// Of all matches, exactly.
    package var total = 0
    /// By column, the most frequent value first.
    package var facets: [String: [SearchFacet]] = [:]
    /// The question with its unknown words replaced by the nearest known ones; nil where none was replaced.
    package var suggestion: SearchSuggestion?
}

/// What may have been meant.
package struct SearchSuggestion: Sendable {
    struct Word {
        let text: String
        /// Which word of the question it is, from 0, where it was replaced.
        let place: Int?
    }

    let words: [Word]

    /// - Parameter reasons: why records were found, so that a replaced word is written as one of them writes it.
    package func text(_ reasons: some Sequence<SearchReason>) -> String {
        let edits = reasons.filter { $0.kind == .edit }
        return self.words.map { word in
            let reason = edits.first { $0.place == word.place && Tokens.term($0.found).bytewise.equals(word.text) }
            return reason?.found ?? word.text
        }.joined(separator: " ")
    }
}

package struct SearchHit: Sendable, Hashable {
    package let id: String
    /// Falls with the place; 0 where nothing was sought or something else sorts.
    package let score: Double
    package let cursor: SearchCursor
}

package struct SearchFacet: Sendable, Hashable {
    package let value: String
    package let count: Int
}

/// Why a record was found: one word in one field.
package struct SearchReason: Sendable, Hashable {
    package let field: String
    /// As it was asked.
    package let word: String
    /// Which word of the question it is, from 0.
    package let place: Int
    /// As it stands in the record.
    package let found: String
    package let kind: Kind
    /// Of the hit's score.
    package let contribution: Double

    package enum Kind: String, Sendable {
        case exact, stem, prefix, synonym, edit, joined
    }
}

extension [SearchReason] {
    /// The words of the question that a record has, in their order. In scripts without spaces, characters that stood side by side are
    /// one word.
    package var words: [String] {
        var words: [String] = []
        var last = -1
        for reason in self.sorted(by: { $0.place < $1.place }) where reason.place != last {
            let isNext = reason.place == last + 1
            last = reason.place
            if isNext, let before = words.last, let end = before.unicodeScalars.last, !end.isASCII,
                Script.isUnspaced(end.value), reason.word.unicodeScalars.first == end
            {
                words[words.count - 1] = before + reason.word.dropFirst()
            } else {
                words.append(reason.word)
            }
        }
        return words
    }
}
