import Kernel
import Web

/// What is recommended, and how it was found.
struct RecommendOutput: Answer {
    let wish: String
    let intent: ID<Intent>
    let session: ID<CardSession>
    let items: [Written<Card>]
    let proposals: [Written<Ranked>]
    let guide: String
    let note: String?
    let tier: Tier
    let source: String
    let keywords: [String]
    let categories: [String]
    let pieces: [PieceOutput]
    let unknown: [String]
    let retrieval: Retrieval
    let rankingNote: String
    let rate: RatePart?
    let generatedAt: UTCMoment

    struct Retrieval: Answer {
        let hits: Int
        let fill: Int

        static let members: [Member<Self>] = [
            Member("intent_hits", \.hits, "Products that meet words of the question"),
            Member("trending_fill", \.fill, "Products that fill the list up"),
        ]
    }

    /// By which rate prices were compared with a bound in another currency.
    struct RatePart: Answer {
        let currency: String
        let dollars: String
        let date: String

        static let members: [Member<Self>] = [
            Member("currency", \.currency, "The currency of the bound", example: "CNY"),
            Member("usd", \.dollars, "Dollars for one unit", example: "0.14"),
            Member("date", \.date, "The day of the rate", example: "2026-11-20"),
        ]
    }

    static let members: [Member<Self>] = [
        Member("intent", \.wish, "As it was said"),
        Member("intent_id", \.intent, "The intent that was stored"),
        Member("count", \.items.count, "How many cards there are"),
        Member("items", \.items, "Cards, the best first"),
        Member("proposals", \.proposals, "How the cards were ranked"),
        Member("proposal_count", \.proposals.count, "How many there are"),
        Member("match_session_id", \.session, "The session that was stored"),
        Member("shopper_guide", \.guide, "A few sentences for the shopper, in the language of the question"),
        Member(
            "note",
            \.note,
            "intent_plus_trending, trending_suggested, no_candidates, or null",
            example: "intent_plus_trending"
        ),
        Member("match_tier", \.tier, "How closely the best of them meets the words, before the list is filled up"),
        Member("intent_source", \.source, "Who has understood the question: rules, llm or caller", example: "rules"),
        Member("resolved_keywords", \.keywords, "The words that were sought"),
        Member("resolved_categories", \.categories, "Kinds of products that were named"),
        Member("resolved_constraints", \.pieces, "Every piece that was understood, with its words"),
        Member("unknown_words", \.unknown, "Words that no product has"),
        Member("retrieval", \.retrieval, "How many were found, and how many fill up"),
        Member("ranking_note", \.rankingNote, "What the order does not depend on"),
        Member("exchange_rate", \.rate, "By which rate prices were compared; null where none was needed"),
        Member("generated_at", \.generatedAt, "When this was made"),
    ]
}
