/// The documents of a term, with how much each is about it (1 to 255). A column's value has no such weight.
///
/// Few documents are a list. More of them stand in chunks of 65,536 documents: as an array, or as a bitmap where they are many. Beside
/// the weights stands the highest of every 64 documents, so that whole stretches can be passed over.
struct Postings: Sendable {
    static let listLimit = 64
    static let arrayLimit = 4096
    static let chunkSize = 65_536
    static let chunkWords = 1024

    private let bytes: ByteRange
    let count: Int
    private let isValue: Bool

    init(bytes: ByteRange, count: Int, isValue: Bool) {
        self.bytes = bytes
        self.count = count
        self.isValue = isValue
    }

    /// All of them by chunk.
    func chunks() -> [(key: Int, chunk: PostingsChunk)] {
        if self.count <= Self.listLimit { return self.listChunks() }
        let directory = Int(self.bytes.load(0, as: UInt32.self))
        var chunks: [(Int, PostingsChunk)] = []
        chunks.reserveCapacity(min(directory, 1024))
        for index in 0..<min(directory, self.bytes.count / 12) {
            let entry = 4 + index * 12
            let key = Int(self.bytes.load(entry, as: UInt16.self))
            let count = Int(self.bytes.load(entry + 2, as: UInt16.self)) + 1
            let highest = self.isValue ? 255 : Int(self.bytes.byte(entry + 4))
            let offset = Int(self.bytes.load(entry + 8, as: UInt32.self))
            let part = self.bytes.part(offset, PostingsChunk.size(count, isValue: self.isValue))
            guard let chunk = PostingsChunk(part, count: count, isValue: self.isValue, highest: highest) else {
                continue
            }
            chunks.append((key, chunk))
        }
        return chunks
    }

    private func listChunks() -> [(key: Int, chunk: PostingsChunk)] {
        var chunks: [(key: Int, chunk: PostingsChunk)] = []
        var (documents, weights): ([UInt16], [UInt8]) = ([], [])
        var key = 0
        func end() {
            guard !documents.isEmpty else { return }
            chunks.append((key, PostingsChunk(documents, weights)))
            (documents, weights) = ([], [])
        }
        var (place, document) = (0, -1)
        let first = self.bytes.count - (self.isValue ? 0 : self.count)
        for index in 0..<self.count {
            document += min(self.bytes.varint(&place), Int(UInt32.max)) + 1
            guard document <= Int(UInt32.max) else { break }
            if document / Self.chunkSize != key {
                end()
                key = document / Self.chunkSize
            }
            documents.append(UInt16(truncatingIfNeeded: document))
            weights.append(self.isValue ? 255 : self.bytes.byte(first + index))
        }
        end()
        return chunks
    }

    /// Every document with its weight, in order.
    func visit(_ visit: (Int, UInt8) throws -> Void) rethrows {
        for (key, chunk) in self.chunks() { try chunk.visit { try visit(key * Self.chunkSize + $0, $1) } }
    }
}

/// The documents of one chunk.
struct PostingsChunk {
    /// Keeps alive what was read out of a list; a segment's own bytes live as long as the segment.
    private let owner: SegmentBytes?
    let count: Int
    let isBitmap: Bool
    /// The highest weight.
    let highest: Int
    private let start: UnsafeRawPointer
    /// Nil for the values of a column.
    let weights: UnsafeRawPointer?

    /// The highest weight of every 64 documents: those of a word of the bitmap, or those side by side in the array.
    var maxima: UnsafeRawPointer? { self.weights.map { $0 - Self.maximaBytes(self.count) } }

    private static func maximaBytes(_ count: Int) -> Int {
        count > Postings.arrayLimit ? Postings.chunkWords : (count + 63) / 64
    }

    /// The bytes of a chunk: its documents, the maxima, and the weights.
    static func size(_ count: Int, isValue: Bool) -> Int {
        (count > Postings.arrayLimit ? Postings.chunkWords * 10 : count * 2)
            + (isValue ? 0 : count + self.maximaBytes(count))
    }

    /// Nil when the bytes are too few.
    init?(_ bytes: ByteRange, count: Int, isValue: Bool, highest: Int, owner: SegmentBytes? = nil) {
        let size = Self.size(count, isValue: isValue)
        guard bytes.count == size else { return nil }
        self.owner = owner
        self.count = count
        self.isBitmap = count > Postings.arrayLimit
        self.highest = highest
        self.start = bytes.pointer
        self.weights = isValue ? nil : bytes.pointer + size - count
    }

    init(_ documents: [UInt16], _ weights: [UInt8]) {
        var bytes: [UInt8] = []
        for document in documents { bytes.appendInteger(document) }
        bytes.appendMaxima(weights)
        bytes += weights
        let owner = SegmentBytes(bytes)
        self.owner = owner
        self.count = documents.count
        self.isBitmap = false
        self.highest = Int(weights.max() ?? 0)
        self.start = owner.start
        self.weights = owner.start + bytes.count - documents.count
    }

    @inline(__always)
    private func word(_ index: Int) -> UInt64 { self.start.loadUnaligned(fromByteOffset: index &* 8, as: UInt64.self) }

    @inline(__always)
    private func entry(_ index: Int) -> Int {
        Int(self.start.loadUnaligned(fromByteOffset: index &* 2, as: UInt16.self))
    }

