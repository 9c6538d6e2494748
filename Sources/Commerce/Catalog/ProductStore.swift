import Crypto
import Kernel
import Search
import Storage

struct ProductStore {
    let tx: Transaction

    /// Also those that were withdrawn.
    func find(_ id: ProductID) throws -> Product? {
        try self.tx.row("SELECT \(raw: Product.columns) FROM commerce_product p WHERE p.id = \(id)")
    }

    func list(_ ids: [ProductID]) throws -> [Product] {
        guard !ids.isEmpty else { return [] }
        let list = SQL.joined(ids.map { "\($0)" }, separator: ", ")
        return try self.tx.rows("SELECT \(raw: Product.columns) FROM commerce_product p WHERE p.id IN (\(list))")
    }

    func list(after id: ProductID?, limit: Int) throws -> [Product] {
        try self.tx.rows(
            """
            SELECT \(raw: Product.columns) FROM commerce_product p WHERE p.id > \(id ?? 0) ORDER BY p.id LIMIT \(limit)
            """
        )
    }

    /// Of one merchant, or of all.
    func list(merchant: String?, after id: ProductID?, limit: Int) throws -> [Product] {
        guard let merchant else { return try self.list(after: id, limit: limit) }
        return try self.tx.rows(
            """
            SELECT \(raw: Product.columns) FROM commerce_product p
            WHERE p.merchant_id = \(merchant) AND p.id > \(id ?? 0) ORDER BY p.id LIMIT \(limit)
            """
        )
    }

    func count(merchant: String) throws -> Int {
        try self.tx.value(
            "SELECT COUNT(*) FROM commerce_product WHERE merchant_id = \(merchant) AND is_withdrawn = 0"
        ) ?? 0
    }

    /// What an import compares a line with.
    struct Known: RowDecodable {
        let id: ProductID
        let hash: [UInt8]
        let price: Int64?
        let currency: String
        let isWithdrawn: Bool

        static let columns: StaticString = "id, content_hash, price, currency, is_withdrawn"

        init(row: inout Row) throws {
            self.id = try row.column()
            self.hash = try row.column()
            self.price = try row.optional()
            self.currency = try row.column()
            self.isWithdrawn = try row.column()
        }
    }

    func find(merchant: String, externalID: String) throws -> Known? {
        try self.tx.row(
            """
            SELECT \(raw: Known.columns) FROM commerce_product
            WHERE merchant_id = \(merchant) AND external_id = \(externalID)
            """
        )
    }

    /// Whether the import has taken a line of the product before.
    func wasSeen(_ id: ProductID, by importID: String) throws -> Bool {
        try self.tx.value(
            "SELECT 1 FROM commerce_product WHERE id = \(id) AND import_id = \(importID)",
            as: Int.self
        ) != nil
    }

    func exists(_ id: ProductID) throws -> Bool {
        try self.tx.value("SELECT 1 FROM commerce_product WHERE id = \(id)", as: Int.self) != nil
    }

    /// The first number after all products.
    func nextID() throws -> ProductID {
        ProductID((try self.tx.value("SELECT COALESCE(MAX(id), 0) FROM commerce_product", as: Int64.self) ?? 0) + 1)
    }

    func insert(_ id: ProductID, of merchant: String, _ content: ProductContent, importID: String) throws {
        try self.tx.execute(
            """
            INSERT INTO commerce_product (id, merchant_id, external_id, title, description, brand, code, gtin, category_l1,
                category_l2, link, image, gallery, price, original_price, currency, availability, regions, attributes,
                released_at, age_restricted, rate_bps, content_hash, import_id, is_withdrawn, created_at, updated_at)
            VALUES (\(id), \(merchant), \(content.externalID), \(content.title), \(content.description), \(content.brand),
                \(content.code), \(content.gtin), \(content.group), \(content.category), \(content.link), \(content.image),
                \(content.gallery.joined(separator: "\n")), \(content.price?.micros), \(content.originalPrice?.micros),
                \(content.currency.code), \(content.availability),
                \(content.regions.map(\.code).joined(separator: " ")), \(content.attributes), \(content.releasedAt),
                \(content.isAgeRestricted), \(content.rateBasisPoints), \(content.hash), \(importID), 0, \(self.tx.now),
                \(self.tx.now))
            """
        )
        try self.tx.put(content.searchDocument(id, merchant: merchant), in: ProductSearch.kind)
    }

    func update(_ id: ProductID, of merchant: String, _ content: ProductContent, importID: String) throws {
        try self.tx.execute(
            """
            UPDATE commerce_product SET title = \(content.title), description = \(content.description),
                brand = \(content.brand), code = \(content.code), gtin = \(content.gtin), category_l1 = \(content.group),
                category_l2 = \(content.category), link = \(content.link), image = \(content.image),
                gallery = \(content.gallery.joined(separator: "\n")), price = \(content.price?.micros),
                original_price = \(content.originalPrice?.micros), currency = \(content.currency.code),
                availability = \(content.availability), regions = \(content.regions.map(\.code).joined(separator: " ")),
                attributes = \(content.attributes), released_at = \(content.releasedAt),
                age_restricted = \(content.isAgeRestricted), rate_bps = \(content.rateBasisPoints),
                content_hash = \(content.hash), import_id = \(importID), is_withdrawn = 0, updated_at = \(self.tx.now)
            WHERE id = \(id)
            """
        )
        try self.tx.put(content.searchDocument(id, merchant: merchant), in: ProductSearch.kind)
        try self.tx.invalidate(Product.topic, "\(id)")
    }

