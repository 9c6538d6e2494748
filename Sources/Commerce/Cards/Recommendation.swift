import Kernel
import Platform
import Storage

/// A product that was shown once to somebody, by the id that its link carries.
struct Recommendation: Sendable, Identified, RowDecodable {
    static let idPrefix = "rec"

    let id: ID<Recommendation>
    /// With whose others it was shown, and at which place from 0.
    let session: SessionNumber
    let place: Int
    let product: ProductID
    let merchant: String
    /// Who asked; empty for the public trial.
    let account: String
    let channel: String
    /// The one creator whose videos the card shows, or whose showcase it stands in; empty for none.
    let creator: String
    /// What an order costs the merchant, and the creator's part, at that moment.
    let rateBasisPoints: Int
    let creatorBasisPoints: Int
    let at: Timestamp

    static let columns: StaticString = """
        k.rec_id, k.session, k.place, k.product_id, k.merchant_id, k.account_id, k.channel, k.creator, k.rate_bps,
        k.creator_bps, k.at
        """

    init(row: inout Row) throws {
        self.id = try row.column()
        self.session = try row.column()
        self.place = try row.column()
        self.product = try row.column()
        self.merchant = try row.column()
        self.account = try row.column()
        self.channel = try row.column()
        self.creator = try row.column()
        self.rateBasisPoints = try row.column()
        self.creatorBasisPoints = try row.column()
        self.at = try row.column()
    }
}

enum SessionTag {}
typealias SessionNumber = NumericID<SessionTag>

/// Cards that were shown together, and how they were ranked.
struct CardSession: Sendable, Identified, RowDecodable {
    static let idPrefix = "ms"

    let number: SessionNumber
    let id: ID<CardSession>
    /// What was asked; nil for the card of a product and for a showcase.
    let intent: ID<Intent>?
    let account: String
    let channel: String
    let at: Timestamp
    private let sealed: [UInt8]

    static let columns: StaticString = "s.number, s.id, s.intent_id, s.account_id, s.channel, s.at, s.content"

    init(row: inout Row) throws {
        self.number = try row.column()
        self.id = try row.column()
        self.intent = try row.optional(String.self).map { ID($0) }
        self.account = try row.column()
        self.channel = try row.column()
        self.at = try row.column()
        self.sealed = try row.column()
    }

    /// What a session holds, byte for byte as it was answered.
    struct Content: Sendable {
        let cards: [[UInt8]]
        /// An element of the ranking each.
        let ranked: [[UInt8]]
        /// How it was ranked, and what was found.
        let summary: JSONValue
    }

    /// Throws `Deflated.Damaged`.
    func content() throws -> Content {
        let lines = try Deflated.text(of: self.sealed).split(separator: .lineFeed, omittingEmptySubsequences: false)
        guard let first = lines.first, let head = try? JSON.read(first), let cards = head["cards"]?.integer,
            (0...Int64(lines.count - 1)).contains(cards)
        else { throw Deflated.Damaged() }
        let rest = lines.dropFirst()
        return Content(
            cards: rest.prefix(Int(cards)).map(Array.init),
            ranked: rest.dropFirst(Int(cards)).map(Array.init),
            summary: head["summary"] ?? [:]
        )
    }

    /// A line for each part; JSON holds no line breaks of its own.
    static func seal(_ content: Content) -> [UInt8] {
        let head: JSONValue = ["cards": .int(content.cards.count), "summary": content.summary]
        var text = Array(JSON.text(of: head).utf8)
        text.reserveCapacity((content.cards + content.ranked).reduce(text.count) { $0 + $1.count + 1 })
        for line in content.cards + content.ranked { text += [.lineFeed] + line }
        return Deflated.bytes(of: text)
    }
}
