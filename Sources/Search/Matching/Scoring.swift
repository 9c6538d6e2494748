/// Ranks the matches of one segment.
struct Scoring {
    private let matches: SegmentMatches
    private let plan: QueryPlan
    private let bonuses: TogetherBonus
    /// What each step of a record's boost adds.
    private let boostUnit: Int64
    /// What a favoured record gains.
    private let favour: Int64
    private let favoured: Bits?
    /// What a record can gain beside its words.
    private let highestBoost: Int64
    /// What a record with all words has before all others.
    private let tier: Int64

    /// - Parameter favour: what a favoured record gains, as a share of what the words count.
    init(_ matches: SegmentMatches, _ plan: QueryPlan, _ kind: SearchKind, favour: Double) {
        self.matches = matches
        self.plan = plan
        self.bonuses = TogetherBonus(plan, kind, matches)
        self.boostUnit = plan.boostUnit(kind)
        self.favour = Int64((Double(plan.highest) * favour).rounded())
        self.favoured = matches.favoured
        self.highestBoost = self.boostUnit * Int64(matches.view.segment.highestBoost) + self.favour
        self.tier = plan.words.count > 1 ? plan.tier(kind) + self.favour : 0
    }

    /// - Parameter accepts: whether a hit may stand on the page, by its score and its document.
    func rank(_ hits: inout TopHits, accepts: ((Int64, Int) -> Bool)?) {
        if self.plan.words.count == 1, self.plan.words[0].readings.count == 1, accepts == nil {
            self.rankOneWord(&hits)
            return
        }
        let sums = ChunkSums.take()
        defer { sums.giveBack() }
        if self.matches.whole > 0 { self.rankWhole(&hits, accepts, sums) }
        guard self.matches.whole < self.matches.total, hits.bar < self.tier else { return }
        self.rankParts(&hits, accepts, sums)
    }

    @inline(__always)
    private func boost(_ document: Int) -> Int64 {
        if self.highestBoost == 0 { return 0 }
        let own = self.boostUnit &* Int64(self.matches.view.segment.boost(document))
        return self.favoured?.contains(document) ?? false ? own &+ self.favour : own
    }

    private func rankOneWord(_ hits: inout TopHits) {
        for chunk in 0..<self.matches.chunks {
            guard let part = self.matches.words[0][chunk].first else { continue }
            let weight = part.weight
            if Int64(part.chunk.highest) * weight + self.highestBoost <= hits.bar { continue }
            let bits = self.matches.any.chunk(chunk)
            let base = chunk * Postings.chunkSize
            part.chunk.visit(above: { Int(max(0, max(0, hits.bar) - self.highestBoost) / weight) }) {
                document,
                value in
                guard bits.contains(document) else { return }
                hits.offer(Int64(value) * weight + self.boost(base + document), base + document)
            }
        }
    }

    /// What the words can add in a chunk at most.
    private func bound(_ chunk: Int) -> Int64 { self.matches.words.reduce(0) { $0 + $1[chunk].highest } }

    // MARK: All words

    private func rankWhole(_ hits: inout TopHits, _ accepts: ((Int64, Int) -> Bool)?, _ sums: ChunkSums) {
        let most = self.bonuses.highest
        let atMost = self.tier + most + self.highestBoost
        for chunk in 0..<self.matches.chunks where self.bound(chunk) + atMost > hits.bar {
            let all = self.matches.all.chunk(chunk)
            let found = WholeHits(all, self.matches.words.map { $0[chunk] }, sums)
            let base = chunk * Postings.chunkSize
            // As many as are wanted are sure to reach what the last of them has without its bonus.
            var sure = TopHits(limit: most > 0 && accepts == nil ? hits.limit : 0, least: TopHits.noScore)
            var close: [TopHits.Hit] = []
            found.visit(above: { hits.bar - atMost }) { document, words in
                let score = self.tier &+ self.boost(base + document) &+ words
                guard score &+ most > hits.bar else { return }
                if most > 0 {
                    sure.offer(score, document)
                    close.append(TopHits.Hit(score: score, document: document))
                } else if accepts?(score, base + document) ?? true {
                    hits.offer(score, base + document)
                }
            }
            for hit in close where hit.score + most > hits.bar && (sure.limit == 0 || hit.score + most >= sure.least) {
                let (score, document) = (hit.score + self.bonuses.of(base + hit.document), base + hit.document)
                if accepts?(score, document) ?? true { hits.offer(score, document) }
            }
        }
    }

