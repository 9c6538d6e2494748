/// The conditions of a question, for one segment.
struct SegmentFilters {
    private let conditions: [Condition]

    private enum Condition {
        case values([Int: [PostingsChunk]])
        case noValues([Int: [PostingsChunk]])
        /// Not all of the words, each with its readings.
        case notAll([[Int: [PostingsChunk]]])
        case range(NumberColumn, Int64, Int64)
        case near(NumberColumn, NumberColumn, SearchPlace, reach: NumberColumn?)
        case either([SegmentFilters])
        case everything
        case nothing
    }

    init(_ filters: [SearchFilter], _ kind: SearchKind, _ segment: Segment) {
        self.conditions = filters.map { Self.condition($0, kind, segment) }
    }

    private static func condition(_ filter: SearchFilter, _ kind: SearchKind, _ segment: Segment) -> Condition {
        switch filter {
        case .any(let name, let values):
            return kind.index(of: name).map { .values(self.chunks(of: values, $0, segment)) } ?? .nothing
        case .none(let name, let values):
            return kind.index(of: name).map { .noValues(self.chunks(of: values, $0, segment)) } ?? .everything
        case .without(let text):
            let words = QueryWords.of(text, synonyms: Synonyms([]))
            let chunks = words.map { word in
                self.chunks(of: word.readings.compactMap { $0.terms.count == 1 ? $0.terms[0] : nil }, segment)
            }
            return chunks.isEmpty ? .everything : .notAll(chunks)
        case .either(let lists): return .either(lists.map { SegmentFilters($0, kind, segment) })
        case .range(let name, let low, let high):
            guard let column = kind.index(of: name), let numbers = segment.numbers[column] else { return .nothing }
            return .range(numbers, low, high)
        case .near(let name, let latitude, let longitude, let kilometres, let reach):
            guard let column = kind.index(of: name), let latitudes = segment.numbers[column],
                let longitudes = segment.longitudes(column)
            else { return .nothing }
            let place = SearchPlace(latitude: latitude, longitude: longitude, kilometres: kilometres)
            let reaches = reach.flatMap { kind.index(of: $0) }.flatMap { segment.numbers[$0] }
            return .near(latitudes, longitudes, place, reach: reaches)
        }
    }

    private static func chunks(of values: [String], _ column: Int, _ segment: Segment) -> [Int: [PostingsChunk]] {
        self.chunks(of: values.map { SearchKind.valueTerm(column, $0) }, segment)
    }

    private static func chunks(of terms: [String], _ segment: Segment) -> [Int: [PostingsChunk]] {
        var chunks: [Int: [PostingsChunk]] = [:]
        for term in terms {
            guard let entry = segment.terms.find(Array(term.utf8)) else { continue }
            for (key, chunk) in segment.terms.postings(entry).chunks() { chunks[key, default: []].append(chunk) }
        }
        return chunks
    }

    /// Clears the bits of the chunk's documents that a condition leaves out.
    func keep(_ bits: Bits.Chunk, _ chunk: Int, _ scratch: Bits.Chunk) {
        let base = chunk * Postings.chunkSize
        for condition in self.conditions {
            switch condition {
            case .everything: break
            case .nothing: bits.fill(0)
            case .values(let chunks):
                scratch.fill(0)
                for part in chunks[chunk] ?? [] { part.mark(scratch.words) }
                bits.keepOnly(scratch)
            case .noValues(let chunks):
                scratch.fill(0)
                for part in chunks[chunk] ?? [] { part.mark(scratch.words) }
                bits.drop(scratch)
            case .notAll(let words): self.dropAll(words, bits, chunk, scratch)
            case .range(let numbers, let low, let high):
                self.keep(bits) { document in
                    let value = numbers.value(base + document)
                    return value >= low && value <= high
                }
            case .near(let latitudes, let longitudes, let place, let reach):
                // Most records are too far north or south, whatever else is known of them.
                let band = place.latitudes(reach: reach?.highest ?? 0)
                self.keep(bits) { document in
                    let latitude = latitudes.value(base + document)
                    guard band.contains(latitude) else { return false }
                    return place.contains(
                        latitude,
                        longitudes.value(base + document),
                        reach: reach?.value(base + document) ?? 0
                    )
                }
            case .either(let lists): self.keepEither(lists, bits, chunk, scratch)
            }
        }
    }

    private func dropAll(
        _ words: [[Int: [PostingsChunk]]],
        _ bits: Bits.Chunk,
        _ chunk: Int,
        _ scratch: Bits.Chunk
    ) {
        let all = Bits(documents: bits.count * 64)
        defer { withExtendedLifetime(all) {} }
        let having = all.chunk(0)
        for (index, word) in words.enumerated() {
            scratch.fill(0)
            for part in word[chunk] ?? [] { part.mark(scratch.words) }
            if index == 0 { having.copy(scratch) } else { having.keepOnly(scratch) }
        }
        bits.drop(having)
    }

    private func keepEither(_ lists: [SegmentFilters], _ bits: Bits.Chunk, _ chunk: Int, _ scratch: Bits.Chunk) {
        let (left, one) = (Bits(documents: bits.count * 64), Bits(documents: bits.count * 64))
        defer { withExtendedLifetime((left, one)) {} }
        let (kept, part) = (left.chunk(0), one.chunk(0))
        for list in lists {
            part.copy(bits)
            list.keep(part, chunk, scratch)
            kept.add(part)
        }
        bits.copy(kept)
    }

    @inline(__always)
    private func keep(_ bits: Bits.Chunk, _ holds: (Int) -> Bool) {
        for index in 0..<bits.count where bits[index] != 0 {
            var rest = bits[index]
            while rest != 0 {
                let bit = rest.trailingZeroBitCount
                if !holds(index << 6 | bit) { bits[index] &= ~(1 << UInt64(bit)) }
                rest &= rest - 1
            }
        }
    }
}
