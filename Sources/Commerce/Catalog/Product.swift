import Kernel
import Storage

enum ProductTag {}
typealias ProductID = NumericID<ProductTag>

/// A product of a merchant's catalogue, with its offer.
struct Product: Sendable, RowDecodable {
    /// On which copies of products, and of what is known of them, are told of a change, under the product's id.
    static let topic = "commerce.product"

    let id: ProductID
    let merchant: String
    let content: ProductContent
    let isWithdrawn: Bool
    let createdAt: Timestamp
    let updatedAt: Timestamp

    static let columns: StaticString = """
        p.id, p.merchant_id, p.external_id, p.title, p.description, p.brand, p.code, p.gtin, p.category_l1, p.category_l2,
        p.link, p.image, p.gallery, p.price, p.original_price, p.currency, p.availability, p.regions, p.attributes,
        p.released_at, p.age_restricted, p.rate_bps, p.is_withdrawn, p.created_at, p.updated_at
        """

    init(row: inout Row) throws {
        self.id = try row.column()
        self.merchant = try row.column()
        var content = ProductContent(externalID: try row.column(), title: try row.column())
        content.description = try row.column()
        content.brand = try row.column()
        content.code = try row.column()
        content.gtin = try row.column()
        content.group = try row.column()
        content.category = try row.column()
        content.link = try row.column()
        content.image = try row.column()
        content.gallery = try row.column(String.self).bytewise.split("\n").map(String.init)
        let (price, original) = (try row.optional(Int64.self), try row.optional(Int64.self))
        let currency = Currency(code: try row.column())
        content.price = price.map { Money(micros: $0, currency) }
        content.originalPrice = original.map { Money(micros: $0, currency) }
        content.availability = try row.column()
        content.regions = try row.column(String.self).bytewise.split(" ").map { Region(stored: $0) }
        content.attributes = try row.column()
        content.releasedAt = try row.optional()
        content.isAgeRestricted = try row.column()
        content.rateBasisPoints = try row.optional()
        self.content = content
        self.isWithdrawn = try row.column()
        self.createdAt = try row.column()
        self.updatedAt = try row.column()
    }
}

/// What a feed says of a product.
struct ProductContent: Sendable, Equatable {
    /// The feed's own id, unique within the merchant.
    let externalID: String
    let title: String
    var description = ""
    var brand = ""
    /// The maker's part number.
    var code = ""
    var gtin = ""
    /// The group of its kind; empty where it is not known.
    var group = ""
    /// Its kind; empty where it is not known.
    var category = ""
    var link = ""
    var image = ""
    var gallery: [String] = []
    var price: Money?
    /// Before it was lowered.
    var originalPrice: Money?
    var availability = Availability.unknown
    /// Where it is sold; empty for everywhere.
    var regions: [Region] = []
    /// One object of names and values, as JSON text.
    var attributes = "{}"
    var releasedAt: Timestamp?
    var isAgeRestricted = false
    /// What an order of it costs the merchant; nil for what the merchant's terms say.
    var rateBasisPoints: Int?

    /// What it costs is known even where it is not said in which currency.
    var currency: Currency { self.price?.currency ?? .usd }
}

enum Availability: String, Sendable, SQLConvertible, CaseIterable {
    case inStock = "in_stock"
    case limited
    case preorder
    case outOfStock = "out_of_stock"
    case unknown
}
