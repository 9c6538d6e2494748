import Foundation

/// Makes a segment of documents.
struct SegmentBuilder {
    let kind: SearchKind

    /// Each record at most once.
    func build(_ documents: [SearchDocument]) throws -> Segment {
        let output = ByteWriter()
        try self.write(documents, to: output)
        return try Segment(SegmentBytes(try output.finish()), self.kind)
    }

    private func write(_ documents: [SearchDocument], to output: ByteWriter) throws {
        let keyed = documents.map { (key: SearchKey.encode($0.id), document: $0) }.sorted { left, right in
            left.document.order != right.document.order
                ? left.document.order > right.document.order : TermTable.compare(left.key, right.key) > 0
        }
        var collected = CollectedTerms(self.kind)
        for (index, (_, document)) in keyed.enumerated() { collected.add(document, as: index) }
        var writer = SegmentWriter(self.kind, count: keyed.count, to: output)
        let ordinals = try collected.write(to: &writer)
        try writer.finishTerms()
        for index in keyed.indices { try writer.append(collected.forward(index, ordinals)) }
        try writer.finishDocuments(
            keys: keyed.map(\.key),
            orders: keyed.map(\.document.order),
            boosts: keyed.map(\.document.boost)
        )
        try writer.finishColumns { index, column in
            switch keyed[index].document.values[column] {
            case .number(let value): (value, 0)
            case .place(let latitude, let longitude): (Int64(latitude), Int64(longitude))
            default: (Int64(Int32.min), 0)
            }
        }
        try writer.finish()
    }
}

/// The terms of documents, as they are read one after the other.
private struct CollectedTerms {
    private let kind: SearchKind
    private var names = TermNames()
    /// Every term of every document once, in the order of the documents.
    private var entries: [(place: Int32, document: UInt32, weight: UInt8)] = []
    /// What the forward table will hold, with places instead of ordinals: a count, then so many terms, for each field and the columns.
    private var forward: [Int32] = []
    private var forwardStarts: [Int] = []

    init(_ kind: SearchKind) { self.kind = kind }

    mutating func add(_ document: SearchDocument, as index: Int) {
        self.forwardStarts.append(self.forward.count)
        var found: [(place: Int32, field: Int)] = []
        var lengths = [Int](repeating: 0, count: self.kind.fields.count)
        for (number, field) in self.kind.fields.enumerated() {
            let tokens = number < document.texts.count ? Tokens.of(document.texts[number], field.kind) : []
            self.forward.append(Int32(tokens.count))
            for token in tokens {
                let place = self.names.place(token.text)
                self.forward.append(place << 1 | (token.isExtra ? 1 : 0))
                found.append((place, number))
                if !token.isExtra { lengths[number] += 1 }
            }
        }
        found.sort { $0.place < $1.place }
        var frequencies = [Double](repeating: 0, count: self.kind.fields.count)
        for (position, entry) in found.enumerated() {
            frequencies[entry.field] += 1
            guard position + 1 == found.count || found[position + 1].place != entry.place else { continue }
            self.entries.append((entry.place, UInt32(index), self.kind.weight(frequencies, lengths)))
            for field in frequencies.indices { frequencies[field] = 0 }
        }
        self.addValues(document, index)
    }

    private mutating func addValues(_ document: SearchDocument, _ index: Int) {
        let start = self.forward.count
        self.forward.append(0)
        for (number, value) in document.values.enumerated() {
            for term in SearchKind.valueTerms(number, value) {
                let place = self.names.place(term)
                self.entries.append((place, UInt32(index), 255))
                if case .text = value { continue }
                self.forward.append(place)
                self.forward[start] += 1
            }
        }
    }

