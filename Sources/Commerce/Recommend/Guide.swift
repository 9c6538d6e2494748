import Kernel
import Web

/// A few sentences for the shopper, of facts of the cards alone. No figure stands in them that is not in the cards.
enum Guide {
    struct Item {
        let title: String
        let price: Money?
        let isHit: Bool
    }

    static func text(_ items: [Item], _ language: Language) -> String {
        let words = CommerceWords.all
        guard let first = items.first else { return words.say("guide_nothing", in: language) }
        let price = first.price.map {
            words.say("guide_price", ["price": "\($0.exactText) \($0.currency.code)"], in: language)
        }
        let best = words.say(
            first.isHit ? "guide_best" : "guide_fill",
            ["title": first.title],
            in: language
        )
        // What only fills the list up is no advice beside what fits.
        let others = items.dropFirst().filter { $0.isHit || !first.isHit }.prefix(2).map(\.title)
        let more =
            others.isEmpty
            ? nil
            : words.say(
                "guide_more",
                ["titles": others.joined(separator: words.say("guide_joint", in: language))],
                in: language
            )
        return [best, price, more].compactMap(\.self).joined(separator: language.hasSpaces ? " " : "")
    }
}

extension WordLanguage {
    var language: Language {
        switch self {
        case .en: .english
        case .zh: .chinese
        case .ja: .japanese
        case .vi: .vietnamese
        }
    }
}
