import Kernel

/// Cuts a sentence into its pieces: the longest known phrase everywhere, numbers with what belongs to them.
struct SentenceReader {
    let sentence: FoldedSentence
    let lexicon: Lexicon
    /// Of the catalogue.
    let brands: PhraseTrie
    private let numbers: NumberReader

    init(_ sentence: FoldedSentence, lexicon: Lexicon, brands: PhraseTrie) {
        (self.sentence, self.lexicon, self.brands) = (sentence, lexicon, brands)
        self.numbers = NumberReader(sentence: sentence, lexicon: lexicon)
    }

    private var text: [UInt32] { self.sentence.plain }

    func items() -> [SentenceItem] {
        var items: [SentenceItem] = []
        var place = 0
        while place < self.text.count {
            guard self.text[place] != 32 else {
                place += 1
                continue
            }
            let item = self.item(at: place, after: items.last)
            items.append(item)
            place = item.range.upperBound
        }
        return items
    }

    private func item(at place: Int, after last: SentenceItem?) -> SentenceItem {
        let quantity = self.isInsideWord(place) ? nil : self.numbers.read(at: place)
        if let phrase = self.phrase(at: place, after: last) {
            // `4k` is a resolution, unless a bound stands before it.
            let isBound = last?.says(anyOf: ["below_before", "above_before", "about_before", "budget"]) ?? false
            if quantity == nil || !isBound && phrase.range.upperBound >= quantity!.end { return phrase }
        }
        if let quantity {
            return SentenceItem(kind: .quantity(quantity.quantity), range: place..<quantity.end)
        }
        let scalar = self.text[place]
        if FoldedSentence.isWordPart(scalar) {
            return SentenceItem(kind: .word, range: place..<self.wordEnd(from: place))
        }
        let isCharacter = scalar >= 0x2E80 && !Self.isPunctuation(scalar)
        return SentenceItem(kind: isCharacter ? .character : .symbol(scalar), range: place..<place + 1)
    }

    private static func isPunctuation(_ scalar: UInt32) -> Bool {
        (0x3000...0x303F).contains(scalar) && scalar != 0x3005 || (0xFF00...0xFF65).contains(scalar) || scalar == 0x30FB
    }

    private func isInsideWord(_ place: Int) -> Bool {
        place > 0 && FoldedSentence.isWordPart(self.text[place - 1]) && FoldedSentence.isWordPart(self.text[place])
    }

    /// Letters and digits, and what joins them: `dv7-1211ea`, `wi-fi`.
    private func wordEnd(from place: Int) -> Int {
        var end = place
        while end < self.text.count {
            let scalar = self.text[end]
            let isJoint = [0x2D, 0x2E, 0x5F, 0x27, 0x2F].contains(scalar)
            guard
                FoldedSentence.isWordPart(scalar)
                    || isJoint && end + 1 < self.text.count && FoldedSentence.isWordPart(self.text[end + 1])
            else { break }
            end += 1
        }
        return end
    }

    // MARK: Phrases

    private func phrase(at place: Int, after last: SentenceItem?) -> SentenceItem? {
        guard !self.isInsideWord(place) else { return nil }
        var byEnd: [Int: [Meaning]] = [:]
        for match in self.lexicon.matches(self.sentence, at: place) + self.brands.matches(self.text[place...]) {
            guard let end = self.sentence.wordEnd(place + match.length) else { continue }
            byEnd[end, default: []] += match.meanings
        }
        for (end, meanings) in byEnd.sorted(by: { $0.key > $1.key })
        where self.standsAlone(place..<end, after: last) {
            return SentenceItem(kind: .phrase(meanings), range: place..<end)
        }
        return nil
    }

    /// Whether a short form is a word here and no part of an unknown one: a katakana word is cut only between known words, and so is a
    /// single Han character.
    private func standsAlone(_ range: Range<Int>, after last: SentenceItem?) -> Bool {
        let text = self.sentence.marked
        let isSame: (UInt32) -> Bool
        if FoldedSentence.isKatakana(text[range.lowerBound]), FoldedSentence.isKatakana(text[range.upperBound - 1]) {
            isSame = FoldedSentence.isKatakana
        } else if range.count == 1, FoldedSentence.isHan(text[range.lowerBound]) {
            isSame = FoldedSentence.isHan
        } else {
            return true
        }
        if case .character? = last?.kind, last?.range.upperBound == range.lowerBound, isSame(text[range.lowerBound - 1])
        {
            return false
        }
        let end = range.upperBound
        guard end < text.count, isSame(text[end]) else { return true }
        return !self.lexicon.matches(self.sentence, at: end).isEmpty
            || !self.brands.matches(self.text[end...]).isEmpty || self.numbers.read(at: end) != nil
    }
}
