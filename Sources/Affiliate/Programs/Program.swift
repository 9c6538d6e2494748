import Kernel
import Platform
import Storage
import Web

/// A program: what an advertiser pays publishers for.
struct Program: Sendable, RowDecodable {
    let id: ProgramID
    let advertiser: ID<Identity>
    let advertiserName: String
    let category: ProgramCategory
    var content: Content
    var termsVersion: Int
    let figures: Figures
    let createdAt: Timestamp
    let updatedAt: Timestamp
    /// When it was first active; for a draft, when it was made.
    let publishedAt: Timestamp

    enum Status: String, Sendable, SQLConvertible, CaseIterable {
        case draft, active, paused, ended
    }

    /// What the advertiser says.
    struct Content: Sendable, Equatable {
        var categoryID: CategoryID
        var name: String
        var description: String
        var landingURL: String
        var status: Status
        var terms: Terms
        var allowsListing: Bool
        var supportsITP: Bool
        var approvesAtOnce: Bool
        /// Whole yen of rewards in a month; nil for no limit.
        var monthlyBudget: Yen?
        /// Clicks of one browser in a minute that count; more are a flood.
        var clickLimit = Visit.floodLimit
    }

    static let clickLimits = 1...1000

    /// What its conversions came to, up to a few seconds ago.
    struct Figures: Sendable, Equatable {
        let validClicks: Int64
        let approved: Int64
        let rejected: Int64
        /// Rewards that are pending or approved, in yen.
        let reward: Yen
        let hasProductLink: Bool

        /// Approved of all that was decided, in hundredths of a percent; nil before the first decision.
        static func confirmationRate(approved: Int64, rejected: Int64) -> Int64? {
            approved + rejected == 0 ? nil : approved * 10_000 / (approved + rejected)
        }

        /// Earnings per valid click, in hundredths of a yen; nil before the first one.
        static func epc(reward: Yen, validClicks: Int64) -> Int64? {
            validClicks == 0 ? nil : reward.smallestUnits * 100 / validClicks
        }
    }

    /// Programs count as new for so long.
    static let newDays: Int64 = 30

    static let columns: StaticString = """
        p.id, p.advertiser_id, advertiser.display_name, c.id, c.name, c.name_ja, c.slug, c.description, c.sort_order,
        p.category_id, p.name, p.description, p.landing_url, p.status, p.terms, p.allow_listing, p.itp_supported,
        p.auto_approve, p.monthly_budget, p.click_limit, p.terms_version, p.valid_clicks, p.approved_count, p.rejected_count,
        p.reward_total, p.has_product_link, p.created_at, p.updated_at, p.published_at
        """

    init(row: inout Row) throws {
        self.id = try row.column()
        self.advertiser = try row.column()
        self.advertiserName = try row.column()
        self.category = try ProgramCategory(row: &row)
        self.content = Content(
            categoryID: try row.column(),
            name: try row.column(),
            description: try row.column(),
            landingURL: try row.column(),
            status: try row.column(),
            terms: try Terms(text: try row.column()),
            allowsListing: try row.column(),
            supportsITP: try row.column(),
            approvesAtOnce: try row.column(),
            monthlyBudget: try row.optional(),
            clickLimit: try row.column()
        )
        self.termsVersion = try row.column()
        self.figures = Figures(
            validClicks: try row.column(),
            approved: try row.column(),
            rejected: try row.column(),
            reward: try row.column(),
            hasProductLink: try row.column()
        )
        self.createdAt = try row.column()
        self.updatedAt = try row.column()
        self.publishedAt = try row.column()
    }
}

struct ProgramCategory: Sendable, RowDecodable {
    let id: CategoryID
    let name: String
    let japaneseName: String
    let slug: String
    let description: String
    let sortOrder: Int

    static let columns: StaticString = "c.id, c.name, c.name_ja, c.slug, c.description, c.sort_order"

    init(row: inout Row) throws {
        self.id = try row.column()
        self.name = try row.column()
        self.japaneseName = try row.column()
        self.slug = try row.column()
        self.description = try row.column()
        self.sortOrder = try row.column()
    }

    func name(in language: Language) -> String { language == .japanese ? self.japaneseName : self.name }
}

/// What a publisher shows: a text, a banner, or a product with its own page.
struct Creative: Sendable, RowDecodable {
    let id: CreativeID
    let kind: Kind
    let title: String
    /// Of a text.
    let text: String
    /// The image of a banner; the page of a product.
    let url: String
    let width: Int?
    let height: Int?
    /// Of a product, in yen.
    let price: Yen?

    static let perProgramLimit = 100

    enum Kind: String, Sendable, SQLConvertible, CaseIterable {
        case text, banner, product
    }

    static let columns: StaticString = "id, kind, title, text, url, width, height, price"

    init(
        kind: Kind,
        title: String,
        text: String = "",
        url: String = "",
        width: Int? = nil,
        height: Int? = nil,
        price: Yen? = nil
    ) {
        self.id = 0
        self.kind = kind
        self.title = title
        self.text = text
        self.url = url
        self.width = width
        self.height = height
        self.price = price
    }

    init(row: inout Row) throws {
        self.id = try row.column()
        self.kind = try row.column()
        self.title = try row.column()
        self.text = try row.column()
        self.url = try row.column()
        self.width = try row.optional()
        self.height = try row.optional()
        self.price = try row.optional()
    }
}