    /// Writes the terms in their order; the ordinal of each place.
    func write(to writer: inout SegmentWriter) throws -> [Int32] {
        // Counted into place: documents stay in order.
        var starts = [Int](repeating: 0, count: self.names.count + 1)
        for entry in self.entries { starts[Int(entry.place) + 1] += 1 }
        for place in 0..<self.names.count { starts[place + 1] += starts[place] }
        var next = starts
        var sorted = [(document: UInt32, weight: UInt8)](repeating: (0, 0), count: self.entries.count)
        for entry in self.entries {
            sorted[next[Int(entry.place)]] = (entry.document, entry.weight)
            next[Int(entry.place)] += 1
        }
        var ordinals = [Int32](repeating: 0, count: self.names.count)
        var list = PostingsWriter()
        for (ordinal, place) in self.names.sorted.enumerated() {
            ordinals[place] = Int32(ordinal)
            for entry in sorted[starts[place]..<starts[place + 1]] { list.append(entry.document, entry.weight) }
            try writer.append(self.names[place], &list)
        }
        return ordinals
    }

    func forward(_ index: Int, _ ordinals: [Int32]) -> [Int32] {
        var values: [Int32] = []
        var place = self.forwardStarts[index]
        for field in 0...self.kind.fields.count {
            let count = Int(self.forward[place])
            values.append(Int32(count))
            for value in self.forward[place + 1..<place + 1 + count] {
                let isColumn = field == self.kind.fields.count
                values.append(isColumn ? ordinals[Int(value)] : ordinals[Int(value >> 1)] << 1 | value & 1)
            }
            place += count + 1
        }
        return values
    }
}

/// Gives every term a number, in the order in which they come.
private struct TermNames {
    private var bytes: [UInt8] = []
    private var ends: [Int] = []
    private var hashes: [UInt64] = []
    /// Numbers by hash, each in the first free place; -1 where there is none.
    private var table = [Int32](repeating: -1, count: 1024)

    var count: Int { self.ends.count }

    subscript(place: Int) -> [UInt8] { Array(self.bytes[(place == 0 ? 0 : self.ends[place - 1])..<self.ends[place]]) }

    mutating func place(_ term: String) -> Int32 {
        var term = term
        return term.withUTF8 { self.place($0) }
    }

    private mutating func place(_ term: UnsafeBufferPointer<UInt8>) -> Int32 {
        var hash: UInt64 = 0xCBF2_9CE4_8422_2325
        for byte in term { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01B3 }
        hash ^= hash >> 32
        var slot = Int(truncatingIfNeeded: hash) & (self.table.count - 1)
        while self.table[slot] >= 0 {
            let known = Int(self.table[slot])
            if self.hashes[known] == hash, self.equals(known, term) { return Int32(known) }
            slot = (slot + 1) & (self.table.count - 1)
        }
        let number = Int32(self.ends.count)
        self.table[slot] = number
        self.bytes.append(contentsOf: term)
        self.ends.append(self.bytes.count)
        self.hashes.append(hash)
        if self.ends.count * 2 > self.table.count { self.grow() }
        return number
    }

    private func equals(_ place: Int, _ term: UnsafeBufferPointer<UInt8>) -> Bool {
        let start = place == 0 ? 0 : self.ends[place - 1]
        guard self.ends[place] - start == term.count else { return false }
        for index in 0..<term.count where self.bytes[start + index] != term[index] { return false }
        return true
    }

    private mutating func grow() {
        self.table = [Int32](repeating: -1, count: self.table.count * 4)
        for (number, hash) in self.hashes.enumerated() {
            var slot = Int(truncatingIfNeeded: hash) & (self.table.count - 1)
            while self.table[slot] >= 0 { slot = (slot + 1) & (self.table.count - 1) }
            self.table[slot] = Int32(number)
        }
    }

    /// The numbers in the order of their terms' bytes.
    var sorted: [Int] {
        self.bytes.withUnsafeBytes { bytes in
            (0..<self.count).sorted { left, right in
                let (first, second) = (left == 0 ? 0 : self.ends[left - 1], right == 0 ? 0 : self.ends[right - 1])
                let (length, other) = (self.ends[left] - first, self.ends[right] - second)
                guard let base = bytes.baseAddress else { return false }
                let compared = memcmp(base + first, base + second, min(length, other))
                return compared != 0 ? compared < 0 : length < other
            }
        }
    }
}
