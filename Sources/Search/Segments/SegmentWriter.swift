import Foundation

/// The parts of a segment's file, in the order in which they are written.
enum SegmentPart: Int, CaseIterable {
    case postings, termBlocks, termEntries, termRanks, forward, forwardOffsets, keys, keyOffsets, keyOrder, orders,
        boosts
}

/// Writes a segment: the terms with their documents first, then the documents, then their columns.
struct SegmentWriter {
    static let magic: UInt32 = 0x534F_554B
    /// The table of parts, the counts, the checksum and the magic number.
    static let tailBytes = (SegmentPart.allCases.count + SegmentColumns.limit * 2) * 16 + 16 + 8

    private let output: ByteWriter
    private let kind: SearchKind
    private let count: Int
    private var parts = [(offset: Int, count: Int)](repeating: (0, 0), count: SegmentPart.allCases.count)
    private var columnParts = [(offset: Int, count: Int)](repeating: (0, 0), count: SegmentColumns.limit * 2)
    private var terms = TermTableWriter()
    private var forwardOffsets: [UInt8] = []
    /// By ordinal: how many documents a term has, and then its place among the most frequent.
    private var ranks: [UInt32] = []
    /// By column of texts: the place of each document's text.
    private var textPlaces: [[UInt32]?]
    private var textCounts: [Int]
    private var highestBoost: UInt8 = 0

    init(_ kind: SearchKind, count: Int, to output: ByteWriter) {
        self.kind = kind
        self.count = count
        self.output = output
        self.textPlaces = kind.columns.map { $0.kind == .text ? [UInt32](repeating: 0, count: count) : nil }
        self.textCounts = kind.columns.map { _ in 0 }
    }

    // MARK: Terms

    /// The next term, in the order of their bytes.
    mutating func append(_ term: [UInt8], _ postings: inout PostingsWriter) throws {
        guard term.count <= TermTable.lengthLimit else { throw SearchDamage("a term is too long") }
        let count = postings.count
        self.noteText(term, postings.documents)
        let bytes = postings.finish(isValue: term.first == 1)
        // Arrays of sixteen bits are read in place.
        if count > Postings.listLimit, self.output.count % 2 == 1 {
            try self.output.append([0])
            self.terms.pad()
        }
        try self.output.append(bytes)
        self.terms.append(term, documents: count, length: bytes.count)
        self.ranks.append(UInt32(count))
    }

    private mutating func noteText(_ term: [UInt8], _ documents: [UInt32]) {
        guard term.first == 1, term.count > 1 else { return }
        let column = Int(term[1]) - 1
        guard self.textPlaces.indices.contains(column), var places = self.textPlaces[column] else { return }
        self.textPlaces[column] = nil
        for document in documents { places[Int(document)] = UInt32(self.textCounts[column]) }
        self.textCounts[column] += 1
        self.textPlaces[column] = places
    }

    mutating func finishTerms() throws {
        self.parts[SegmentPart.postings.rawValue] = (0, self.output.count)
        try self.write(.termBlocks, self.terms.blocks)
        try self.write(.termEntries, self.terms.entries)
        let order = self.ranks.indices.sorted { left, right in
            self.ranks[left] != self.ranks[right] ? self.ranks[left] > self.ranks[right] : left < right
        }
        for (rank, ordinal) in order.enumerated() { self.ranks[ordinal] = UInt32(rank) }
        try self.write(.termRanks, order.flatMap { UInt32($0).littleEndianBytes })
        self.parts[SegmentPart.forward.rawValue].offset = self.output.count
    }

    // MARK: Documents

    /// The next document's terms: for each field a count and so many ordinals, doubled, with one added for an extra token; then a count
    /// and the ordinals of its columns' values. Frequent terms take one byte.
    mutating func append(_ forward: some Sequence<Int32>) throws {
        let start = self.output.count - self.parts[SegmentPart.forward.rawValue].offset
        self.forwardOffsets.appendInteger(UInt32(truncatingIfNeeded: start))
        var bytes: [UInt8] = []
        var (field, left) = (0, 0)
        for value in forward {
            if left == 0 {
                left = Int(value)
                field += 1
                bytes.appendVarint(left)
                continue
            }
            left -= 1
            if field > self.kind.fields.count {
                bytes.appendVarint(Int(self.ranks[Int(value)]))
            } else {
                bytes.appendVarint(Int(self.ranks[Int(value >> 1)]) << 1 | Int(value & 1))
            }
        }
        try self.output.append(bytes)
    }

