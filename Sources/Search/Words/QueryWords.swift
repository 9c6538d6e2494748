import Kernel

/// A word of a question, with everything that may stand for it in a record.
struct QueryWord {
    /// As it was asked.
    let shown: String
    var readings: [Reading]
    /// Only its beginning may have been typed.
    var canBeCut = false
    /// For a word that no record has.
    var canBeMisspelt = false

    /// Terms that a record must all have.
    struct Reading: Hashable {
        let terms: [String]
        let kind: SearchReason.Kind
    }

    /// The term of the word itself.
    var term: String { self.readings.first?.terms.first ?? self.shown }
}

/// Cuts a question into the words that a record should have.
enum QueryWords {
    /// Further words of a question are ignored, and so is what stands beyond so many characters.
    static let wordLimit = 32
    static let characterLimit = 4096

    static func of(_ text: String, synonyms: Synonyms) -> [QueryWord] {
        var question = text
        if text.utf8.count > Self.characterLimit {
            question = String(String.UnicodeScalarView(text.unicodeScalars.prefix(Self.characterLimit)))
        }
        let lexemes = Lexemes(StopWords.withoutVietnamese(question), limit: Self.wordLimit * 8)
        // A question that goes on after its last word has no word that is cut.
        let isCut =
            question.unicodeScalars.last.map { $0.properties.isAlphabetic || $0.properties.numericType != nil } ?? false
        var groups: [Tokens.Group] = []
        Tokens.forEachGroup(lexemes) { groups.append($0) }
        let hasOthers = groups.contains { Self.saysMore($0, lexemes) }
        var words: [QueryWord] = []
        var seen: Set<String> = []
        for (index, group) in groups.enumerated() {
            for var word in self.words(group, lexemes, dropsHiragana: hasOthers) where seen.insert(word.term).inserted {
                // A letter beside other words is one, and not the beginning of many.
                let isLetter = !words.isEmpty && word.shown.unicodeScalars.count == 1
                word.canBeCut = isCut && index == groups.count - 1 && word.canBeMisspelt && !isLetter
                words.append(word)
                if words.count == Self.wordLimit { return Self.expanded(words, synonyms) }
            }
        }
        return Self.expanded(words, synonyms)
    }

    /// Whether the group says something without its hiragana.
    private static func saysMore(_ group: Tokens.Group, _ lexemes: Lexemes) -> Bool {
        switch group {
        case .measure: true
        case .word(let range): !StopWords.contains(Self.characters(lexemes, range))
        case .unspaced(let range): lexemes[range].contains { !Script.isHiragana($0) }
        }
    }

    private static func characters(_ lexemes: Lexemes, _ range: Range<Int>) -> ArraySlice<UInt32> {
        let pieces = lexemes.pieces[range]
        guard let first = pieces.first, let last = pieces.last else { return [] }
        return lexemes[first.range.lowerBound..<last.range.upperBound]
    }

    private static func words(_ group: Tokens.Group, _ lexemes: Lexemes, dropsHiragana: Bool) -> [QueryWord] {
        switch group {
        case .measure(let number, let unit):
            let number = lexemes.text(number)
            let readings = [
                QueryWord.Reading(terms: [number + unit], kind: .exact),
                QueryWord.Reading(terms: [number, Tokens.term(unit)], kind: .joined),
            ]
            return [QueryWord(shown: number + unit, readings: readings)]
        case .unspaced(let range):
            return self.runs(lexemes[range]).flatMap { run in
                self.pairs(run, dropsHiragana: dropsHiragana).map {
                    QueryWord(shown: $0, readings: [.init(terms: [$0], kind: .exact)])
                }
            }
        case .word(let range): return self.word(lexemes, range).map { [$0] } ?? []
        }
    }

