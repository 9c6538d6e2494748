/// A piece of a sentence: a number with what belongs to it, a known phrase, or what is neither.
struct SentenceItem: Sendable {
    enum Kind: Sendable {
        case quantity(Quantity)
        case phrase([Meaning])
        /// In Latin letters.
        case word
        /// One character of a script without spaces.
        case character
        case symbol(UInt32)
    }

    let kind: Kind
    /// Of the folded sentence.
    let range: Range<Int>

    var quantity: Quantity? { if case .quantity(let quantity) = self.kind { quantity } else { nil } }
    var meanings: [Meaning] { if case .phrase(let meanings) = self.kind { meanings } else { [] } }

    func says(_ cue: String) -> Bool { self.meanings.contains(.cue(cue)) }

    func says(anyOf cues: [String]) -> Bool { cues.contains { self.says($0) } }

    /// Whether it says something of the product itself, and not how other words are meant.
    var isContent: Bool {
        switch self.kind {
        case .quantity, .word, .character: true
        case .symbol: false
        case .phrase(let meanings): meanings.contains { if case .cue = $0 { false } else { true } }
        }
    }
}

/// A number with its factor, and its currency or unit.
struct Quantity: Sendable, Equatable {
    /// Millionths.
    var micros: Int64
    /// Whether thousands, millions and the like are written out.
    var hasFactor = false
    /// An ISO 4217 code; `¥` where only the sign is known.
    var currency: String?
    var unit: String?
    /// `years` or `months`.
    var age: String?
    /// What multiplies, so that a number before *to* can share it.
    var factor = 0

    var isBare: Bool { self.currency == nil && self.unit == nil && self.age == nil }
}