    mutating func finishDocuments(keys: [[UInt8]], orders: [Int64], boosts: [UInt8]) throws {
        let start = self.parts[SegmentPart.forward.rawValue].offset
        self.parts[SegmentPart.forward.rawValue].count = self.output.count - start
        try self.write(.forwardOffsets, self.forwardOffsets)
        self.forwardOffsets = []
        try self.write(.keys, keys)
        var offsets: [UInt8] = []
        // Keys of one length need no offsets.
        if let length = keys.first?.count, keys.contains(where: { $0.count != length }) {
            var offset = 0
            for key in keys {
                offsets.appendInteger(UInt32(offset))
                offset += key.count
            }
        }
        try self.write(.keyOffsets, offsets)
        let order = (0..<keys.count).sorted { TermTable.compare(keys[$0], keys[$1]) < 0 }
        try self.write(.keyOrder, SegmentColumns.encode(order.map(Int64.init)))
        try self.write(.orders, SegmentColumns.encode(orders))
        try self.write(.boosts, boosts)
        self.highestBoost = boosts.max() ?? 0
    }

    // MARK: Columns

    /// - Parameter value: a document's number in a column; for places, latitude and longitude.
    mutating func finishColumns(_ value: (_ document: Int, _ column: Int) -> (Int64, Int64)) throws {
        for (index, column) in self.kind.columns.enumerated() {
            switch column.kind {
            case .exact, .set: continue
            case .text:
                let places = self.textPlaces[index] ?? []
                try self.writeColumn(index, SegmentColumns.encode(places.map(Int64.init)), order: [])
            case .number:
                let values = (0..<self.count).map { value($0, index).0 }
                let order = (0..<self.count).sorted { (values[$0], $0) < (values[$1], $1) }
                try self.writeColumn(
                    index,
                    SegmentColumns.encode(values),
                    order: SegmentColumns.encode(order.map(Int64.init))
                )
            case .place:
                let values = (0..<self.count).map { value($0, index) }
                try self.writeColumn(
                    index,
                    SegmentColumns.encode(values.map(\.0)),
                    order: SegmentColumns.encode(values.map(\.1))
                )
            }
        }
    }

    private mutating func writeColumn(_ column: Int, _ values: [UInt8], order: [UInt8]) throws {
        self.columnParts[column * 2] = (self.output.count, values.count)
        try self.output.append(values)
        self.columnParts[column * 2 + 1] = (self.output.count, order.count)
        try self.output.append(order)
    }

    private mutating func write(_ part: SegmentPart, _ bytes: [UInt8]) throws {
        self.parts[part.rawValue] = (self.output.count, bytes.count)
        try self.output.append(bytes)
    }

    private mutating func write(_ part: SegmentPart, _ pieces: [[UInt8]]) throws {
        let start = self.output.count
        for piece in pieces { try self.output.append(piece) }
        self.parts[part.rawValue] = (start, self.output.count - start)
    }

    /// The table of parts and the checksum of everything before it.
    mutating func finish() throws {
        for part in self.parts + self.columnParts {
            try self.output.append(UInt64(part.offset))
            try self.output.append(UInt64(part.count))
        }
        try self.output.append(UInt32(self.count))
        try self.output.append(UInt32(self.terms.count))
        try self.output.append(UInt32(self.kind.columns.count))
        try self.output.append(UInt32(self.highestBoost))
        try self.output.append(try self.output.checksum())
        try self.output.append(Self.magic)
    }
}

extension FixedWidthInteger {
    var littleEndianBytes: [UInt8] { Swift.withUnsafeBytes(of: self.littleEndian) { Array($0) } }
}
