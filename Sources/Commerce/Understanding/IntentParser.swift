import Kernel

/// Understands what a shopper writes, in four languages, by rules and word lists.
struct IntentParser: Sendable {
    let lexicon: Lexicon
    /// Makers of the catalogue, each with its name as it is sought.
    let brands: PhraseTrie

    init(lexicon: Lexicon = .standard, brands: [String]) {
        self.lexicon = lexicon
        var trie = PhraseTrie()
        for brand in brands {
            let folded = FoldedSentence(brand)
            // A maker whose name is one letter is found by nobody, and would be found in everything.
            if folded.count > 1 { trie.insert(folded.plain, .brand(brand.lowercased())) }
        }
        self.brands = trie
    }

    /// - Parameters:
    ///   - text: one line.
    ///   - region: of the request; the sentence's own goes before it.
    func parse(_ text: String, at now: Timestamp, region: String? = nil) -> ParsedIntent {
        let sentence = FoldedSentence(text)
        let items = SentenceReader(sentence, lexicon: self.lexicon, brands: self.brands).items()
        var reading = SentenceReading(sentence: sentence, items: items, lexicon: self.lexicon, region: region)
        reading.readRegion()
        reading.readPeople()
        reading.readDeadline(now)
        reading.readBudget()
        reading.readConditions()
        reading.readCompatibility()
        reading.readProducts()
        reading.finish()
        return reading.intent
    }
}

/// A sentence while it is being understood. Each step takes the pieces that it understands.
struct SentenceReading {
    let sentence: FoldedSentence
    let items: [SentenceItem]
    let lexicon: Lexicon
    let region: String?
    var intent: ParsedIntent
    /// Pieces that a step has taken: what they say is known, and they are no words of the product.
    var isTaken: [Bool]
    /// Pieces that stay words of the product, and are understood already.
    var isUnderstood: [Bool]

    init(sentence: FoldedSentence, items: [SentenceItem], lexicon: Lexicon, region: String?) {
        (self.sentence, self.items, self.lexicon, self.region) = (sentence, items, lexicon, region)
        self.intent = ParsedIntent(language: sentence.language)
        self.isTaken = items.map { _ in false }
        self.isUnderstood = items.map { _ in false }
    }

    // MARK: Looking around

    func isFree(_ index: Int) -> Bool { self.items.indices.contains(index) && !self.isTaken[index] }

    /// The piece before or after, over words that say nothing.
    func neighbour(of index: Int, _ step: Int) -> Int? {
        var next = index + step
        while self.isFree(next), self.isFiller(self.items[next]) { next += step }
        return self.isFree(next) ? next : nil
    }

    private func isFiller(_ item: SentenceItem) -> Bool {
        if case .symbol(let scalar) = item.kind { return scalar == 0x3A || scalar == 0xFF1A }
        return item.says("particle") && !item.isContent && !item.says(anyOf: ["not_before", "for_before", "joint"])
    }

    func concept(_ item: SentenceItem, _ kinds: Set<Concept.Kind>) -> Concept? {
        item.meanings.lazy.compactMap { self.lexicon.concept($0) }.first { kinds.contains($0.kind) }
    }

    /// The maker that a phrase names, as it is sought.
    func maker(_ item: SentenceItem) -> String? {
        for meaning in item.meanings { if case .brand(let name) = meaning { return name } }
        return self.concept(item, [.maker])?.name
    }

    // MARK: Taking

    mutating func take(_ indices: some Sequence<Int>) { for index in indices { self.isTaken[index] = true } }

    mutating func add(_ kind: ParsedIntent.Kind, _ value: String, _ indices: ClosedRange<Int>, isHard: Bool = false) {
        let range = self.items[indices.lowerBound].range.lowerBound..<self.items[indices.upperBound].range.upperBound
        self.intent.pieces.append(
            ParsedIntent.Piece(
                kind: kind,
                value: value,
                text: self.sentence.original(range),
                start: self.sentence.origin(of: range).lowerBound,
                isHard: isHard,
                range: range
            )
        )
    }
}
