/// Ranks the matches of one segment.
struct Scoring {
    private let matches: SegmentMatches
    private let plan: QueryPlan
    private let bonuses: TogetherBonus
    /// What each step of a record's boost adds.
    private let boostUnit: Int64
    private let highestBoost: Int64
    /// What a record with all words has before all others.
    private let tier: Int64

    init(_ matches: SegmentMatches, _ plan: QueryPlan, _ kind: SearchKind) {
        self.matches = matches
        self.plan = plan
        self.bonuses = TogetherBonus(plan, kind, matches.view.segment)
        self.boostUnit = plan.boostUnit(kind)
        self.highestBoost = self.boostUnit * Int64(matches.view.segment.highestBoost)
        self.tier = plan.tier(kind)
    }

    /// - Parameter accepts: whether a hit may stand on the page, by its score and its document.
    func rank(_ hits: inout TopHits, accepts: ((Int64, Int) -> Bool)?) {
        if self.plan.words.count == 1, self.plan.words[0].readings.count == 1, accepts == nil {
            self.rankOneWord(&hits)
            return
        }
        self.rankWhole(&hits, accepts)
        guard self.matches.all !== self.matches.any, hits.bar < self.tier else { return }
        self.rankParts(&hits, accepts)
    }

    @inline(__always)
    private func boost(_ document: Int) -> Int64 {
        self.highestBoost == 0 ? 0 : self.boostUnit &* Int64(self.matches.view.segment.boost(document))
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
                guard bits[document >> 6] >> UInt64(document & 63) & 1 == 1 else { return }
                hits.offer(Int64(value) * weight + self.boost(base + document), base + document)
            }
        }
    }

    /// What the words can add in a chunk at most.
    private func bound(_ chunk: Int, _ words: some Sequence<Int>) -> Int64 {
        words.reduce(0) { sum, word in
            sum + (self.matches.words[word][chunk].map { $0.weight * Int64($0.chunk.highest) }.max() ?? 0)
        }
    }

    // MARK: All words

    private func rankWhole(_ hits: inout TopHits, _ accepts: ((Int64, Int) -> Bool)?) {
        let most = self.bonuses.highest
        for chunk in 0..<self.matches.chunks {
            if self.bound(chunk, self.plan.words.indices) + self.tier + most + self.highestBoost <= hits.bar {
                continue
            }
            let all = self.matches.all.chunk(chunk)
            let scorer = ChunkScorer(self.matches.words.map { $0[chunk] })
            let base = chunk * Postings.chunkSize
            let atMost = self.tier + most + self.highestBoost
            for word in 0..<Postings.chunkWords {
                var bits = all[word]
                guard bits != 0, scorer.bound(ofWord: word) + atMost > hits.bar else { continue }
                while bits != 0 {
                    let document = word << 6 | bits.trailingZeroBitCount
                    bits &= bits - 1
                    var score = self.tier &+ self.boost(base + document) &+ scorer.score(document)
                    guard score &+ most > hits.bar else { continue }
                    if most > 0 { score += self.bonuses.of(base + document) }
                    if let accepts, !accepts(score, base + document) { continue }
                    hits.offer(score, base + document)
                }
            }
        }
    }

    // MARK: Some words

    /// The words of a chunk that a record must have one of to come in are added up document by document; the others are looked up for
    /// those that still can.
    private func rankParts(_ hits: inout TopHits, _ accepts: ((Int64, Int) -> Bool)?) {
        let order = self.plan.words.indices.sorted { left, right in
            let (first, second) = (self.plan.words[left].weight, self.plan.words[right].weight)
            return first != second ? first > second : left < right
        }
        let sums = ChunkSums()
        for chunk in 0..<self.matches.chunks {
            let words = order.map { self.matches.words[$0][chunk] }
            let bounds = words.map { word in word.map { $0.weight * Int64($0.chunk.highest) }.max() ?? 0 }
            // Documents with nothing but these cannot come in.
            var (rest, needed) = (self.highestBoost, words.count)
            while needed > 0, rest + bounds[needed - 1] < hits.least {
                needed -= 1
                rest += bounds[needed]
            }
            guard needed > 0 else { continue }
            sums.clear()
            for word in words[..<needed] { sums.add(word) }
            let scorer = ChunkScorer(Array(words[needed...]))
            let (any, all) = (self.matches.any.chunk(chunk), self.matches.all.chunk(chunk))
            let base = chunk * Postings.chunkSize
            for word in 0..<Postings.chunkWords {
                var bits = sums.bits[word] & any[word] & ~all[word]
                while bits != 0 {
                    let document = word << 6 | bits.trailingZeroBitCount
                    bits &= bits - 1
                    var score = Int64(sums.scores[document])
                    guard score &+ rest >= hits.least else { continue }
                    score += self.boost(base + document) &+ scorer.score(document)
                    guard score >= hits.least else { continue }
                    if let accepts, !accepts(score, base + document) { continue }
                    hits.offer(score, base + document)
                }
            }
        }
    }
}

/// The scores of a chunk's documents, added up word by word.
private final class ChunkSums {
    let scores: UnsafeMutablePointer<UInt32>
    let bits: UnsafeMutablePointer<UInt64>
    /// Of a word with several readings: the best of each document.
    private var best: UnsafeMutablePointer<UInt32>?

