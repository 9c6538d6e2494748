import Foundation

/// The terms of a segment in the order of their bytes, each with where its documents stand.
///
/// Sixteen terms make a block; only the first of a block is written whole.
struct TermTable: Sendable {
    static let blockSize = 16
    /// Bytes of a term; words and values are cut long before.
    static let lengthLimit = 512

    let count: Int
    private let blocks: ByteRange
    private let entries: ByteRange
    private let postings: ByteRange

    init(count: Int, blocks: ByteRange, entries: ByteRange, postings: ByteRange) {
        self.count = max(0, min(count, blocks.count / 16 * Self.blockSize))
        self.blocks = blocks
        self.entries = entries
        self.postings = postings
    }

    private var blockCount: Int { (self.count + Self.blockSize - 1) / Self.blockSize }

    struct Entry {
        fileprivate(set) var term: [UInt8] = []
        fileprivate(set) var ordinal = 0
        fileprivate(set) var documents = 0
        fileprivate var offset = 0
        fileprivate var length = 0
    }

    func postings(_ entry: Entry) -> Postings {
        Postings(
            bytes: self.postings.part(entry.offset, entry.length),
            count: entry.documents,
            isValue: entry.term.first == 1
        )
    }

    /// Reads the entries from a block on, one after the other.
    struct Cursor {
        private let table: TermTable
        private var place = 0
        private(set) var entry = Entry()
        private var next = 0
        private var nextOffset = 0
        /// How many bytes the term shares with the one before.
        private(set) var shared = 0

        fileprivate init(_ table: TermTable, block: Int) {
            self.table = table
            self.place = Int(table.blocks.load(block * 16, as: UInt64.self) & 0xFFFF_FFFF_FFFF)
            self.nextOffset = Int(table.blocks.load(block * 16 + 8, as: UInt64.self) & 0xFFFF_FFFF_FFFF)
            self.next = block * TermTable.blockSize
        }

        /// False after the last one.
        mutating func advance() -> Bool {
            guard self.next < self.table.count else { return false }
            self.shared = min(self.table.entries.varint(&self.place), self.entry.term.count)
            let suffix = min(self.table.entries.varint(&self.place), TermTable.lengthLimit)
            self.entry.term.removeLast(self.entry.term.count - self.shared)
            self.entry.term.append(contentsOf: self.table.entries.bytes(self.place, suffix))
            self.place += suffix
            self.entry.documents = min(self.table.entries.varint(&self.place), Int(UInt32.max))
            let length = self.table.entries.varint(&self.place)
            self.entry.length = length / 2
            self.entry.offset = self.nextOffset &+ length % 2
            self.nextOffset = self.entry.offset
            self.nextOffset &+= self.entry.length
            self.entry.ordinal = self.next
            self.next += 1
            return true
        }

        /// Goes on with the first term that is not before `term`, if that is far ahead.
        mutating func skip(to term: [UInt8]) {
            // Usually it stands in this block or soon after.
            var low = (self.next + TermTable.blockSize - 1) / TermTable.blockSize
            guard low < self.table.blockCount, !self.table.isFirst(ofBlock: low, after: term) else { return }
            var step = 1
            while low + step < self.table.blockCount, !self.table.isFirst(ofBlock: low + step, after: term) {
                low += step
                step *= 2
            }
            self = Cursor(
                self.table,
                block: self.table.lastBlock(startingBy: term, in: low..<min(low + step, self.table.blockCount))
            )
        }
    }

    func cursor(from term: [UInt8] = []) -> Cursor { Cursor(self, block: self.lastBlock(startingBy: term)) }

    func find(_ term: [UInt8]) -> Entry? {
        guard self.count > 0 else { return nil }
        var cursor = self.cursor(from: term)
        for _ in 0..<Self.blockSize {
            guard cursor.advance() else { return nil }
            switch Self.compare(cursor.entry.term, term) {
            case 0: return cursor.entry
            case 1: return nil
            default: continue
            }
        }
        return nil
    }

    func entry(at ordinal: Int) -> Entry? {
        guard ordinal >= 0, ordinal < self.count else { return nil }
        var cursor = Cursor(self, block: ordinal / Self.blockSize)
        for _ in 0...(ordinal % Self.blockSize) where !cursor.advance() { return nil }
        return cursor.entry
    }

    /// Every term with the beginning, in order, until `visit` says false.
    func visit(startingWith prefix: [UInt8], _ visit: (Entry) -> Bool) {
        var cursor = self.cursor(from: prefix)
        while cursor.advance() {
            if cursor.entry.term.starts(with: prefix) {
                if !visit(cursor.entry) { return }
            } else if Self.compare(cursor.entry.term, prefix) > 0 {
                return
            }
        }
    }

    func firstOrdinal(startingWith prefix: [UInt8]) -> Int? {
        var first: Int?
        self.visit(startingWith: prefix) { entry in
            first = entry.ordinal
            return false
        }
        return first
    }

    /// The last block whose first term is not after `term`; the first one if there is none.
    private func lastBlock(startingBy term: [UInt8], in range: Range<Int>? = nil) -> Int {
        var (low, high) = (range?.lowerBound ?? 0, range?.upperBound ?? self.blockCount)
        while low < high {
            let middle = (low + high) / 2
            if self.isFirst(ofBlock: middle, after: term) { high = middle } else { low = middle + 1 }
        }
        return max(0, low - 1)
    }

    private func isFirst(ofBlock block: Int, after term: [UInt8]) -> Bool {
        var place = Int(self.blocks.load(block * 16, as: UInt64.self) & 0xFFFF_FFFF_FFFF)
        _ = self.entries.varint(&place)
        let length = self.entries.varint(&place)
        let first = self.entries.bytes(place, length)
        return term.withUnsafeBytes { Self.compare(first, $0) } > 0
    }

    static func compare(_ left: [UInt8], _ right: [UInt8]) -> Int {
        left.withUnsafeBytes { left in right.withUnsafeBytes { Self.compare(left, $0) } }
    }

    static func compare(_ left: UnsafeRawBufferPointer, _ right: UnsafeRawBufferPointer) -> Int {
        if let first = left.baseAddress, let second = right.baseAddress {
            let compared = memcmp(first, second, min(left.count, right.count))
            if compared != 0 { return compared < 0 ? -1 : 1 }
        }
        return left.count == right.count ? 0 : left.count < right.count ? -1 : 1
    }
}

/// Collects the terms of a new segment, in order, with their postings already written.
struct TermTableWriter {
    private(set) var count = 0
    private var padding = 0
    private(set) var blocks: [UInt8] = []
    private(set) var entries: [UInt8] = []
    private var last: [UInt8] = []
    private var offset = 0

    /// An empty byte stands before the next term's postings.
    mutating func pad() { self.padding = 1 }

    mutating func append(_ term: [UInt8], documents: Int, length: Int) {
        var shared = 0
        if self.count % TermTable.blockSize == 0 {
            self.blocks.appendInteger(UInt64(self.entries.count))
            self.blocks.appendInteger(UInt64(self.offset))
        } else {
            while shared < min(term.count, self.last.count), term[shared] == self.last[shared] { shared += 1 }
        }
        self.entries.appendVarint(shared)
        self.entries.appendVarint(term.count - shared)
        self.entries.append(contentsOf: term[shared...])
        self.entries.appendVarint(documents)
        self.entries.appendVarint(length * 2 + self.padding)
        self.last = term
        self.offset += length + self.padding
        self.padding = 0
        self.count += 1
    }
}