    private static func word(_ lexemes: Lexemes, _ range: Range<Int>) -> QueryWord? {
        var words: [Range<Int>] = []
        Tokens.forEachWord(lexemes, range) { words.append($0) }
        let shown = lexemes.text(lexemes.pieces[range])
        var readings: [QueryWord.Reading] = []
        func add(_ word: String) {
            readings.append(.init(terms: [Tokens.term(word)], kind: .exact))
            // Names are indexed as they are.
            if Tokens.term(word) != word { readings.append(.init(terms: [word], kind: .exact)) }
        }
        func add(all parts: [String]) {
            guard parts.count > 1, parts.count <= Self.partLimit else { return }
            readings.append(.init(terms: parts.map { Tokens.term($0) }, kind: .joined))
        }
        if words.count == 1 {
            if StopWords.contains(lexemes[words[0]]) { return nil }
            add(shown)
            add(all: lexemes.pieces[range].map { lexemes.text($0) })
        } else {
            if let code = Tokens.code(lexemes, range) { add(code) }
            let telling = words.filter { !StopWords.contains(lexemes[$0]) }
            let texts = telling.map { lexemes.text(Lexeme(kind: .word, gap: .none, range: $0)) }
            if texts.count == 1 { add(texts[0]) } else { add(all: texts) }
        }
        return readings.isEmpty ? nil : QueryWord(shown: shown, readings: readings, canBeMisspelt: true)
    }

    /// A code of more parts is found as a whole only.
    private static let partLimit = 8

    // MARK: Scripts without spaces

    /// What stands between the stop words.
    private static func runs(_ scalars: ArraySlice<UInt32>) -> [ArraySlice<UInt32>] {
        var runs: [ArraySlice<UInt32>] = []
        var start = scalars.startIndex
        var index = start
        while index < scalars.endIndex {
            let rest = scalars[index...]
            guard let stop = StopWords.unspaced.first(where: { rest.starts(with: $0) }),
                !Self.isPartOfWord(stop, before: index - start, after: rest.count - stop.count)
            else {
                index += 1
                continue
            }
            if start < index { runs.append(scalars[start..<index]) }
            index += stop.count
            start = index
        }
        if start < scalars.endIndex { runs.append(scalars[start...]) }
        return runs
    }

    /// A single Han character that leaves one alone beside it is part of a word: 京都, 目的.
    private static func isPartOfWord(_ stop: [UInt32], before: Int, after: Int) -> Bool {
        stop.count == 1 && stop[0] >= 0x4E00 && (before == 1 || before == 0 && after == 1)
    }

    /// The run's pairs, or its only character. Hiragana alone say little beside other words.
    private static func pairs(_ run: ArraySlice<UInt32>, dropsHiragana: Bool) -> [String] {
        let letters = Tokens.letters(run)
        let isHiragana = run.filter { Script($0) != .mark }.map(Script.isHiragana)
        guard letters.count > 1 else { return dropsHiragana && isHiragana.first == true ? [] : letters }
        return letters.indices.dropLast().compactMap { index in
            if dropsHiragana, index + 1 < isHiragana.count, isHiragana[index], isHiragana[index + 1] { return nil }
            return letters[index] + letters[index + 1]
        }
    }

    // MARK: Together

    /// Words that stand side by side may be written as one, and words that mean the same stand for each other.
    private static func expanded(_ words: [QueryWord], _ synonyms: Synonyms) -> [QueryWord] {
        var words = words
        let own = words
        for index in own.indices.dropLast() where own[index].canBeMisspelt && own[index + 1].canBeMisspelt {
            let joined = own[index].shown + own[index + 1].shown
            guard joined.utf8.count <= Lexemes.lengthLimit else { continue }
            for place in [index, index + 1] {
                words[place].readings.append(.init(terms: [Tokens.term(joined)], kind: .joined))
            }
        }
        for (range, terms) in synonyms.matches(own.map(\.term)) {
            for place in range { words[place].readings.append(.init(terms: terms, kind: .synonym)) }
        }
        return words
    }
}