    init() {
        self.scores = .allocate(capacity: Postings.chunkSize)
        self.bits = .allocate(capacity: Postings.chunkWords)
    }

    deinit {
        self.scores.deallocate()
        self.bits.deallocate()
        self.best?.deallocate()
    }

    func clear() {
        self.scores.initialize(repeating: 0, count: Postings.chunkSize)
        self.bits.initialize(repeating: 0, count: Postings.chunkWords)
    }

    func add(_ word: [SegmentMatches.WeighedChunk]) {
        for reading in word { reading.chunk.mark(self.bits) }
        let scores = self.scores
        guard word.count > 1 else {
            for reading in word {
                let weight = UInt32(clamping: reading.weight)
                reading.chunk.visit { scores[$0] &+= weight &* UInt32($1) }
            }
            return
        }
        let best = self.best ?? .allocate(capacity: Postings.chunkSize)
        self.best = best
        best.initialize(repeating: 0, count: Postings.chunkSize)
        for reading in word {
            let weight = UInt32(clamping: reading.weight)
            reading.chunk.visit { document, value in
                let score = weight &* UInt32(value)
                // What another reading has added already is only topped up.
                guard score > best[document] else { return }
                scores[document] &+= score &- best[document]
                best[document] = score
            }
        }
    }
}

extension QueryPlan {
    func boostUnit(_ kind: SearchKind) -> Int64 { Int64((Double(self.highest) * kind.ranking.boost / 255).rounded()) }

    /// More than all that a record without one of the words can reach.
    func tier(_ kind: SearchKind) -> Int64 { self.words.count > 1 ? self.highest + 255 * self.boostUnit(kind) + 1 : 0 }
}

/// What the documents of a chunk score, asked in ascending order.
final class ChunkScorer {
    /// Of a word with many readings: the score of every document of the chunk.
    private struct Reading {
        let weight: Int64
        let chunk: PostingsChunk
        var place = 0
    }

    private static let readingLimit = 3

    private let readings: UnsafeMutablePointer<Reading>
    private let count: Int
    /// By word: its readings; none for a word with a table.
    private let ranges: UnsafeMutablePointer<(from: Int, to: Int, highest: Int64)>
    private let words: Int
    private let tables: UnsafeMutablePointer<UnsafeMutablePointer<UInt32>>
    private let tableCount: Int

    init(_ words: [[SegmentMatches.WeighedChunk]]) {
        self.words = words.count
        self.count = words.reduce(0) { $0 + ($1.count > Self.readingLimit ? 0 : $1.count) }
        self.readings = .allocate(capacity: max(1, self.count))
        self.ranges = .allocate(capacity: max(1, words.count))
        self.tables = .allocate(capacity: max(1, words.count))
        var (next, tables) = (0, 0)
        for (index, word) in words.enumerated() {
            let highest = word.map { $0.weight * Int64($0.chunk.highest) }.max() ?? 0
            if word.count > Self.readingLimit {
                (self.ranges + index).initialize(to: (next, next, highest))
                (self.tables + tables).initialize(to: Self.table(word))
                tables += 1
                continue
            }
            let start = next
            for reading in word {
                (self.readings + next).initialize(to: Reading(weight: reading.weight, chunk: reading.chunk))
                next += 1
            }
            (self.ranges + index).initialize(to: (start, next, highest))
        }
        self.tableCount = tables
    }

    deinit {
        self.readings.deinitialize(count: self.count)
        self.readings.deallocate()
        self.ranges.deallocate()
        for index in 0..<self.tableCount { self.tables[index].deallocate() }
        self.tables.deallocate()
    }

    private static func table(_ word: [SegmentMatches.WeighedChunk]) -> UnsafeMutablePointer<UInt32> {
        let table = UnsafeMutablePointer<UInt32>.allocate(capacity: Postings.chunkSize)
        table.initialize(repeating: 0, count: Postings.chunkSize)
        for part in word {
            let weight = UInt32(clamping: part.weight)
            part.chunk.visit { document, value in
                table[document] = max(table[document], weight &* UInt32(value))
            }
        }
        return table
    }

    /// What 64 documents can score at most.
    @inline(__always)
    func bound(ofWord word: Int) -> Int64 {
        var sum: Int64 = 0
        for index in 0..<self.words {
            let range = self.ranges[index]
            guard range.from < range.to else {
                sum &+= range.highest
                continue
            }
            var best: Int64 = 0
            for reading in range.from..<range.to {
                best = max(
                    best,
                    self.readings[reading].weight &* Int64(self.readings[reading].chunk.highest(ofWord: word))
                )
            }
            sum &+= best
        }
        return sum
    }

    @inline(__always)
    func score(_ document: Int) -> Int64 {
        var sum: Int64 = 0
        for index in 0..<self.words {
            let range = self.ranges[index]
            var best: Int64 = 0
            for reading in range.from..<range.to {
                let entry = self.readings + reading
                let value = entry.pointee.chunk.weight(of: document, &entry.pointee.place)
                best = max(best, entry.pointee.weight &* Int64(value))
            }
            sum &+= best
        }
        for index in 0..<self.tableCount { sum &+= Int64(self.tables[index][document]) }
        return sum
    }
}
