import Synchronization

/// The scores of a chunk's documents, added up word by word. Whoever has taken it has it alone.
final class ChunkSums: Sendable {
    private typealias Group = SIMD16<UInt32>

    nonisolated(unsafe) let scores: UnsafeMutablePointer<UInt32>
    /// Of a word with several readings: the best of each document.
    private nonisolated(unsafe) let best: UnsafeMutablePointer<UInt32>
    private nonisolated(unsafe) var documents = 0

    init() {
        self.best = .allocate(capacity: Postings.chunkSize)
        self.scores = .allocate(capacity: Postings.chunkSize)
    }

    deinit {
        self.scores.deallocate()
        self.best.deallocate()
    }

    /// Some that are used again: fresh memory costs more than filling it.
    private static let spare = Mutex<[ChunkSums]>([])
    private static let spareLimit = 16

    static func take() -> ChunkSums { self.spare.withLock { $0.popLast() } ?? ChunkSums() }

    func giveBack() {
        Self.spare.withLock { if $0.count < Self.spareLimit { $0.append(self) } }
    }

    /// - Parameter documents: how many of the chunk's there are.
    func clear(_ documents: Int) {
        self.documents = documents
        self.scores.initialize(repeating: 0, count: documents)
    }

    func add(_ word: [SegmentMatches.WeighedChunk]) {
        let scores = self.scores
        if word.count == 1 {
            let weight = UInt32(clamping: word[0].weight)
            word[0].chunk.add(to: scores, times: weight)
            return
        }
        guard !word.isEmpty else { return }
        let best = self.best
        best.initialize(repeating: 0, count: self.documents)
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

    /// Every document with a score of at least so much, which may rise meanwhile, and at least one.
    @inline(__always)
    func visit(from least: () -> Int64, _ visit: (Int, Int64) -> Void) {
        for group in 0..<self.documents / Group.scalarCount {
            let lowest = UInt32(clamping: max(1, least()))
            let some = UnsafeRawPointer(self.scores).loadUnaligned(
                fromByteOffset: group &* MemoryLayout<Group>.size,
                as: Group.self
            )
            guard any(some .>= Group(repeating: lowest)) else { continue }
            for document in group * Group.scalarCount..<(group + 1) * Group.scalarCount
            where self.scores[document] >= lowest {
                visit(document, Int64(self.scores[document]))
            }
        }
    }
}
