/// What a record with all words gains when they stand together.
struct TogetherBonus {
    private let segment: Segment
    /// The terms that stand for a word of the question, and which word.
    private let terms: [(rank: Int, word: Int)]
    private let wordCount: Int
    private let sameField: Int64
    /// By word: what it gains with the next one beside it.
    private let neighbours: [Int64]
    /// All of it.
    let highest: Int64

    init(_ plan: QueryPlan, _ kind: SearchKind, _ matches: SegmentMatches) {
        let segment = matches.view.segment
        self.segment = segment
        var terms: [(rank: Int, word: Int)] = []
        if plan.words.count > 1, matches.whole > 0 {
            for (index, word) in plan.words.enumerated() {
                for reading in word.readings where reading.terms.count == 1 {
                    guard let rank = reading.entries[matches.place][0].map(segment.rank) else { continue }
                    if !terms.contains(where: { $0.rank == rank }) { terms.append((rank, index)) }
                }
            }
        }
        self.terms = terms
        self.wordCount = plan.words.count
        self.sameField = plan.words.count > 1 ? Int64((Double(plan.highest) * kind.ranking.sameField).rounded()) : 0
        self.neighbours = plan.words.indices.dropLast().map { index in
            let both = plan.words[index].weight + plan.words[index + 1].weight
            return Int64((Double(both * 255) * kind.ranking.neighbours).rounded())
        }
        self.highest = self.sameField + self.neighbours.reduce(0, +)
    }

    func of(_ document: Int) -> Int64 {
        var (field, inField, paired): (Int, UInt64, UInt64) = (-1, 0, 0)
        var before = -1
        var isTogether = false
        let whole: UInt64 = (1 << UInt64(self.wordCount)) - 1
        self.terms.withUnsafeBufferPointer { terms in
            self.segment.forEachRank(of: document) { next, rank, isExtra in
                guard let next else { return }
                if next != field { (field, inField, before) = (next, 0, -1) }
                var word = -1
                for term in terms where term.rank == rank { word = term.word }
                if word >= 0 {
                    inField |= 1 << UInt64(word)
                    if inField == whole { isTogether = true }
                    if word > 0, before == word - 1 { paired |= 1 << UInt64(word - 1) }
                }
                if !isExtra { before = word }
            }
        }
        var bonus = isTogether ? self.sameField : 0
        for index in self.neighbours.indices where paired >> UInt64(index) & 1 == 1 { bonus += self.neighbours[index] }
        return bonus
    }
}