    @inline(__always)
    func weight(_ index: Int) -> UInt8 { self.weights?.load(fromByteOffset: index, as: UInt8.self) ?? 255 }

    /// Sets a bit for every document.
    func mark(_ words: UnsafeMutablePointer<UInt64>) {
        if self.isBitmap {
            for index in 0..<Postings.chunkWords { words[index] |= self.word(index) }
        } else {
            for index in 0..<self.count {
                let document = self.entry(index)
                words[document >> 6] |= 1 << UInt64(document & 63)
            }
        }
    }

    /// How many of them have their bit set.
    func count(in words: UnsafeMutablePointer<UInt64>) -> Int {
        var count = 0
        if self.isBitmap {
            for index in 0..<Postings.chunkWords { count += (words[index] & self.word(index)).nonzeroBitCount }
        } else {
            for index in 0..<self.count {
                let document = self.entry(index)
                count += Int(words[document >> 6] >> UInt64(document & 63) & 1)
            }
        }
        return count
    }

    @inline(__always)
    func visit(_ visit: (Int, UInt8) throws -> Void) rethrows {
        guard self.isBitmap else {
            for index in 0..<self.count { try visit(self.entry(index), self.weight(index)) }
            return
        }
        var index = 0
        for place in 0..<Postings.chunkWords {
            var bits = self.word(place)
            while bits != 0, index < self.count {
                try visit(place * 64 + bits.trailingZeroBitCount, self.weight(index))
                index += 1
                bits &= bits - 1
            }
        }
    }

    /// Adds every document's weight, times a factor, to its sum.
    func add(to sums: UnsafeMutablePointer<UInt32>, times factor: UInt32) {
        guard let weights else { return }
        if !self.isBitmap {
            for index in 0..<self.count {
                sums[self.entry(index)] &+= factor &* UInt32(weights.load(fromByteOffset: index, as: UInt8.self))
            }
            return
        }
        var next = weights
        let end = weights + self.count
        for place in 0..<Postings.chunkWords {
            var bits = self.word(place)
            let own = sums + place &* 64
            guard next + bits.nonzeroBitCount <= end else { return }
            while bits != 0 {
                own[bits.trailingZeroBitCount] &+= factor &* UInt32(next.load(as: UInt8.self))
                next += 1
                bits &= bits &- 1
            }
        }
    }

    /// Every document whose weight is above the bar, which may rise meanwhile.
    @inline(__always)
    func visit(above bar: () -> Int, _ visit: (Int, UInt8) -> Void) {
        guard let maxima else { return self.visit(visit) }
        var lowest = bar()
        if !self.isBitmap {
            for block in 0..<(self.count + 63) / 64
            where Int(maxima.load(fromByteOffset: block, as: UInt8.self)) > lowest {
                for index in block * 64..<min(block * 64 + 64, self.count) where Int(self.weight(index)) > lowest {
                    visit(self.entry(index), self.weight(index))
                    lowest = bar()
                }
            }
            return
        }
        for place in 0..<Postings.chunkWords where Int(maxima.load(fromByteOffset: place, as: UInt8.self)) > lowest {
            var index = self.rank(place)
            var bits = self.word(place)
            while bits != 0, index < self.count {
                if Int(self.weight(index)) > lowest {
                    visit(place * 64 + bits.trailingZeroBitCount, self.weight(index))
                    lowest = bar()
                }
                index += 1
                bits &= bits - 1
            }
        }
    }

    /// Documents before a word of the bitmap.
    @inline(__always)
    private func rank(_ word: Int) -> Int {
        Int(self.start.loadUnaligned(fromByteOffset: Postings.chunkWords * 8 &+ word &* 2, as: UInt16.self))
    }

    /// The weight of a document, 0 where it is not among them. Documents are asked in ascending order.
    ///
    /// - Parameter place: where the one before stood; 0 at first.
    @inline(__always)
    func weight(of document: Int, _ place: inout Int) -> Int {
        if self.isBitmap {
            let word = self.word(document >> 6)
            let bit = UInt64(1) << UInt64(document & 63)
            guard word & bit != 0 else { return 0 }
            return Int(
                self.weight(min(self.rank(document >> 6) &+ (word & (bit &- 1)).nonzeroBitCount, self.count &- 1))
            )
        }
        self.seek(document, &place)
        guard place < self.count, self.entry(place) == document else { return 0 }
        return Int(self.weight(place))
    }

    /// The highest weight among 64 documents.
    @inline(__always)
    func highest(ofWord word: Int) -> Int {
        guard self.isBitmap, let weights else { return self.highest }
        return Int((weights - Postings.chunkWords).load(fromByteOffset: word, as: UInt8.self))
    }

    /// Steps that double, then halves.
    @inline(__always)
    private func seek(_ document: Int, _ place: inout Int) {
        guard place < self.count, self.entry(place) < document else { return }
        var step = 1
        var low = place
        while low &+ step < self.count, self.entry(low &+ step) < document {
            low &+= step
            step &*= 2
        }
        var high = min(low &+ step, self.count)
        low &+= 1
        while low < high {
            let middle = (low &+ high) / 2
            if self.entry(middle) < document { low = middle &+ 1 } else { high = middle }
        }
        place = low
    }
}
