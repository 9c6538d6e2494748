import Atomics

/// An immutable part of an index: some documents with everything that finding them needs.
///
/// Its documents stand in the order in which equals are shown.
final class Segment: Sendable {
    let bytes: SegmentBytes
    let count: Int
    private let fields: Int
    let highestBoost: UInt8
    let terms: TermTable
    private let parts: [ByteRange]
    let numbers: [NumberColumn?]
    /// By column: its documents by number, or the longitudes of places.
    private let second: [NumberColumn?]
    private let orders: NumberColumn
    private let keyOrder: NumberColumn
    private let keyLength: Int
    /// By column, once they were asked for.
    let values: [ManagedAtomicLazyReference<FrequentValues>]

    /// Throws `SearchDamage` when the bytes are no segment of this kind. What they hold is not looked at: see ``check()``.
    init(_ bytes: SegmentBytes, _ kind: SearchKind) throws {
        let tail = bytes.all.part(bytes.count - SegmentWriter.tailBytes, SegmentWriter.tailBytes)
        guard tail.count == SegmentWriter.tailBytes, tail.load(tail.count - 4) == SegmentWriter.magic else {
            throw SearchDamage("a file is cut off")
        }
        let counts = tail.count - 24
        guard tail.load(counts + 8, as: UInt32.self) == UInt32(kind.columns.count) else {
            throw SearchDamage("a file has other columns")
        }
        self.bytes = bytes
        self.fields = kind.fields.count
        self.count = Int(tail.load(counts, as: UInt32.self))
        self.highestBoost = UInt8(truncatingIfNeeded: tail.load(counts + 12, as: UInt32.self))
        func part(_ index: Int) -> ByteRange {
            let offset = tail.load(index * 16, as: UInt64.self)
            let count = tail.load(index * 16 + 8, as: UInt64.self)
            return bytes.all.part(Int(truncatingIfNeeded: offset), Int(truncatingIfNeeded: count))
        }
        self.values = kind.columns.map { _ in ManagedAtomicLazyReference() }
        self.parts = SegmentPart.allCases.map { part($0.rawValue) }
        let first = SegmentPart.allCases.count
        self.second = kind.columns.enumerated().map { index, column in
            switch column.kind {
            case .number, .place: NumberColumn(part(first + index * 2 + 1))
            case .exact, .set, .text: nil
            }
        }
        self.numbers = kind.columns.enumerated().map { index, column in
            switch column.kind {
            case .exact, .set: nil
            case .number, .place, .text: NumberColumn(part(first + index * 2))
            }
        }
        self.terms = TermTable(
            count: Int(tail.load(counts + 4, as: UInt32.self)),
            blocks: self.parts[SegmentPart.termBlocks.rawValue],
            entries: self.parts[SegmentPart.termEntries.rawValue],
            postings: self.parts[SegmentPart.postings.rawValue]
        )
        self.orders = NumberColumn(self.parts[SegmentPart.orders.rawValue])
        self.keyOrder = NumberColumn(self.parts[SegmentPart.keyOrder.rawValue])
        let keys = self.parts[SegmentPart.keys.rawValue]
        self.keyLength = self.parts[SegmentPart.keyOffsets.rawValue].count == 0 ? keys.count / max(self.count, 1) : 0
        guard self.parts[SegmentPart.boosts.rawValue].count == self.count,
            self.orders.holds(self.count), self.keyOrder.holds(self.count),
            self.parts[SegmentPart.termRanks.rawValue].count == self.terms.count * 4,
            self.parts[SegmentPart.forwardOffsets.rawValue].count == self.count * 4
        else { throw SearchDamage("a file has parts of other lengths") }
    }

    /// Reads everything. Throws `SearchDamage` when a byte is not what was written.
    func check() throws {
        let written = self.bytes.all.load(self.bytes.count - 8, as: UInt32.self)
        guard self.bytes.checksum(without: 8) == written else { throw SearchDamage("a file has another checksum") }
    }

    // MARK: Documents

    private func part(_ part: SegmentPart) -> ByteRange { self.parts[part.rawValue] }

    func size(_ part: SegmentPart) -> Int { self.part(part).count }

    @inline(__always)
    func order(_ document: Int) -> Int64 { self.orders.value(document) }

    @inline(__always)
    func boost(_ document: Int) -> UInt8 { self.part(.boosts).byte(document) }

    func key(_ document: Int) -> UnsafeRawBufferPointer {
        let keys = self.part(.keys)
        if self.keyLength > 0 { return keys.bytes(document * self.keyLength, self.keyLength) }
        let offsets = self.part(.keyOffsets)
        let start = Int(offsets.load(document * 4, as: UInt32.self))
        let end = document + 1 < self.count ? Int(offsets.load(document * 4 + 4, as: UInt32.self)) : keys.count
        return keys.bytes(start, end - start)
    }

