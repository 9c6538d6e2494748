import Kernel
import Platform
import Search
import Storage
import Web

/// From a sentence to cards: understands it, finds products, and stores intent, session and cards in one commit.
struct RecommendService: Sendable {
    static let trialLimit = 3
    private static let whyLimit = 8

    let database: any Database
    let search: Search
    let understanding: Understanding
    let maker: CardMaker
    let products: ProductMemory
    let trending: Trending
    let ids: IDGenerator
    let clock: WallClock

    /// What is asked.
    struct Inquiry: Sendable {
        let wish: String
        let limit: Int
        var region: Region?
        var channel: String?
        var fills = true
        /// What the caller states; it goes before what is parsed.
        var stated = StatedContext()
        /// An intent that is stored already.
        var intent: Intent?
        /// Who asks; empty for the public trial.
        let account: String
        let trace: Trace
    }

    /// A product on its way to a card.
    struct Pick {
        let facts: ProductFacts
        let reason: CardMaker.Reason
        let score: FixedPoint
        let tier: Tier
        let why: [SearchReason]
    }

    /// Throws `engineUnavailable` until the index is loaded.
    func recommend(_ inquiry: Inquiry) async throws -> RecommendOutput {
        let now = self.clock.now()
        let (parser, makers) = self.understanding.current(at: now)
        var parsed = parser.parse(inquiry.wish, at: now, region: inquiry.region?.code)
        let stated = inquiry.intent.map { inquiry.stated.adding($0) } ?? inquiry.stated
        stated.apply(to: &parsed, parser, at: now)
        let constraints = Constraints(
            parsed,
            region: inquiry.region,
            usualRegions: self.maker.regions,
            rates: self.maker.rates,
            makers: makers
        )
        let question = Question(parsed, constraints, self.search)
        var picks = try await self.hits(question, inquiry)
        let hits = picks.count
        if inquiry.fills, picks.count < inquiry.limit {
            picks += try await self.fill(question, inquiry, besides: picks)
        }
        return try await self.answer(inquiry, question, picks, hits: hits, at: now)
    }

    // MARK: Hits

    private func hits(_ question: Question, _ inquiry: Inquiry) async throws -> [Pick] {
        guard !question.words.isEmpty else { return [] }
        let hits = self.search.answer(question.query(limit: inquiry.limit)).hits
        let facts = try await self.products.find(hits.compactMap { ProductID($0.id) })
        let reasons = self.search.explain(question.text, facts.values.map(\.text))
        let best = hits.first?.score ?? 0
        return hits.compactMap { hit in
            guard let id = ProductID(hit.id), let facts = facts[id], question.constraints.allow(facts.product) else {
                return nil
            }
            let why = reasons[hit.id] ?? []
            guard let tier = question.tier(facts.product, why) else { return nil }
            return Pick(
                facts: facts,
                reason: .match(question.relevance(why), isWhole: tier <= .narrow),
                score: FixedPoint(rounding: best > 0 ? hit.score / best : 0, places: 6),
                tier: tier,
                why: why
            )
        }
    }

    // MARK: Answer

    private func answer(_ inquiry: Inquiry, _ question: Question, _ picks: [Pick], hits: Int, at now: Timestamp)
        async throws
        -> RecommendOutput
    {
        let parsed = question.parsed
        let language = parsed.language.language
        let occasion = CardMaker.Occasion(
            language: language,
            region: question.constraints.region,
            channel: inquiry.channel,
            persona: parsed.recipient ?? "",
            age: parsed.age ?? "",
            words: question.words.map(\.text),
            at: now
        )
        let tier = picks.filter { $0.tier != .none }.map(\.tier).min() ?? .none
        var (cards, ranked, new): ([Written<Card>], [Written<Ranked>], [NewCard]) = ([], [], [])
        for (place, pick) in picks.enumerated() {
            var occasion = occasion
            occasion.reason = pick.reason
            let id: ID<Recommendation> = self.ids.next()
            let score = self.maker.score(pick.facts, pick.reason)
            let card = self.maker.card(id, pick.facts, occasion, score)
            cards.append(Written(card, Self.cardShape))
            ranked.append(Written(Self.ranked(pick, place, id, score, card), Self.rankedShape))
            new.append(Self.new(id, pick.facts, inquiry, card))
        }
        let summary: JSONValue = [
            "considered": .int(picks.count), "eligible": .int(picks.count), "excluded": [:],
            "match_tier": .string(tier.rawValue),
            "best_score": picks.isEmpty ? .null : .decimal(picks[0].score.text), "ranking_version": 1,
        ]
        let intent = inquiry.intent ?? self.intent(inquiry, question, now)
        let session = try await self.store(
            inquiry,
            intent,
            CardSession.Content(cards: cards.map(\.bytes), ranked: ranked.map(\.bytes), summary: summary),
            new
        )
        return RecommendOutput(
            wish: inquiry.wish,
            intent: intent.id,
            session: session,
            items: cards,
            proposals: ranked,
            guide: Guide.text(
                picks.map {
                    .init(
                        title: $0.facts.product.content.title,
                        price: $0.facts.product.content.price,
                        isHit: $0.tier != .none
                    )
                },
                language
            ),
            note: picks.isEmpty
                ? "no_candidates"
                : hits == 0 ? "trending_suggested" : hits < picks.count ? "intent_plus_trending" : nil,
            tier: tier,
            source: inquiry.intent?.details.source ?? (inquiry.stated.isEmpty ? "rules" : "caller"),
            keywords: question.keywords,
            categories: parsed.categories,
            pieces: parsed.pieces.map { PieceOutput(piece: $0) },
            unknown: question.unknown,
            retrieval: .init(hits: hits, fill: picks.count - hits),
            rankingNote: CommerceWords.all.say("ranking_note", in: language),
            rate: self.rate(parsed.budget),
            generatedAt: now.utc
        )
    }

