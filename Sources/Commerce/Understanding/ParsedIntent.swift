import Kernel

/// What a shopper's sentence says, piece by piece, each with the words that it came from.
struct ParsedIntent: Sendable {
    struct Piece: Sendable, Equatable {
        let kind: Kind
        /// In one form, whatever language the words have: `<= 30 USD`, `mouse`, `2026-11-27`.
        let value: String
        /// The words.
        let text: String
        /// Where they begin, in Unicode scalars of the sentence.
        let start: Int
        /// Whether nothing is shown that breaks it.
        let isHard: Bool
        /// Where it was found, in the folded sentence.
        var range: Range<Int> = 0..<0
    }

    enum Kind: String, Sendable, CaseIterable {
        case budget, category, attribute, colour, material, brand, compatibility, region, recipient, age, gift, occasion
        case exclusion, availability, deadline
        case pricePreference = "price_preference"
    }

    let language: WordLanguage
    var pieces: [Piece] = []
    var budget: Budget?
    /// As it was said: `UK` stays `UK`.
    var region: String?
    /// Nothing of another maker is shown.
    var onlyBrands: [String] = []
    var excludedBrands: [String] = []
    /// Nothing with these words is shown.
    var excludedWords: [String] = []
    var mustBeInStock = false
    var isCheapPreferred = false
    var isGift = false
    var recipient: String?
    var age: String?
    var occasion: String?
    /// The last day that it may come.
    var deadline: String?
    /// Kinds of products that are sought.
    var categories: [String] = []
    /// Makers that are named, without *only*.
    var brands: [String] = []
    var colours: [String] = []
    /// What is left of the sentence when prices, people, places and moments are taken away.
    var residual = ""
    /// The residual in words that a catalogue in English has.
    var searchText = ""
    /// Words of the search text that the lexicon put there, by what was said.
    var translated: [(words: String, said: String)] = []

    init(language: WordLanguage) { self.language = language }

    /// Who it is for: `nephew, 3`.
    var audience: String? {
        let parts = [self.recipient, self.age].compactMap(\.self)
        return parts.isEmpty ? nil : parts.joined(separator: ", ")
    }
}

/// What something may cost, both bounds included.
struct Budget: Sendable, Equatable {
    let minimum: Int64?
    let maximum: Int64?
    let currency: Currency

    var text: String {
        let amount = { (micros: Int64) in Micros.shortest(micros) }
        return switch (self.minimum, self.maximum) {
        case (let low?, let high?): "\(amount(low))-\(amount(high)) \(self.currency.code)"
        case (let low?, nil): ">= \(amount(low)) \(self.currency.code)"
        case (nil, let high?): "<= \(amount(high)) \(self.currency.code)"
        case (nil, nil): ""
        }
    }
}
