import Foundation

/// A question against one snapshot: which terms stand for each word, and what each counts.
struct QueryPlan {
    /// A weight of one; scores are whole numbers, so that they are the same in whatever order they are added up.
    static let scale = 4096.0

    /// Words that some record has.
    let words: [PlannedWord]
    /// Whether every word of the question is among them.
    let isWhole: Bool
    let suggestion: SearchSuggestion?

    struct PlannedWord {
        let shown: String
        /// Which word of the question it is, from 0.
        let place: Int
        /// What the word itself counts at most, before the record's own weight.
        let weight: Int64
        let readings: [PlannedReading]
    }

    struct PlannedReading {
        let terms: [String]
        let kind: SearchReason.Kind
        let weight: Int64
        /// The terms in each segment.
        let entries: [[TermTable.Entry?]]
    }

    /// The sum of what all words count at most.
    let highest: Int64

    init(_ question: [QueryWord], _ kind: SearchKind, _ snapshot: SearchSnapshot) {
        let lexicon = Lexicon(snapshot, kind.ranking)
        var words: [PlannedWord] = []
        var replaced: [SearchSuggestion.Word] = []
        var (isWhole, isReplaced) = (true, false)
        var misspelt = 0
        for (place, word) in question.enumerated() {
            let known = lexicon.readings(word, findsNear: misspelt < Lexicon.misspeltLimit)
            if known.first?.reading.kind ?? .edit == .edit { misspelt += 1 }
            guard let most = known.map(\.documents).max() else {
                isWhole = false
                replaced.append(.init(text: word.shown, place: nil))
                continue
            }
            if known[0].reading.kind == .edit {
                isReplaced = true
                replaced.append(.init(text: known[0].reading.terms.joined(separator: " "), place: place))
            } else {
                replaced.append(.init(text: word.shown, place: nil))
            }
            // How rare the word itself is; what stands for it counts no more than that.
            let own = known.filter { $0.reading.kind == .exact || $0.reading.kind == .joined }.map(\.documents).max()
            let rarity = Self.rarity(own ?? most, of: snapshot.count)
            let readings = known.map { known in
                PlannedReading(
                    terms: known.reading.terms,
                    kind: known.reading.kind,
                    weight: max(1, Int64((rarity * known.factor * Self.scale).rounded())),
                    entries: known.entries
                )
            }
            let weight = readings.map(\.weight).max() ?? 1
            words.append(PlannedWord(shown: word.shown, place: place, weight: weight, readings: readings))
        }
        self.words = words
        self.isWhole = isWhole
        self.suggestion = isReplaced ? SearchSuggestion(words: replaced) : nil
        self.highest = words.reduce(0) { $0 + $1.weight * 255 }
    }

    /// The inverse document frequency as BM25 has it.
    static func rarity(_ documents: Int, of count: Int) -> Double {
        let (documents, count) = (Double(documents), Double(max(count, documents)))
        return log(1 + (count - documents + 0.5) / (documents + 0.5))
    }
}

/// The terms of all segments together.
struct Lexicon {
    /// Words of a beginning, and words that differ by edits, at most.
    static let prefixLimit = 50
    static let editLimit = 5
    /// Words of a question that no record has, for which near ones are looked up: each costs a walk through all words.
    static let misspeltLimit = 4

    private let snapshot: SearchSnapshot
    private let ranking: SearchRanking

    init(_ snapshot: SearchSnapshot, _ ranking: SearchRanking) {
        self.snapshot = snapshot
        self.ranking = ranking
    }

    struct Known {
        let reading: QueryWord.Reading
        let documents: Int
        let factor: Double
        /// The terms in each segment.
        let entries: [[TermTable.Entry?]]
    }

    /// What of the word's readings some record has; what is near to it when there is none.
    ///
    /// - Parameter findsNear: whether a word that no record has may be a misspelt one.
    func readings(_ word: QueryWord, findsNear: Bool = true) -> [Known] {
        var known: [Known] = []
        var seen: Set<[String]> = []
        for reading in word.readings where seen.insert(reading.terms).inserted {
            let entries = self.find(reading.terms)
            let documents = reading.terms.indices.map { self.documents(entries, $0) }.min() ?? 0
            guard documents > 0 else { continue }
            let factor = reading.kind == .synonym ? self.ranking.synonym : 1
            known.append(Known(reading: reading, documents: documents, factor: factor, entries: entries))
        }
        if word.canBeCut {
            for (term, documents) in self.terms(startingWith: word.shown) where seen.insert([term]).inserted {
                known.append(self.known(term, .prefix, documents, self.ranking.prefix))
            }
        }
        guard known.isEmpty, word.canBeMisspelt, findsNear else { return known }
        return self.near(word)
    }

    private func known(_ term: String, _ kind: SearchReason.Kind, _ documents: Int, _ factor: Double) -> Known {
        let reading = QueryWord.Reading(terms: [term], kind: kind)
        return Known(reading: reading, documents: documents, factor: factor, entries: self.find([term]))
    }

    private func find(_ terms: [String]) -> [[TermTable.Entry?]] {
        let terms = terms.map { Array($0.utf8) }
        return self.snapshot.views.map { view in terms.map { view.segment.terms.find($0) } }
    }

    private func documents(_ entries: [[TermTable.Entry?]], _ term: Int) -> Int {
        zip(self.snapshot.views, entries).reduce(0) { $0 + ($1.1[term].map($1.0.count) ?? 0) }
    }

    /// The most frequent words with the beginning, but not the beginning itself.
    private func terms(startingWith prefix: String) -> [(String, Int)] {
        var counts: [[UInt8]: Int] = [:]
        let beginning = Array(prefix.utf8)
        for view in self.snapshot.views {
            view.segment.terms.visit(startingWith: beginning) { entry in
                let documents = view.count(entry)
                if documents > 0, entry.term.count > beginning.count { counts[entry.term, default: 0] += documents }
                return true
            }
        }
        return Self.first(counts, Self.prefixLimit)
    }

    private static func first(_ counts: [[UInt8]: Int], _ limit: Int) -> [(String, Int)] {
        let sorted = counts.sorted { left, right in
            left.value != right.value ? left.value > right.value : TermTable.compare(left.key, right.key) < 0
        }
        return sorted.prefix(limit).map { (String(decoding: $0.key, as: UTF8.self), $0.value) }
    }

    /// The nearest words: one edit from five letters on, two from nine.
    private func near(_ word: QueryWord) -> [Known] {
        let spelling = Spelling(word)
        for edits in 1..<spelling.mostEdits + 1 {
            var (counts, judged): ([[UInt8]: Int], [[UInt8]: Bool]) = ([:], [:])
            for view in self.snapshot.views {
                view.segment.terms.visit(within: edits, of: spelling.bytes, cutting: spelling.longestEnding) { entry in
                    let documents = view.count(entry)
                    guard documents > 0 else { return }
                    let isNear = judged[entry.term] ?? spelling.isNear(entry.term, within: edits)
                    judged[entry.term] = isNear
                    if isNear { counts[entry.term, default: 0] += documents }
                }
            }
            guard !counts.isEmpty else { continue }
            let factor = edits == 1 ? self.ranking.oneEdit : self.ranking.twoEdits
            return Self.first(counts, Self.editLimit).map { term, documents in
                self.known(term, .edit, documents, factor)
            }
        }
        return []
    }
}