    private static let cardShape = Card.shape
    private static let rankedShape = Ranked.shape

    private func rate(_ budget: Budget?) -> RecommendOutput.RatePart? {
        guard let budget, budget.currency != .usd, let dollars = self.maker.rates.text(of: budget.currency) else {
            return nil
        }
        return .init(currency: budget.currency.code, dollars: dollars, date: self.maker.rates.date)
    }

    private static func ranked(_ pick: Pick, _ place: Int, _ id: ID<Recommendation>, _ score: CardScore, _ card: Card)
        -> Ranked
    {
        Ranked(
            rank: place + 1,
            proposal: Proposal.id(of: id),
            merchant: pick.facts.merchant.id,
            product: pick.facts.product.id,
            price: pick.facts.product.content.price,
            score: pick.score,
            tier: pick.tier,
            factors: score.factors,
            why: pick.why.prefix(Self.whyLimit).map {
                .init(field: $0.field, word: $0.word, kind: $0.kind.rawValue, contribution: $0.contribution)
            },
            explanation: card.story.headline
        )
    }

    static func new(_ id: ID<Recommendation>, _ facts: ProductFacts, _ inquiry: Inquiry, _ card: Card) -> NewCard {
        let creators = Set(card.videos.map(\.video.creator.username))
        return NewCard(
            id: id,
            product: facts.product.id,
            merchant: facts.merchant.id,
            account: inquiry.account,
            channel: inquiry.channel ?? "",
            creator: creators.count == 1 ? creators.first ?? "" : "",
            rateBasisPoints: facts.product.content.rateBasisPoints ?? facts.merchant.rateBasisPoints,
            creatorBasisPoints: facts.merchant.creatorBasisPoints
        )
    }

    // MARK: Storing

    private func intent(_ inquiry: Inquiry, _ question: Question, _ now: Timestamp) -> Intent {
        let id: ID<Intent> = self.ids.next()
        return Intent(
            id: id,
            account: inquiry.account,
            rawQuery: inquiry.wish,
            region: inquiry.region?.written ?? question.parsed.region,
            channel: inquiry.channel,
            details: .init(question.parsed),
            createdAt: now,
            expiresAt: now.adding(seconds: Intent.longestSeconds)
        )
    }

    /// Cards of products that were asked for, and not found by a sentence.
    func show(_ all: [ProductFacts], _ occasion: CardMaker.Occasion, _ inquiry: Inquiry) async throws -> [Written<
        Card
    >] {
        guard !all.isEmpty else { return [] }
        var (cards, new): ([Written<Card>], [NewCard]) = ([], [])
        for facts in all {
            let id: ID<Recommendation> = self.ids.next()
            let card = self.maker.card(id, facts, occasion, self.maker.score(facts, occasion.reason))
            cards.append(Written(card, Self.cardShape))
            new.append(Self.new(id, facts, inquiry, card))
        }
        _ = try await self.store(
            inquiry,
            nil,
            CardSession.Content(cards: cards.map(\.bytes), ranked: [], summary: [:]),
            new
        )
        return cards
    }

    private func store(_ inquiry: Inquiry, _ intent: Intent?, _ content: CardSession.Content, _ cards: [NewCard])
        async throws
        -> ID<CardSession>
    {
        let id: ID<CardSession> = self.ids.next()
        let sealed = CardSession.seal(content)
        let isNew = inquiry.intent == nil
        try await self.database.write { tx in
            if isNew, let intent { try tx.intents.insert(intent, isKept: false) }
            let number = try tx.cards.insert(
                id,
                intent: intent?.id,
                account: inquiry.account,
                channel: inquiry.channel ?? "",
                content: sealed
            )
            for (place, card) in cards.enumerated() { try tx.cards.insert(card, session: number, place: place) }
        }
        return id
    }
}

/// A merchant's offer. What is shown of the catalogue has one by the same id as its card; it becomes a row when something names it.
enum Proposal {
    static func id(of card: ID<Recommendation>) -> String {
        "prp\(card.text.bytewise.dropping(prefix: Recommendation.idPrefix) ?? card.text[...])"
    }
}

extension Intent.Details {
    /// What was parsed.
    init(_ parsed: ParsedIntent) {
        self.init()
        self.normalizedQuery = parsed.residual.nonEmpty
        self.tags = parsed.categories
        self.audience = parsed.audience
        self.budget = parsed.budget?.range ?? .null
        self.constraints = parsed.pieces.filter(\.isHard).map { "\($0.kind.rawValue): \($0.value)" }
        self.summary = parsed.pieces.map { "\($0.kind.rawValue) \($0.value)" }.joined(separator: "; ").nonEmpty
        if let deadline = parsed.deadline { self.timeWindow = ["deadline": .string("\(deadline)T23:59:59.999Z")] }
        self.pieces = .array(parsed.pieces.map { PieceOutput(piece: $0).json })
    }
}
