/// What is sought.
package struct SearchQuery: Sendable, Hashable {
    /// Nil for everything that the filters leave.
    package var text: String?
    package var mode: Mode
    /// All of them must hold.
    package var filters: [SearchFilter]
    /// What comes before its like, among the matches of a text.
    package var favoured: Favoured?
    package var sort: Sort
    package var limit: Int
    package var offset: Int
    /// After which hit the page begins.
    package var after: SearchCursor?
    /// Columns whose values are counted over all matches.
    package var facets: [String]
    /// Values of a facet at most.
    package var facetLimit: Int

    /// Records that meet conditions gain a part of what the words count.
    package struct Favoured: Sendable, Hashable {
        let filters: [SearchFilter]
        let share: Double

        package init(_ filters: [SearchFilter], share: Double) { (self.filters, self.share) = (filters, share) }
    }

    package enum Mode: Sendable {
        /// Records with all words come first, then those with the most telling ones.
        case best
        /// Only records with all words.
        case all
    }

    package enum Sort: Sendable, Hashable {
        /// The best match first; without a text, the highest order.
        case relevance
        /// The highest order first.
        case order
        case ascending(String)
        case descending(String)
    }

    package init(
        _ text: String? = nil,
        mode: Mode = .best,
        filters: [SearchFilter] = [],
        favoured: Favoured? = nil,
        sort: Sort = .relevance,
        limit: Int = 10,
        offset: Int = 0,
        after: SearchCursor? = nil,
        facets: [String] = [],
        facetLimit: Int = 20
    ) {
        self.text = text
        self.mode = mode
        self.filters = filters
        self.favoured = favoured
        self.sort = sort
        self.limit = limit
        self.offset = offset
        self.after = after
        self.facets = facets
        self.facetLimit = facetLimit
    }
}

/// A condition on a column.
package enum SearchFilter: Sendable, Hashable {
    /// One of the texts, in a column of one or several.
    case any(String, of: [String])
    /// None of the texts.
    case none(String, of: [String])
    /// Not the text's words, all of them, in any field.
    case without(String)
    /// All conditions of one of the lists.
    indirect case either([[SearchFilter]])
    /// Within the bounds, both included.
    case range(String, from: Int64 = .min, to: Int64 = .max)
    /// Within a distance, on a sphere of the Earth's mean radius; further by the record's own reach: a column of metres.
    case near(String, latitude: Double, longitude: Double, kilometres: Double, reach: String? = nil)
}

/// The place of a hit in its order.
package struct SearchCursor: Sendable, Hashable {
    let score: Int64
    let text: String
    let order: Int64
    let id: String
}
