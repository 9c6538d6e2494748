import Foundation

@testable import Search

/// The same search without any index: every question reads every record. Slow, and short enough to be seen to be right.
struct PlainSearch {
    let kind: SearchKind
    private var reads: [String: Read] = [:]

    init(kind: SearchKind) { self.kind = kind }

    var count: Int { self.reads.count }

    private struct Read {
        let document: SearchDocument
        /// By field.
        let tokens: [[Token]]
        let values: [[String]]

        func frequencies(_ term: String) -> [Double] { self.tokens.map { Double($0.count { $0.text == term }) } }
        var lengths: [Int] { self.tokens.map { $0.count { !$0.isExtra } } }
        func has(_ term: String) -> Bool { self.tokens.contains { $0.contains { $0.text == term } } }
    }

    mutating func remove(_ id: String) { self.reads[id] = nil }

    mutating func put(_ document: SearchDocument) {
        self.reads[document.id] = Read(
            document: document,
            tokens: zip(self.kind.fields, document.texts).map { Tokens.of($1, $0.kind) },
            values: document.values.map { value in
                switch value {
                case .exact(let text): [text]
                case .set(let texts): Array(Set(texts))
                default: []
                }
            }
        )
    }

    func answer(_ query: SearchQuery) -> SearchAnswer {
        let all = Array(self.reads.values)
        let words = query.text.map { self.words($0, all) }
        var answer = SearchAnswer()
        if let words, words.known.isEmpty || query.mode == .all && !words.isWhole { return answer }
        var hits: [(score: Int64, text: String, read: Read)] = []
        for read in all where self.passes(read, query.filters) {
            guard let words else {
                hits.append((0, "", read))
                continue
            }
            let scores = words.known.map { $0.score(read, self.kind) }
            guard query.mode == .all ? scores.allSatisfy({ $0 > 0 }) : scores.contains(where: { $0 > 0 }) else {
                continue
            }
            hits.append((self.score(read, words.known, scores, query.favoured), "", read))
        }
        answer.total = hits.count
        hits = self.sorted(hits, query)
        answer.hits = hits.dropFirst(query.offset).prefix(query.limit).map { hit in
            SearchHit(
                id: hit.read.document.id,
                score: query.text == nil || query.sort != .relevance ? 0 : Double(hit.score) / (QueryPlan.scale * 255),
                cursor: SearchCursor(score: 0, text: "", order: 0, id: "")
            )
        }
        for name in query.facets {
            guard let column = self.kind.index(of: name) else { continue }
            var counts: [String: Int] = [:]
            for hit in hits { for value in hit.read.values[column] { counts[value, default: 0] += 1 } }
            let sorted = counts.sorted { ($1.value, $0.key) < ($0.value, $1.key) }
            answer.facets[name] = sorted.prefix(query.facetLimit).map { SearchFacet(value: $0.key, count: $0.value) }
        }
        return answer
    }

    // MARK: Words

    private struct Word {
        let weight: Int64
        let readings: [(terms: [String], weight: Int64)]

        func score(_ read: Read, _ kind: SearchKind) -> Int64 {
            self.readings.map { reading in
                let weights = reading.terms.map { term in
                    read.has(term) ? Int64(kind.weight(read.frequencies(term), read.lengths)) : 0
                }
                return reading.weight * (weights.min() ?? 0)
            }.max() ?? 0
        }
    }

    private func words(_ text: String, _ all: [Read]) -> (known: [Word], isWhole: Bool) {
        var counts: [String: Int] = [:]
        for read in all { for term in Set(read.tokens.joined().map(\.text)) { counts[term, default: 0] += 1 } }
        let ranking = self.kind.ranking
        var known: [Word] = []
        var isWhole = true
        for word in QueryWords.of(text, synonyms: Synonyms(self.kind.synonyms)) {
            var readings: [(terms: [String], documents: Int, factor: Double, isOwn: Bool)] = []
            for reading in word.readings where !readings.contains(where: { $0.terms == reading.terms }) {
                let documents = reading.terms.map { counts[$0] ?? 0 }.min() ?? 0
                let factor = reading.kind == .synonym ? ranking.synonym : 1
                if documents > 0 { readings.append((reading.terms, documents, factor, reading.kind != .synonym)) }
            }
            if word.canBeCut {
                let longer = counts.filter {
                    $0.key.utf8.count > word.shown.utf8.count && $0.key.utf8.starts(with: word.shown.utf8)
                }
                for (term, documents) in Self.first(longer, 50)
                where !word.readings.contains(where: { $0.terms == [term] }) {
                    readings.append(([term], documents, ranking.prefix, false))
                }
            }
            let isEnglish = word.shown.utf8.allSatisfy { $0 >= 97 && $0 <= 122 }
            let spelt = isEnglish ? word.shown : word.term
            if readings.isEmpty, word.canBeMisspelt, spelt.count >= 5 {
                for (edits, factor) in [(1, ranking.oneEdit), (2, ranking.twoEdits)]
                where readings.isEmpty && (edits == 1 || spelt.count >= 9) {
                    let near = counts.filter { count in
                        let term = Array(count.key.utf8)
                        let forms = isEnglish ? EnglishStem.forms(of: term) : [term]
                        return forms.contains { Self.distance($0, Array(spelt.utf8)) <= edits }
                    }
                    readings = Self.first(near, 5).map { ([$0.0], $0.1, factor, false) }
                }
            }
            guard let most = readings.map(\.documents).max() else {
                isWhole = false
                continue
            }
            let own = readings.filter(\.isOwn).map(\.documents).max() ?? most
            let count = Double(max(own, all.count))
            let rarity = log(1 + (count - Double(own) + 0.5) / (Double(own) + 0.5))
            let weighed = readings.map { ($0.terms, max(1, Int64((rarity * $0.factor * 4096).rounded()))) }
            known.append(Word(weight: weighed.map(\.1).max() ?? 1, readings: weighed))
        }
        return (known, isWhole)
    }