    // MARK: Some words

    /// Words that more documents have are looked up for those that can still come in; the postings of the others are added up.
    private static let lookedUp = Postings.chunkSize / 4

    private func rankParts(_ hits: inout TopHits, _ accepts: ((Int64, Int) -> Bool)?, _ sums: ChunkSums) {
        let order = self.plan.words.indices.sorted { left, right in
            let (first, second) = (self.plan.words[left].weight, self.plan.words[right].weight)
            return first != second ? first > second : left < right
        }
        for chunk in 0..<self.matches.chunks {
            let words = order.map { self.matches.words[$0][chunk] }
            // Documents with nothing but the last ones cannot come in.
            var (rest, needed) = (self.highestBoost, words.count)
            while needed > 0, rest + words[needed - 1].highest < hits.least {
                needed -= 1
                rest += words[needed].highest
            }
            guard needed > 0 else { continue }
            rest = self.highestBoost
            var looked: [[SegmentMatches.WeighedChunk]] = []
            let (any, all) = (self.matches.any.chunk(chunk), self.matches.all.chunk(chunk))
            sums.clear(any.count * 64)
            for (index, word) in words.enumerated() {
                if index < needed || word.reduce(0, { $0 + $1.chunk.count }) <= Self.lookedUp {
                    sums.add(word)
                } else {
                    looked.append(word)
                    rest += word.highest
                }
            }
            let scorer = ChunkScorer(looked, documents: any.count * 64)
            let base = chunk * Postings.chunkSize
            sums.visit(from: { hits.least - rest }) { document, sum in
                guard any.contains(document), !all.contains(document) else { return }
                let score = sum &+ self.boost(base + document) &+ scorer.score(document)
                guard score >= hits.least, accepts?(score, base + document) ?? true else { return }
                hits.offer(score, base + document)
            }
        }
    }
}

/// What the documents of a chunk score that have all words.
private struct WholeHits {
    private let all: Bits.Chunk
    private let sums: ChunkSums?
    private let scorer: ChunkScorer?

    /// Reading a posting in its turn takes so much less than looking one up.
    private static let lookupCost = 3

    init(_ all: Bits.Chunk, _ words: [[SegmentMatches.WeighedChunk]], _ sums: ChunkSums) {
        self.all = all
        let count = all.total
        let postings = words.reduce(0) { $0 + $1.reduce(0) { $0 + $1.chunk.count } }
        guard count > 0, count * words.count * Self.lookupCost > postings else {
            (self.sums, self.scorer) = (nil, count > 0 ? ChunkScorer(words, documents: all.count * 64) : nil)
            return
        }
        sums.clear(all.count * 64)
        for word in words { sums.add(word) }
        (self.sums, self.scorer) = (sums, nil)
    }

    /// - Parameter bar: what their words must exceed.
    @inline(__always)
    func visit(above bar: () -> Int64, _ visit: (Int, Int64) -> Void) {
        if let sums {
            sums.visit(from: { bar() + 1 }) { if self.all.contains($0) { visit($0, $1) } }
        } else if let scorer {
            for word in 0..<self.all.count where self.all[word] != 0 && scorer.bound(ofWord: word) > bar() {
                var bits = self.all[word]
                while bits != 0 {
                    let document = word << 6 | bits.trailingZeroBitCount
                    bits &= bits - 1
                    visit(document, scorer.score(document))
                }
            }
        }
    }
}

extension [SegmentMatches.WeighedChunk] {
    /// What the word can add at most.
    fileprivate var highest: Int64 { self.reduce(0) { Swift.max($0, $1.weight * Int64($1.chunk.highest)) } }
}

extension QueryPlan {
    func boostUnit(_ kind: SearchKind) -> Int64 { Int64((Double(self.highest) * kind.ranking.boost / 255).rounded()) }

    /// More than all that a record without one of the words can reach.
    func tier(_ kind: SearchKind) -> Int64 { self.words.count > 1 ? self.highest + 255 * self.boostUnit(kind) + 1 : 0 }
}
