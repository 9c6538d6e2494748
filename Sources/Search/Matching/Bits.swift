/// A bit for each document of a segment, in chunks of 65,536.
final class Bits {
    let words: UnsafeMutablePointer<UInt64>
    let chunks: Int

    init(chunks: Int) {
        self.chunks = chunks
        self.words = .allocate(capacity: max(1, chunks * Postings.chunkWords))
        self.words.initialize(repeating: 0, count: max(1, chunks * Postings.chunkWords))
    }

    deinit { self.words.deallocate() }

    func chunk(_ number: Int) -> UnsafeMutablePointer<UInt64> { self.words + number * Postings.chunkWords }

    @inline(__always)
    func contains(_ document: Int) -> Bool { self.words[document >> 6] >> UInt64(document & 63) & 1 == 1 }

    var count: Int {
        var count = 0
        for word in 0..<self.chunks * Postings.chunkWords { count += self.words[word].nonzeroBitCount }
        return count
    }

    /// Every document in order, until `visit` says false.
    func visit(_ visit: (Int) -> Bool) {
        for index in 0..<self.chunks * Postings.chunkWords {
            var bits = self.words[index]
            while bits != 0 {
                guard visit(index << 6 | bits.trailingZeroBitCount) else { return }
                bits &= bits - 1
            }
        }
    }
}

extension UnsafeMutablePointer<UInt64> {
    func fill(_ value: UInt64) { self.update(repeating: value, count: Postings.chunkWords) }

    func keepOnly(_ other: UnsafeMutablePointer<UInt64>) {
        for index in 0..<Postings.chunkWords { self[index] &= other[index] }
    }

    func keepOnly(_ other: [UInt64]) {
        other.withUnsafeBufferPointer { other in
            for index in 0..<Postings.chunkWords { self[index] &= other[index] }
        }
    }

    func add(_ other: UnsafeMutablePointer<UInt64>) {
        for index in 0..<Postings.chunkWords { self[index] |= other[index] }
    }

    var chunkCount: Int {
        var count = 0
        for index in 0..<Postings.chunkWords { count += self[index].nonzeroBitCount }
        return count
    }

    @inline(__always)
    func forEachBit(_ visit: (Int) -> Void) {
        for index in 0..<Postings.chunkWords {
            var bits = self[index]
            while bits != 0 {
                visit(index << 6 | bits.trailingZeroBitCount)
                bits &= bits - 1
            }
        }
    }
}
