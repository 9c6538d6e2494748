/// Sorts the matches of one segment by a column, or by their order.
struct Sorting {
    private let matches: SegmentMatches
    private let segment: Segment

    init(_ matches: SegmentMatches) {
        self.matches = matches
        self.segment = matches.view.segment
    }

    /// The first of them in the segment's order, which is that of equals.
    func first(_ limit: Int, accepts: (Int) -> Bool) -> [Int] {
        var found: [Int] = []
        self.matches.any.visit { document in
            if accepts(document) { found.append(document) }
            return found.count < limit
        }
        return found
    }

    func byNumber(_ column: Int, descending: Bool, _ limit: Int, accepts: (Int) -> Bool) -> [Int] {
        guard let numbers = self.segment.numbers[column] else { return [] }
        // Looking along the sorted documents pays when every few match.
        if self.segment.isSorted(column), self.matches.total > self.segment.count / 64 {
            return self.along(column, numbers, descending: descending, limit, accepts: accepts)
        }
        var hits = TopHits(limit: limit)
        self.matches.any.visit { document in
            let value = numbers.value(document)
            if accepts(document) { hits.offer(descending ? value : ~value, document) }
            return true
        }
        return hits.sorted.map(\.document)
    }

    private func along(
        _ column: Int,
        _ numbers: NumberColumn,
        descending: Bool,
        _ limit: Int,
        accepts: (Int) -> Bool
    ) -> [Int] {
        var found: [Int] = []
        func take(_ place: Int) -> Bool {
            let document = self.segment.sorted(column, place)
            if self.matches.any.contains(document), accepts(document) { found.append(document) }
            return found.count < limit
        }
        if !descending {
            for place in 0..<self.segment.count where !take(place) { break }
            return found
        }
        // Equal numbers stand in the order of equals, also from the end.
        var end = self.segment.count
        while end > 0 {
            let value = numbers.value(self.segment.sorted(column, end - 1))
            let start = min(self.firstPlace(column, numbers, atLeast: value), end - 1)
            for place in start..<end where !take(place) { return found }
            end = min(start, end - 1)
        }
        return found
    }

    private func firstPlace(_ column: Int, _ numbers: NumberColumn, atLeast value: Int64) -> Int {
        var (low, high) = (0, self.segment.count)
        while low < high {
            let middle = (low + high) / 2
            if numbers.value(self.segment.sorted(column, middle)) < value { low = middle + 1 } else { high = middle }
        }
        return low
    }

    /// By a text: each document with its text's place among the segment's.
    func byText(_ column: Int, descending: Bool, _ limit: Int, accepts: (Int) -> Bool) -> [Int] {
        guard let places = self.segment.numbers[column] else { return [] }
        var hits = TopHits(limit: limit)
        self.matches.any.visit { document in
            let place = places.value(document)
            if (descending ? place : ~place) >= hits.least, accepts(document) {
                hits.offer(descending ? place : ~place, document)
            }
            return true
        }
        return hits.sorted.map(\.document)
    }

    /// A document's text.
    func text(_ column: Int, _ document: Int) -> String {
        let prefix = SearchKind.valueTerm(column, "")
        return self.segment.text(column, document).map {
            String(decoding: $0.utf8.dropFirst(prefix.utf8.count), as: UTF8.self)
        } ?? ""
    }
}
