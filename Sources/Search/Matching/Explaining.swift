/// Says why records match: which word, in which field, and what it adds.
struct Explaining {
    private let kind: SearchKind
    private let plan: QueryPlan

    init(_ text: String, _ kind: SearchKind, _ snapshot: SearchSnapshot, _ synonyms: Synonyms) {
        self.kind = kind
        self.plan = QueryPlan(QueryWords.of(text, synonyms: synonyms), kind, snapshot)
    }

    func explain(_ texts: [SearchText]) -> [String: [SearchReason]] {
        Dictionary(texts.map { ($0.id, self.reasons($0)) }) { first, _ in first }
    }

    /// The most telling first.
    private func reasons(_ document: SearchText) -> [SearchReason] {
        let (fields, lengths) = (document.fields, document.lengths)
        var reasons: [SearchReason] = []
        for word in self.plan.words {
            let scored = word.readings.compactMap { reading -> (QueryPlan.PlannedReading, Int64, [[Double]])? in
                let shares = reading.terms.map { term in
                    self.kind.frequency(fields.map { tokens in Double(tokens.count { $0.text == term }) }, lengths)
                }
                guard shares.allSatisfy({ $0.contains { $0 > 0 } }) else { return nil }
                let lowest =
                    reading.terms.map { term in
                        self.kind.weight(fields.map { tokens in Double(tokens.count { $0.text == term }) }, lengths)
                    }.min() ?? 0
                return (reading, reading.weight * Int64(lowest), shares)
            }
            guard let best = scored.max(by: { $0.1 < $1.1 }) else { continue }
            let score = Double(best.1) / (QueryPlan.scale * 255)
            let total = best.2.reduce(0) { $0 + $1.reduce(0, +) }
            for (term, shares) in zip(best.0.terms, best.2) {
                for (index, share) in shares.enumerated() where share > 0 {
                    reasons.append(
                        SearchReason(
                            field: self.kind.fields[index].name,
                            word: word.shown,
                            place: word.place,
                            found: Tokens.form(of: term, in: document.texts[index], self.kind.fields[index].kind),
                            kind: best.0.kind == .exact && term != word.shown ? .stem : best.0.kind,
                            contribution: score * share / total
                        )
                    )
                }
            }
        }
        return reasons.sorted { $0.contribution > $1.contribution }
    }
}

/// A record's texts, cut into words once for all questions.
package struct SearchText: Sendable {
    package let id: String
    let texts: [String]
    let fields: [[Token]]
    let lengths: [Int]

    init(_ document: SearchDocument, _ kind: SearchKind) {
        (self.id, self.texts) = (document.id, document.texts)
        self.fields = kind.fields.indices.map { index in
            index < document.texts.count ? Tokens.of(document.texts[index], kind.fields[index].kind) : []
        }
        self.lengths = self.fields.map { $0.count { !$0.isExtra } }
    }
}
