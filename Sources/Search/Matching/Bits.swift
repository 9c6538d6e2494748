/// A bit for each document of a segment, in chunks of 65,536.
///
/// Every chunk has room for all its bits, so that a damaged file cannot write beyond it; only those of documents are looked at.
final class Bits {
    private let words: UnsafeMutablePointer<UInt64>
    private let documents: Int
    let chunks: Int

    init(documents: Int) {
        self.documents = documents
        self.chunks = (documents + Postings.chunkSize - 1) / Postings.chunkSize
        let capacity = max(1, self.chunks) * Postings.chunkWords
        self.words = .allocate(capacity: capacity)
        self.words.initialize(repeating: 0, count: capacity)
    }

    deinit { self.words.deallocate() }

    func chunk(_ number: Int) -> Chunk {
        let left = self.documents - number * Postings.chunkSize
        return Chunk(
            words: self.words + number * Postings.chunkWords,
            count: min(Postings.chunkWords, (left + 63) / 64)
        )
    }

    @inline(__always)
    func contains(_ document: Int) -> Bool { self.words[document >> 6] >> UInt64(document & 63) & 1 == 1 }

    /// Every document in order, until `visit` says false.
    func visit(_ visit: (Int) -> Bool) {
        for index in 0..<(self.documents + 63) / 64 {
            var bits = self.words[index]
            while bits != 0 {
                guard visit(index << 6 | bits.trailingZeroBitCount) else { return }
                bits &= bits - 1
            }
        }
    }

    /// The bits of one chunk, as long as the whole lives.
    struct Chunk {
        let words: UnsafeMutablePointer<UInt64>
        /// Words that have documents.
        let count: Int

        @inline(__always)
        subscript(word: Int) -> UInt64 {
            get { self.words[word] }
            nonmutating set { self.words[word] = newValue }
        }

        @inline(__always)
        func contains(_ document: Int) -> Bool { self.words[document >> 6] >> UInt64(document & 63) & 1 == 1 }

        func fill(_ value: UInt64) { self.words.update(repeating: value, count: self.count) }

        func copy(_ other: Chunk) { self.words.update(from: other.words, count: self.count) }

        func keepOnly(_ other: Chunk) {
            for index in 0..<self.count { self.words[index] &= other.words[index] }
        }

        func keepOnly(_ other: [UInt64]) {
            other.withUnsafeBufferPointer { other in
                for index in 0..<self.count { self.words[index] &= other[index] }
            }
        }

        func drop(_ other: Chunk) {
            for index in 0..<self.count { self.words[index] &= ~other.words[index] }
        }

        func add(_ other: Chunk) {
            for index in 0..<self.count { self.words[index] |= other.words[index] }
        }

        /// How many are set.
        var total: Int {
            var total = 0
            for index in 0..<self.count { total += self.words[index].nonzeroBitCount }
            return total
        }
    }
}
