import HTTPTypes
import Kernel
import Platform
import Search
import Storage
import Web

/// Cards that were shown, and cards of single products and creators.
struct CardRoutes: Sendable {
    static let tag = "Cards"
    /// Whose sales count for a showcase.
    private static let showcaseDays: Int64 = 90

    let database: any Database
    let service: RecommendService
    let cardDays: Int64
    let clock: WallClock
    let memory = CardMemory()

    var endpoints: [Endpoint] {
        [
            Endpoint(.get, "/v1/cards/{recId}", tag: Self.tag, self.card),
            Endpoint(.get, "/v1/products/{productId}/card", tag: Self.tag, self.product).refusingHead(),
            Endpoint(.get, "/v1/creators/{username}/showcase", tag: Self.tag, self.showcase).refusingHead(),
        ]
    }

    /// Products of a question, or all, as far as the caller may see their merchants; and how many there are.
    func find(_ text: String, of caller: Caller, limit: Int) async throws -> (products: [Product], total: Int) {
        let words = text.trimmed
        let filters = try await self.database.read { try $0.merchants.scope(of: caller) }.filters(on: "merchant")
        let answer = self.service.search.answer(
            SearchQuery(words.isEmpty ? nil : words, filters: filters, limit: limit)
        )
        let ids = answer.hits.compactMap { ProductID($0.id) }
        let products = try await self.database.read { try $0.products.list(ids) }
        let byID = Dictionary(products.map { ($0.id, $0) }) { first, _ in first }
        return (ids.compactMap { byID[$0] }, answer.total)
    }

    struct CardInput: Input {
        let id: ID<Recommendation>
        init(_ read: inout InputReader) { self.id = ID(read.path("recId", "The recommendation")) }
    }

    /// Byte for byte what was shown.
    var card: Operation<CardInput, Written<Card>> {
        Operation("Get a card as it was shown", access: .apiKey) { input, _, _ in
            let since = self.clock.now().adding(seconds: -self.cardDays * 86_400)
            if let kept = self.memory.find(input.id), kept.at > since { return Written(bytes: kept.bytes) }
            let found = try await self.database.read { tx -> (Recommendation, CardSession)? in
                guard let card = try tx.cards.find(input.id), card.at > since,
                    let session = try tx.cards.findSession(card.session)
                else { return nil }
                return (card, session)
            }
            guard let (card, session) = found else { throw CommerceProblems.cardNotFound }
            let cards = try session.content().cards
            guard cards.indices.contains(card.place) else { throw CommerceProblems.cardNotFound }
            self.memory.keep(CardMemory.Kept(at: card.at, bytes: cards[card.place]), as: card.id)
            return Written(bytes: cards[card.place])
        }
        .refusing(CommerceProblems.cardNotFound)
    }

    struct ProductInput: Input {
        let id: String
        let region: Region?
        let channel: String?

        init(_ read: inout InputReader) {
            self.id = read.path("productId", "The product")
            self.region = read.region()
            self.channel = read.channel()
        }
    }

    var product: Operation<ProductInput, Written<Card>> {
        Operation("Make a card of a product", access: .apiKey) { input, caller, call in
            guard let id = ProductID(input.id), let facts = try await self.service.products.find([id])[id] else {
                throw CommerceProblems.productNotFound
            }
            let isSold =
                facts.product.content.regions.isEmpty
                || input.region.map { facts.product.content.regions.contains($0) } ?? true
            guard isSold else { throw CommerceProblems.productNotFound }
            let occasion = CardMaker.Occasion(
                language: .english,
                region: input.region,
                channel: input.channel,
                at: self.clock.now()
            )
            let inquiry = RecommendService.Inquiry(
                wish: "",
                limit: 1,
                region: input.region,
                channel: input.channel,
                account: caller.identity.text,
                trace: call.trace
            )
            return try await self.service.show([facts], occasion, inquiry)[0]
        }
        .refusing(CommerceProblems.productNotFound)
    }

    struct ShowcaseInput: Input {
        let username: String
        let limit: Int
        let channel: String?

        init(_ read: inout InputReader) {
            self.username = Creator.key(read.path("username", "The creator; case and a leading @ are ignored"))
            self.limit = read.query("limit", .integer, default: 6, json: 6, "How many cards", .range(1...24))
            self.channel = read.channel()
        }
    }

    var showcase: Operation<ShowcaseInput, ShowcaseOutput> {
        Operation("Show what a creator has sold", access: .apiKey) { input, caller, call in
            let now = self.clock.now()
            let since = now.adding(seconds: -Self.showcaseDays * 86_400)
            let found = try await self.database.read { tx -> (Creator, [Video])? in
                guard let creator = try tx.videos.findCreator(input.username) else { return nil }
                return (creator, try tx.videos.list(creator: creator.username, since: since))
            }
            guard let (creator, videos) = found else { throw CommerceProblems.creatorNotFound }
            let products = self.ranked(videos).prefix(input.limit)
            let facts = try await self.service.products.find(Array(products))
            var occasion = CardMaker.Occasion(language: .english, channel: input.channel, at: now)
            (occasion.reason, occasion.creator) = (.showcase, creator.username)
            let inquiry = RecommendService.Inquiry(
                wish: "",
                limit: input.limit,
                channel: input.channel,
                account: caller.identity.text,
                trace: call.trace
            )
            let cards = try await self.service.show(products.compactMap { facts[$0] }, occasion, inquiry)
            return ShowcaseOutput(username: creator.username, items: cards)
        }
        .refusing(CommerceProblems.creatorNotFound)
    }

    /// Products by what the videos have sold in dollars, then by orders, then by number.
    private func ranked(_ videos: [Video]) -> [ProductID] {
        let sums = videos.reduce(into: [ProductID: (dollars: Int64, orders: Int64)]()) { sums, video in
            let dollars = self.service.maker.rates.dollars(of: video.gmv) ?? 0
            let before = sums[video.product] ?? (0, 0)
            let (sum, isBeyond) = before.dollars.addingReportingOverflow(dollars)
            sums[video.product] = (isBeyond ? .max : sum, before.orders + video.orders)
        }
        return sums.sorted { left, right in
            (right.value.dollars, right.value.orders, left.key) < (left.value.dollars, left.value.orders, right.key)
        }.map(\.key)
    }
}

struct ShowcaseOutput: Answer {
    let username: String
    let items: [Written<Card>]

    static let members: [Member<Self>] = [
        Member("username", \.username, "The creator"),
        Member("count", \.items.count, "How many cards there are"),
        Member("items", \.items, "Cards with this creator's videos only"),
    ]
}
