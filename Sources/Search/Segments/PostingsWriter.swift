extension [UInt8] {
    /// The highest of every 64.
    mutating func appendMaxima(_ weights: some RandomAccessCollection<UInt8>) {
        var rest = weights[...]
        while !rest.isEmpty {
            self.append(rest.prefix(64).max() ?? 0)
            rest = rest.dropFirst(64)
        }
    }
}

/// Writes the postings of one term after the other.
struct PostingsWriter {
    private(set) var documents: [UInt32] = []
    private var weights: [UInt8] = []

    var count: Int { self.documents.count }

    mutating func append(_ document: UInt32, _ weight: UInt8) {
        self.documents.append(document)
        self.weights.append(weight)
    }

    /// The bytes of what was appended, in ascending order; and begins anew.
    mutating func finish(isValue: Bool) -> [UInt8] {
        defer {
            self.documents.removeAll(keepingCapacity: true)
            self.weights.removeAll(keepingCapacity: true)
        }
        return self.documents.count <= Postings.listLimit ? self.list(isValue) : self.chunks(isValue)
    }

    private func list(_ isValue: Bool) -> [UInt8] {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(self.documents.count * 4)
        var last = -1
        for document in self.documents {
            bytes.appendVarint(Int(document) - last - 1)
            last = Int(document)
        }
        if !isValue { bytes += self.weights }
        return bytes
    }

    private func chunks(_ isValue: Bool) -> [UInt8] {
        var ranges: [Range<Int>] = []
        var start = 0
        while start < self.documents.count {
            var end = start
            while end < self.documents.count, self.documents[end] >> 16 == self.documents[start] >> 16 { end += 1 }
            ranges.append(start..<end)
            start = end
        }
        // Arrays begin at even offsets.
        let head = 4 + ranges.count * 12
        var (directory, body): ([UInt8], [UInt8]) = ([], [])
        directory.appendInteger(UInt32(ranges.count))
        for range in ranges {
            if body.count % 2 == 1 { body.append(0) }
            directory.appendInteger(UInt16(self.documents[range.lowerBound] >> 16))
            directory.appendInteger(UInt16(truncatingIfNeeded: range.count - 1))
            directory.append(self.weights[range].max() ?? 0)
            directory += [0, 0, 0]
            directory.appendInteger(UInt32(head + body.count))
            if range.count > Postings.arrayLimit {
                self.appendBitmap(range, isValue, to: &body)
            } else {
                for document in self.documents[range] { body.appendInteger(UInt16(document & 0xFFFF)) }
                if !isValue { body.appendMaxima(self.weights[range]) }
            }
            if !isValue { body += self.weights[range] }
        }
        return directory + body
    }

    private func appendBitmap(_ range: Range<Int>, _ isValue: Bool, to body: inout [UInt8]) {
        var words = [UInt64](repeating: 0, count: Postings.chunkWords)
        var maxima = [UInt8](repeating: 0, count: Postings.chunkWords)
        for index in range {
            let word = Int(self.documents[index] & 0xFFFF) >> 6
            words[word] |= 1 << UInt64(self.documents[index] & 63)
            maxima[word] = max(maxima[word], self.weights[index])
        }
        for word in words { body.appendInteger(word) }
        var before = 0
        for word in words {
            body.appendInteger(UInt16(before))
            before += word.nonzeroBitCount
        }
        if !isValue { body += maxima }
    }
}
