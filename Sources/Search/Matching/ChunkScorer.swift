/// What the documents of a chunk score, asked in ascending order.
final class ChunkScorer {
    private struct Reading {
        let weight: Int64
        let chunk: PostingsChunk
        /// Where the last question stood.
        var place = 0
    }

    /// A word with more readings gets a table: the score of every document of the chunk.
    private static let readingLimit = 3

    private let readings: UnsafeMutablePointer<Reading>
    private let count: Int
    /// By word: its readings; none for a word with a table.
    private let ranges: UnsafeMutablePointer<(from: Int, to: Int, highest: Int64)>
    private let words: Int
    private let tables: UnsafeMutablePointer<UnsafeMutablePointer<UInt32>>
    private let tableCount: Int

    /// - Parameter documents: how many of the chunk's there are.
    init(_ words: [[SegmentMatches.WeighedChunk]], documents: Int) {
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
                (self.tables + tables).initialize(to: Self.table(word, documents))
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

    private static func table(_ word: [SegmentMatches.WeighedChunk], _ documents: Int) -> UnsafeMutablePointer<UInt32> {
        let table = UnsafeMutablePointer<UInt32>.allocate(capacity: Postings.chunkSize)
        table.initialize(repeating: 0, count: documents)
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
