import Kernel
package import Search
import Storage

/// How services are found.
package enum ListingSearch {
    /// As the list of categories calls services without one.
    private static let uncategorized = "uncategorized"

    package static let kind = SearchKind(
        "market.services",
        fields: [
            SearchField("name", weight: 3, usualLength: 4), SearchField("tags", weight: 2, usualLength: 4),
            SearchField("description", weight: 1, usualLength: 20),
        ],
        columns: [
            SearchColumn("status", .exact), SearchColumn("category", .exact), SearchColumn("tags", .set),
            SearchColumn("payment_method", .exact), SearchColumn("price", .number),
            SearchColumn("free_calls", .number), SearchColumn("name", .text),
        ]
    )

    static let source = SearchSource(
        kind,
        load: { tx, ids in try ListingSearch.documents(tx.listings.list(ids.map { ID($0) }), tx) },
        page: { tx, after, limit in
            let listings = try tx.listings.list(after: after.map { ID($0) }, limit: limit)
            return .init(try ListingSearch.documents(listings, tx), last: listings.last?.id.text)
        }
    )

    private static func documents(_ listings: [Listing], _ tx: Transaction) throws -> [SearchDocument] {
        let calls = try tx.listings.countCalls(of: listings.map(\.id))
        return listings.map { $0.searchDocument(calls: calls[$0.id] ?? 0) }
    }

    /// What a service gains by its calls: a step for each time that they have doubled, up to 32,767.
    static func boost(calls: Int64) -> UInt8 {
        UInt8(min(15, Int64.bitWidth - 1 - (max(0, calls) + 1).leadingZeroBitCount) * 17)
    }

    /// For measuring: a service of so many words, without a database.
    ///
    /// - Parameter parts: its identifier, name, tags and description.
    package static func document(_ parts: [String], order: Int64) -> SearchDocument {
        SearchDocument(
            id: parts[0],
            texts: Array(parts.dropFirst()),
            values: [
                .exact("active"), .exact(self.uncategorized), .set([]), .exact(""), .number(0), .number(0),
                .text(parts[1]),
            ],
            order: order
        )
    }

    /// Active services by category, the largest first.
    static let categories = SearchQuery(
        filters: [.any("status", of: [Listing.Status.active.rawValue])],
        limit: 0,
        facets: ["category"],
        facetLimit: 10_000
    )

    static func category(_ category: String) -> String { category.isEmpty ? self.uncategorized : category }
}

extension Listing {
    /// - Parameter calls: of all time.
    func searchDocument(calls: Int64) -> SearchDocument {
        SearchDocument(
            id: self.id.text,
            texts: [self.name, self.tags.joined(separator: " · "), self.description],
            values: [
                .exact(self.status.rawValue), .exact(ListingSearch.category(self.category)),
                .set(self.tags.map { $0.lowercased() }), .exact(self.paymentMethod.rawValue),
                .number(self.price.amount.smallestUnits), .number(Int64(self.freeTierCalls)), .text(self.name),
            ],
            order: self.createdAt.microseconds,
            boost: ListingSearch.boost(calls: calls)
        )
    }
}

/// What to look for. Without anything said: active services, the newest first.
struct ListingQuery: Sendable {
    var text: String?
    var category: String?
    var status = Listing.Status.active
    var tags: [String] = []
    var minimumPrice: Amount<USDC>?
    var maximumPrice: Amount<USDC>?
    var paymentMethod: PaymentMethod?
    var hasFreeTier: Bool?
    var sort = Sort.createdAt
    var limit: Int
    var offset: Int

    enum Sort: Sendable {
        case relevance, createdAt, price, name
    }

    init(limit: Int, offset: Int) {
        self.limit = limit
        self.offset = offset
    }

    var search: SearchQuery {
        var filters: [SearchFilter] = [.any("status", of: [self.status.rawValue])]
        if let category { filters.append(.any("category", of: [ListingSearch.category(category)])) }
        if !self.tags.isEmpty { filters.append(.any("tags", of: self.tags)) }
        if self.minimumPrice != nil || self.maximumPrice != nil {
            let (low, high) = (self.minimumPrice?.smallestUnits ?? .min, self.maximumPrice?.smallestUnits ?? .max)
            filters.append(.range("price", from: low, to: high))
        }
        if let method = self.paymentMethod { filters.append(.any("payment_method", of: [method.rawValue])) }
        switch self.hasFreeTier {
        case true?: filters.append(.range("free_calls", from: 1))
        case false?: filters.append(.range("free_calls", to: 0))
        case nil: break
        }
        let sort: SearchQuery.Sort =
            switch self.sort {
            case .relevance: .relevance
            case .createdAt: .order
            case .price: .ascending("price")
            case .name: .ascending("name")
            }
        // A client may send the field always.
        let text = self.text.flatMap { $0.trimmed.isEmpty ? nil : $0 }
        return SearchQuery(text, filters: filters, sort: sort, limit: self.limit, offset: self.offset)
    }
}