    /// Seen by an import that changes nothing of it.
    func touch(_ id: ProductID, importID: String) throws {
        try self.tx.later("UPDATE commerce_product SET import_id = \(importID) WHERE id = \(id)")
    }

    func withdraw(_ id: ProductID) throws {
        try self.tx.execute(
            "UPDATE commerce_product SET is_withdrawn = 1, updated_at = \(self.tx.now) WHERE id = \(id)"
        )
        try self.tx.remove("\(id)", from: ProductSearch.kind)
        try self.tx.invalidate(Product.topic, "\(id)")
    }

    /// Products that an import has not seen, and are for sale.
    func listUnseen(merchant: String, importID: String, after id: ProductID?, limit: Int) throws -> [Product] {
        try self.tx.rows(
            """
            SELECT \(raw: Product.columns) FROM commerce_product p
            WHERE p.merchant_id = \(merchant) AND p.id > \(id ?? 0) AND p.import_id <> \(importID) AND p.is_withdrawn = 0
                AND p.availability <> 'out_of_stock'
            ORDER BY p.id LIMIT \(limit)
            """
        )
    }

    func countUnseen(merchant: String, importID: String) throws -> Int {
        try self.tx.value(
            """
            SELECT COUNT(*) FROM commerce_product WHERE merchant_id = \(merchant) AND import_id <> \(importID)
                AND is_withdrawn = 0 AND availability <> 'out_of_stock'
            """
        ) ?? 0
    }

    func setOutOfStock(_ product: Product) throws {
        var content = product.content
        content.availability = .outOfStock
        try self.tx.execute(
            """
            UPDATE commerce_product SET availability = \(content.availability), content_hash = \(content.hash),
                updated_at = \(self.tx.now)
            WHERE id = \(product.id)
            """
        )
        try self.tx.put(content.searchDocument(product.id, merchant: product.merchant), in: ProductSearch.kind)
        try self.tx.invalidate(Product.topic, "\(product.id)")
    }

    // MARK: Prices

    /// A price from now on.
    func insertPrice(_ price: Money, of id: ProductID, importID: String) throws {
        try self.tx.execute(
            """
            INSERT INTO commerce_price (product_id, at, amount, currency, import_id)
            VALUES (\(id), \(self.tx.now), \(price.micros), \(price.currency.code), \(importID))
            ON CONFLICT (product_id, at) DO UPDATE SET amount = excluded.amount, currency = excluded.currency
            """
        )
    }

    /// Newest first.
    func listPrices(of id: ProductID, limit: Int) throws -> [(at: Timestamp, price: Money)] {
        try self.tx.rows(
            """
            SELECT at, amount, currency FROM commerce_price WHERE product_id = \(id) ORDER BY at DESC LIMIT \(limit)
            """
        ) { row in
            (try row.column(), Money(micros: try row.column(), Currency(code: try row.column())))
        }
    }

    /// All prices by kind and currency, for medians.
    func forEachPrice(_ visit: (_ category: String, _ currency: String, _ micros: Int64) -> Void) throws {
        try self.tx.forEach(
            """
            SELECT \(raw: CategoryPrice.columns) FROM commerce_product
            WHERE is_withdrawn = 0 AND price IS NOT NULL AND category_l2 <> ''
            """,
            as: CategoryPrice.self
        ) { visit($0.category, $0.currency, $0.micros) }
    }

    private struct CategoryPrice: RowDecodable {
        let category: String
        let currency: String
        let micros: Int64

        static let columns: StaticString = "category_l2, currency, price"

        init(row: inout Row) throws {
            self.category = try row.column()
            self.currency = try row.column()
            self.micros = try row.column()
        }
    }
}

extension ProductContent {
    /// Of all that it says, so that a line that changes nothing is known.
    var hash: [UInt8] {
        let parts = [
            self.externalID, self.title, self.description, self.brand, self.code, self.gtin, self.group, self.category,
            self.link, self.image, self.gallery.joined(separator: "\n"), self.price?.exactText ?? "",
            self.originalPrice?.exactText ?? "", self.currency.code, self.availability.rawValue,
            self.regions.map(\.code).joined(separator: " "), self.attributes, self.releasedAt?.text ?? "",
            "\(self.isAgeRestricted)", self.rateBasisPoints.map { "\($0)" } ?? "",
        ]
        return Array(SHA256.hash(data: Array(parts.joined(separator: "\u{1F}").utf8)).prefix(16))
    }
}

extension Transaction {
    var products: ProductStore { ProductStore(tx: self) }
}
