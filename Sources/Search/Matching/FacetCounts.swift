/// Counts the values of a column over the matches, and keeps the most frequent.
///
/// Every segment lists its values by how many documents have them. They are looked at in this order, until no other value can be
/// more frequent than those that are kept.
struct FacetCounts {
    private let column: Int
    private let limit: Int
    private let prefix: [UInt8]

    init(column: Int, limit: Int) {
        self.column = column
        self.limit = limit
        self.prefix = Array(SearchKind.valueTerm(column, "").utf8)
    }

    /// - Parameter matches: nil where everything matches, so that no document is looked at.
    func first(_ views: [SegmentView], _ matches: [SegmentMatches]?) -> [SearchFacet] {
        guard self.limit > 0 else { return [] }
        let lists = views.map { $0.segment.frequentValues(self.column, prefix: self.prefix) }
        var (kept, seen): ([(term: [UInt8], count: Int)], Set<[UInt8]>) = ([], [])
        var place = 0
        while true {
            let most = lists.reduce(0) { $0 + (place < $1.count ? $1.documents(place) : 0) }
            if most == 0 || kept.count == self.limit && kept[kept.count - 1].count > most { break }
            for (index, list) in lists.enumerated() where place < list.count {
                guard let term = views[index].segment.terms.entry(at: list.ordinal(place))?.term,
                    seen.insert(term).inserted
                else { continue }
                let count = matches.map { Self.count(term, in: $0) } ?? Self.count(term, of: views)
                if count > 0 { Self.insert((term, count), into: &kept, self.limit) }
            }
            place += 1
        }
        return kept.map {
            SearchFacet(value: String(decoding: $0.term.dropFirst(self.prefix.count), as: UTF8.self), count: $0.count)
        }
    }

    private static func count(_ term: [UInt8], of views: [SegmentView]) -> Int {
        views.reduce(0) { sum, view in sum + (view.segment.terms.find(term).map(view.count) ?? 0) }
    }

    private static func count(_ term: [UInt8], in matches: [SegmentMatches]) -> Int {
        matches.reduce(0) { sum, part in
            guard part.total > 0, let entry = part.view.segment.terms.find(term) else { return sum }
            return part.view.segment.terms.postings(entry).chunks().reduce(sum) { sum, chunk in
                chunk.key < part.chunks ? sum + chunk.chunk.count(in: part.any.chunk(chunk.key)) : sum
            }
        }
    }

    /// The most frequent first; among equals in the order of their letters.
    private static func insert(
        _ value: (term: [UInt8], count: Int),
        into kept: inout [(term: [UInt8], count: Int)],
        _ limit: Int
    ) {
        let place =
            kept.firstIndex { other in
                value.count != other.count ? value.count > other.count : TermTable.compare(value.term, other.term) < 0
            } ?? kept.count
        guard place < limit else { return }
        kept.insert(value, at: place)
        if kept.count > limit { kept.removeLast() }
    }
}