    private static func first(_ counts: [String: Int], _ limit: Int) -> [(String, Int)] {
        counts.sorted { left, right in
            left.value != right.value
                ? left.value > right.value : Array(left.key.utf8).lexicographicallyPrecedes(Array(right.key.utf8))
        }.prefix(limit).map { ($0.key, $0.value) }
    }

    static func distance(_ left: [UInt8], _ right: [UInt8]) -> Int {
        var rows = [Array(0...right.count)]
        for (row, letter) in left.enumerated() {
            var next = [row + 1]
            for column in right.indices {
                var cost = min(
                    rows[row][column] + (letter == right[column] ? 0 : 1),
                    rows[row][column + 1] + 1,
                    next[column] + 1
                )
                if row > 0, column > 0, letter == right[column - 1], left[row - 1] == right[column] {
                    cost = min(cost, rows[row - 1][column - 1] + 1)
                }
                next.append(cost)
            }
            rows.append(next)
        }
        return rows[left.count][right.count]
    }

    // MARK: Scores

    private func score(_ read: Read, _ words: [Word], _ scores: [Int64], _ favoured: SearchQuery.Favoured?) -> Int64 {
        let highest = words.reduce(0) { $0 + $1.weight * 255 }
        let boostUnit = Int64((Double(highest) * self.kind.ranking.boost / 255).rounded())
        var score = scores.reduce(0, +) + boostUnit * Int64(read.document.boost)
        let favour = Int64((Double(highest) * (favoured?.share ?? 0)).rounded())
        if let favoured, self.passes(read, favoured.filters) { score += favour }
        guard words.count > 1, scores.allSatisfy({ $0 > 0 }) else { return score }
        score += highest + 255 * boostUnit + 1 + favour
        let terms = words.map { Set($0.readings.filter { $0.terms.count == 1 }.map { $0.terms[0] }) }
        func word(_ token: Token) -> Int? { terms.firstIndex { $0.contains(token.text) } }
        var pairs: Set<Int> = []
        var isTogether = false
        for field in read.tokens {
            if Set(field.compactMap(word)).count == words.count { isTogether = true }
            var before: Int?
            for token in field {
                let own = word(token)
                if let own, let before, before == own - 1 { pairs.insert(before) }
                if !token.isExtra { before = own }
            }
        }
        if isTogether { score += Int64((Double(highest) * self.kind.ranking.sameField).rounded()) }
        for pair in pairs {
            let both = Double((words[pair].weight + words[pair + 1].weight) * 255)
            score += Int64((both * self.kind.ranking.neighbours).rounded())
        }
        return score
    }

    // MARK: Filters and sorting

    private func passes(_ read: Read, _ filters: [SearchFilter]) -> Bool {
        filters.allSatisfy { filter in
            switch filter {
            case .any(let name, let values):
                return self.kind.index(of: name).map { !Set(read.values[$0]).isDisjoint(with: values) } ?? false
            case .none(let name, let values):
                return self.kind.index(of: name).map { Set(read.values[$0]).isDisjoint(with: values) } ?? true
            case .without(let text):
                let words = QueryWords.of(text, synonyms: Synonyms([]))
                return words.isEmpty
                    || !words.allSatisfy { word in
                        word.readings.contains { $0.terms.count == 1 && read.has($0.terms[0]) }
                    }
            case .either(let lists): return lists.contains { self.passes(read, $0) }
            case .range(let name, let low, let high):
                guard let column = self.kind.index(of: name), case .number(let value) = read.document.values[column]
                else { return false }
                return low <= value && value <= high
            case .near(let name, let latitude, let longitude, let kilometres, let reach):
                guard let column = self.kind.index(of: name),
                    case .place(let north, let east) = read.document.values[column]
                else { return false }
                var metres: Int64 = 0
                if let reach = reach.flatMap({ self.kind.index(of: $0) }),
                    case .number(let value) = read.document.values[reach]
                {
                    metres = value
                }
                let place = SearchPlace(latitude: latitude, longitude: longitude, kilometres: kilometres)
                return place.contains(Int64(north), Int64(east), reach: metres)
            }
        }
    }

    private func sorted(_ hits: [(score: Int64, text: String, read: Read)], _ query: SearchQuery) -> [(
        score: Int64, text: String, read: Read
    )] {
        hits.sorted { left, right in
            let (first, second) = (left.read.document, right.read.document)
            switch query.sort {
            case .relevance: if left.score != right.score { return left.score > right.score }
            case .order: break
            case .ascending(let name), .descending(let name):
                guard let column = self.kind.index(of: name) else { break }
                var compared = 0
                switch (first.values[column], second.values[column]) {
                case (.number(let one), .number(let other)): compared = one < other ? -1 : one > other ? 1 : 0
                case (.text(let one), .text(let other)):
                    compared = TermTable.compare(Array(one.utf8), Array(other.utf8))
                default: break
                }
                if compared != 0 { return query.sort == .ascending(name) ? compared < 0 : compared > 0 }
            }
            if first.order != second.order { return first.order > second.order }
            return TermTable.compare(SearchKey.encode(first.id), SearchKey.encode(second.id)) > 0
        }
    }
}
