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

    /// So many matches are looked at one by one.
    private static let fewLimit = 2000

    /// - Parameter matches: nil where everything matches, so that no document is looked at.
    func first(_ views: [SegmentView], _ matches: [SegmentMatches]?) -> [SearchFacet] {
        guard self.limit > 0 else { return [] }
        if let matches, matches.reduce(0, { $0 + $1.total }) <= Self.fewLimit { return self.firstOfFew(matches) }
        let lists = views.map { $0.segment.frequentValues(self.column, prefix: self.prefix) }
        var (best, seen) = (BestValues(limit: self.limit), Set<[UInt8]>())
        var place = 0
        while true {
            let most = lists.reduce(0) { $0 + (place < $1.count ? $1.documents(place) : 0) }
            if most == 0 || most < best.least { break }
            for (index, list) in lists.enumerated() where place < list.count {
                guard let term = views[index].segment.terms.entry(at: list.ordinal(place))?.term,
                    seen.insert(term).inserted
                else { continue }
                best.offer(term, matches.map { Self.count(term, in: $0) } ?? Self.count(term, of: views))
            }
            place += 1
        }
        return self.facets(best)
    }

    private func firstOfFew(_ matches: [SegmentMatches]) -> [SearchFacet] {
        var counts: [[UInt8]: Int] = [:]
        for part in matches where part.total > 0 {
            let segment = part.view.segment
            var byOrdinal: [Int: Int] = [:]
            part.any.visit { document in
                segment.forEachTerm(of: document) { field, ordinal, _ in
                    if field == nil { byOrdinal[ordinal, default: 0] += 1 }
                }
                return true
            }
            for (ordinal, count) in byOrdinal {
                guard let term = segment.terms.entry(at: ordinal)?.term, term.starts(with: self.prefix) else {
                    continue
                }
                counts[term, default: 0] += count
            }
        }
        var best = BestValues(limit: self.limit)
        for (term, count) in counts { best.offer(term, count) }
        return self.facets(best)
    }

    private func facets(_ best: BestValues) -> [SearchFacet] {
        best.sorted.map {
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
                chunk.key < part.chunks ? sum + chunk.chunk.count(in: part.any.chunk(chunk.key).words) : sum
            }
        }
    }
}

/// The values with the highest counts.
private struct BestValues {
    private let limit: Int
    private var values: [(term: [UInt8], count: Int)] = []
    /// Lower counts do not come in.
    private(set) var least = 1

    init(limit: Int) { self.limit = limit }

    mutating func offer(_ term: [UInt8], _ count: Int) {
        guard count >= self.least else { return }
        self.values.append((term, count))
        // Sorted now and then, and not for each.
        guard self.values.count >= self.limit * 2 + 16 else { return }
        self.values = self.sorted
        self.least = self.values.last?.count ?? 1
    }

    /// The most frequent first; among equals in the order of their letters.
    var sorted: [(term: [UInt8], count: Int)] {
        let sorted = self.values.sorted { left, right in
            left.count != right.count ? left.count > right.count : TermTable.compare(left.term, right.term) < 0
        }
        return Array(sorted.prefix(self.limit))
    }
}
