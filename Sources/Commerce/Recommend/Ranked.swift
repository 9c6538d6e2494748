import Kernel
import Web

/// An offer as it was ranked: of a product that is shown, or that was left out.
struct Ranked: Answer {
    let rank: Int?
    let proposal: String
    let merchant: String
    let product: ProductID
    let price: Money?
    let score: FixedPoint
    let tier: Tier
    let factors: [ScoreFactor]
    let why: [Why]
    let explanation: String

    static let members: [Member<Self>] = [
        Member("rank", \.rank, "Its place, from 1; null where it was left out"),
        Member("proposal_id", \.proposal, "The offer", example: "prp_0198c5d2-7b40-7000-8000-000000000001"),
        Member("merchant_agent_id", \.merchant, "Whose offer it is", example: "souk-demo"),
        Member("product_id", \.product, "The product", example: 3_920_564),
        Member("price", { $0.price.map { PlainNumber($0.micros) } }, "What it costs, in `currency`"),
        Member("currency", { $0.price?.currency.code }, "ISO 4217", example: "USD"),
        Member("score", \.score, "The hit's score by that of the best one; 0 for what fills up"),
        Member("tier", \.tier, "How closely it meets the words"),
        Member("eligible", { $0.rank != nil }, "Whether it may be chosen"),
        Member("excluded_reason", { _ in String?.none }, "Why it was left out"),
        Member("factors", \.factors, "What the card's score is made of; they explain it and do not sort"),
        Member("why", \.why, "Which words stand where"),
        Member("explanation", \.explanation, "The same in a sentence"),
    ]

    /// One word of the question in one field of the product.
    struct Why: Answer {
        let field: String
        let word: String
        let kind: String
        let contribution: Double

        static let members: [Member<Self>] = [
            Member("field", \.field, "title, description, brand, code, attributes or type", example: "title"),
            Member("word", \.word, "As it was asked"),
            Member("kind", \.kind, "exact, stem, prefix, synonym, edit or joined", example: "exact"),
            Member("contribution", { FixedPoint(rounding: $0.contribution, places: 4) }, "Of the hit's score"),
        ]
    }
}
