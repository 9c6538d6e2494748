/// Answers a question against a snapshot.
struct Searching {
    private let kind: SearchKind
    private let snapshot: SearchSnapshot
    private let query: SearchQuery
    private let plan: QueryPlan?

    init(_ query: SearchQuery, _ kind: SearchKind, _ snapshot: SearchSnapshot, _ synonyms: Synonyms) {
        self.kind = kind
        self.snapshot = snapshot
        self.query = query
        self.plan = query.text.map { QueryPlan(QueryWords.of($0, synonyms: synonyms), kind, snapshot) }
    }

    /// Later hits cannot be paged to.
    private static let pagingLimit = 100_000

    private var wanted: Int {
        guard self.query.offset <= Self.pagingLimit else { return 0 }
        return max(0, self.query.offset) + max(0, min(self.query.limit, Self.pagingLimit))
    }

    func answer() -> SearchAnswer {
        var answer = SearchAnswer(suggestion: self.plan?.suggestion)
        // Words that no record has leave nothing where all are wanted, and no word leaves nothing.
        if let plan, plan.words.isEmpty || self.query.mode == .all && !plan.isWhole { return answer }
        let isOpen = self.plan == nil && self.query.filters.isEmpty
        var found: [Found] = []
        var kept: [SegmentMatches] = []
        for (place, view) in self.snapshot.views.enumerated() where view.live.count > 0 {
            if isOpen, self.wanted == 0 {
                answer.total += view.live.count
                continue
            }
            let filters = SegmentFilters(self.query.filters, self.kind, view.segment)
            let favoured = self.plan == nil ? nil : self.query.favoured
            let matches = SegmentMatches(
                view,
                at: place,
                self.plan,
                self.query,
                filters,
                favoured: favoured.map { SegmentFilters($0.filters, self.kind, view.segment) }
            )
            answer.total += matches.total
            if !self.query.facets.isEmpty, !isOpen { kept.append(matches) }
            if self.wanted > 0, matches.total > 0 { self.collect(matches, &found) }
        }
        answer.hits = found.dropFirst(max(0, self.query.offset)).map(self.hit)
        for name in self.query.facets {
            guard let column = self.kind.index(of: name), self.kind.columns[column].kind.hasFacets else { continue }
            let counts = FacetCounts(column: column, limit: self.query.facetLimit)
            answer.facets[name] = counts.first(self.snapshot.views, isOpen ? nil : kept)
        }
        return answer
    }

    /// A candidate for the page, with everything that sorts it.
    private struct Found {
        let view: SegmentView
        let document: Int
        let score: Int64
        let text: String
        let order: Int64
        let key: [UInt8]
    }

    /// Adds the best of a segment, and keeps as many as are wanted in all.
    private func collect(_ matches: SegmentMatches, _ found: inout [Found]) {
        let segment = matches.view.segment
        let sorting = Sorting(matches)
        func make(_ document: Int, _ score: Int64, _ text: String = "") -> Found {
            Found(
                view: matches.view,
                document: document,
                score: score,
                text: text,
                order: segment.order(document),
                key: Array(segment.key(document))
            )
        }
        let wanted = self.wanted
        switch self.query.sort {
        case .relevance where self.plan != nil:
            guard let plan else { return }
            let least = found.count == wanted ? found.last?.score ?? TopHits.noScore : TopHits.noScore
            var hits = TopHits(limit: wanted, least: least)
            let after = self.query.after
            Scoring(matches, plan, self.kind, favour: self.query.favoured?.share ?? 0).rank(
                &hits,
                accepts: after.map { after in { self.isAfter(after, make($1, $0)) } }
            )
            found += hits.sorted.map { make($0.document, $0.score) }
        case .relevance, .order:
            let documents = sorting.first(wanted) { self.query.after == nil || self.accepts(make($0, 0)) }
            found += documents.map { make($0, 0) }
        case .ascending(let name), .descending(let name):
            guard let column = self.kind.index(of: name), self.kind.columns[column].kind.isSortable else { return }
            let descending = self.query.sort == .descending(name)
            if self.kind.columns[column].kind == .text {
                let documents = sorting.byText(column, descending: descending, wanted) {
                    self.query.after == nil || self.accepts(make($0, 0, sorting.text(column, $0)))
                }
                found += documents.map { make($0, 0, sorting.text(column, $0)) }
            } else {
                func score(_ document: Int) -> Int64 {
                    let value = segment.numbers[column]?.value(document) ?? 0
                    return descending ? value : ~value
                }
                let documents = sorting.byNumber(column, descending: descending, wanted) {
                    self.query.after == nil || self.accepts(make($0, score($0)))
                }
                found += documents.map { make($0, score($0)) }
            }
        }
        if self.snapshot.views.count > 1 { found.sort(by: self.isBefore) }
        if found.count > wanted { found.removeLast(found.count - wanted) }
    }

    private func accepts(_ found: Found) -> Bool { self.query.after.map { self.isAfter($0, found) } ?? true }

    private func isBefore(_ left: Found, _ right: Found) -> Bool {
        if left.score != right.score { return left.score > right.score }
        if left.text != right.text { return self.isTextBefore(left.text, right.text) }
        if left.order != right.order { return left.order > right.order }
        return TermTable.compare(left.key, right.key) > 0
    }

    /// By bytes, as a database sorts.
    private func isTextBefore(_ left: String, _ right: String) -> Bool {
        let compared = TermTable.compare(Array(left.utf8), Array(right.utf8))
        if case .descending = self.query.sort { return compared > 0 }
        return compared < 0
    }

    private func isAfter(_ cursor: SearchCursor, _ found: Found) -> Bool {
        if found.score != cursor.score { return found.score < cursor.score }
        if found.text != cursor.text { return self.isTextBefore(cursor.text, found.text) }
        if found.order != cursor.order { return found.order < cursor.order }
        return TermTable.compare(found.key, SearchKey.encode(cursor.id)) < 0
    }

    private func hit(_ found: Found) -> SearchHit {
        let id = found.key.withUnsafeBytes { SearchKey.decode($0) }
        let isScored = self.plan != nil && self.query.sort == .relevance
        return SearchHit(
            id: id,
            score: isScored ? Double(found.score) / (QueryPlan.scale * 255) : 0,
            cursor: SearchCursor(score: found.score, text: found.text, order: found.order, id: id)
        )
    }
}