    /// The document of a record, whether it is still the record's newest or not.
    func find(_ key: [UInt8]) -> Int? {
        var (low, high) = (0, self.count)
        while low < high {
            let middle = (low + high) / 2
            let document = Int(truncatingIfNeeded: self.keyOrder.value(middle))
            guard (0..<self.count).contains(document) else { return nil }
            let found = self.key(document)
            switch key.withUnsafeBytes({ TermTable.compare(found, $0) }) {
            case 0: return document
            case -1: low = middle + 1
            default: high = middle
            }
        }
        return nil
    }

    /// The terms of a document: of its fields in their order, and of its columns. `visit` gets the field, and nil for a column.
    @inline(__always)
    func forEachTerm(of document: Int, _ visit: (_ field: Int?, _ ordinal: Int, _ isExtra: Bool) -> Void) {
        let ranks = self.part(.termRanks)
        self.forEachRank(of: document) { visit($0, Int(ranks.load($1 &* 4, as: UInt32.self)), $2) }
    }

    /// The same with the terms' places among all, the most frequent first.
    @inline(__always)
    func forEachRank(of document: Int, _ visit: (_ field: Int?, _ rank: Int, _ isExtra: Bool) -> Void) {
        let forward = self.part(.forward)
        var place = Int(self.part(.forwardOffsets).load(document &* 4, as: UInt32.self))
        for field in 0..<self.fields {
            for _ in 0..<min(forward.varint(&place), forward.count) {
                guard place < forward.count else { return }
                let value = forward.varint(&place)
                visit(field, value >> 1, value & 1 == 1)
            }
        }
        for _ in 0..<min(forward.varint(&place), forward.count) {
            guard place < forward.count else { return }
            visit(nil, forward.varint(&place), false)
        }
    }

    /// The place of a term among all, the most frequent first.
    func rank(_ term: TermTable.Entry) -> Int {
        let ranks = self.part(.termRanks)
        var (low, high) = (0, self.terms.count)
        while low < high {
            let middle = (low + high) / 2
            let ordinal = Int(ranks.load(middle * 4, as: UInt32.self))
            let documents = self.terms.entry(at: ordinal)?.documents ?? 0
            if documents > term.documents || documents == term.documents && ordinal < term.ordinal {
                low = middle + 1
            } else {
                high = middle
            }
        }
        return low
    }

    /// Whether the document stands there with all that it says.
    func holds(_ document: SearchDocument, at place: Int, _ kind: SearchKind) -> Bool {
        guard self.order(place) == document.order, self.boost(place) == document.boost else { return false }
        var terms = [[String]](repeating: [], count: kind.fields.count)
        var values: Set<String> = []
        self.forEachTerm(of: place) { field, ordinal, _ in
            guard let entry = self.terms.entry(at: ordinal) else { return }
            let term = String(decoding: entry.term, as: UTF8.self)
            if let field { terms[field].append(term) } else { values.insert(term) }
        }
        for (index, field) in kind.fields.enumerated() {
            let text = index < document.texts.count ? document.texts[index] : ""
            guard terms[index] == Tokens.of(text, field.kind).map(\.text) else { return false }
        }
        for (column, value) in document.values.enumerated() {
            switch value {
            case .number(let number): guard self.numbers[column]?.value(place) == number else { return false }
            case .place(let latitude, let longitude):
                guard self.numbers[column]?.value(place) == Int64(latitude),
                    self.longitudes(column)?.value(place) == Int64(longitude)
                else { return false }
            case .exact, .set:
                for term in SearchKind.valueTerms(column, value) where values.remove(term) == nil { return false }
            case .text(let text):
                guard self.text(column, place) == SearchKind.valueTerm(column, text) else { return false }
            case .noPlace: guard self.numbers[column]?.value(place) == Int64(Int32.min) else { return false }
            }
        }
        return values.isEmpty
    }

    // MARK: Columns

    /// Whether a column has its documents by number.
    func isSorted(_ column: Int) -> Bool { self.second[column]?.holds(self.count) ?? false }

    @inline(__always)
    func sorted(_ column: Int, _ place: Int) -> Int {
        max(0, min(Int(self.second[column]?.value(place) ?? 0), self.count - 1))
    }

    func longitudes(_ column: Int) -> NumberColumn? { self.second[column] }

    /// The term of a document's text in a column to sort by.
    func text(_ column: Int, _ document: Int) -> String? {
        guard let places = self.numbers[column],
            let first = self.terms.firstOrdinal(startingWith: Array(SearchKind.valueTerm(column, "").utf8)),
            let entry = self.terms.entry(at: first &+ Int(places.value(document)))
        else { return nil }
        return String(decoding: entry.term, as: UTF8.self)
    }
}
