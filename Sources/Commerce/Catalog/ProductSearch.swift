import Kernel
package import Search
import Storage

/// How products are found. The weights are those that were the best on the judged questions of Icecat (`make relevance`).
package enum ProductSearch {
    package static let kind = Self.kind()

    /// - Parameters: the weights that `make relevance` tries.
    package static func kind(description: Double = 0.5, sameField: Double = 0.15) -> SearchKind {
        var ranking = SearchRanking()
        ranking.sameField = sameField
        return SearchKind(
            "commerce.products",
            fields: [
                SearchField("title", weight: 1, usualLength: 11),
                SearchField("description", weight: description, usualLength: 10.5),
                SearchField("brand", weight: 0.5, usualLength: 1.25),
                SearchField("code", weight: 0.5, usualLength: 6),
                SearchField("attributes", weight: 0.045, usualLength: 41),
                SearchField("type", weight: 0.5, usualLength: 0.42),
            ],
            columns: [
                SearchColumn("merchant", .exact), SearchColumn("brand", .exact), SearchColumn("category", .exact),
                SearchColumn("currency", .exact), SearchColumn("price", .number), SearchColumn("regions", .set),
                SearchColumn("availability", .exact), SearchColumn("released", .number),
            ],
            ranking: ranking,
            synonyms: Self.synonyms
        )
    }

    /// What a product of the kind that was asked for gains, as a share of what the words count: much where the kind is all that was said,
    /// since nothing else tells a laptop from what is for one.
    static func kindShare(words: Int) -> Double { words == 1 ? 0.5 : 0.1 }

    private static let synonyms = [
        "laptop = notebook", "tv = television", "ssd = solid state drive", "hdd = hard disk", "phone = smartphone",
    ]

    /// In `regions` of what says nothing of them: it is sold where the operator's setting says.
    static let everywhere = "*"

    static let source = SearchSource(
        Self.kind,
        load: { tx, ids in Self.documents(try tx.products.list(ids.compactMap { ProductID($0) })) },
        page: { tx, after, limit in
            let products = try tx.products.list(after: after.flatMap { ProductID($0) }, limit: limit)
            return .init(Self.documents(products), last: products.last.map { "\($0.id)" })
        }
    )

    private static func documents(_ products: [Product]) -> [SearchDocument] {
        products.filter { !$0.isWithdrawn }.map { $0.content.searchDocument($0.id, merchant: $0.merchant) }
    }
}

extension ProductContent {
    func searchDocument(_ id: ProductID, merchant: String) -> SearchDocument {
        let attributes = JSONValue.parsed(self.attributes).object ?? [:]
        var type = ["product type", "type"].compactMap { attributes[$0]?.string }
        // A kind that the title names stands there already, also in one word.
        if type.isEmpty, !Self.joined(self.title).bytewise.contains(Self.joined(self.category)) {
            type = [self.category]
        }
        return SearchDocument(
            id: "\(id)",
            texts: [
                self.title, self.description, self.brand, self.code, Self.searchable(attributes),
                type.joined(separator: " "),
            ],
            values: [
                .exact(merchant), .exact(self.brand.lowercased()), .exact(self.category), .exact(self.currency.code),
                // What has no price is within no bound.
                .number(self.price?.micros ?? .min),
                .set(self.regions.isEmpty ? [ProductSearch.everywhere] : self.regions.map(\.code)),
                .exact(self.availability.rawValue), .number(self.releasedAt?.seconds ?? 0),
            ],
            // Of equals the lower number comes first.
            order: -id.value
        )
    }

    private static func joined(_ text: String) -> String { text.lowercased().bytewise.replacing(" ", with: "") }

    /// Values that are words, and names of what is true.
    private static func searchable(_ attributes: [String: JSONValue]) -> String {
        attributes.sorted { $0.key.utf8.lexicographicallyPrecedes($1.key.utf8) }.compactMap { name, value in
            switch value {
            case .string(let text): text
            case .bool(true): name
            default: nil
            }
        }.joined(separator: " ")
    }
}
