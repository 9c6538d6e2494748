/// What of one segment a question and its filters leave.
struct SegmentMatches {
    let view: SegmentView
    /// The segment's place in the snapshot.
    let place: Int
    /// By word and chunk: the postings of its readings, each with what it counts.
    let words: [[[WeighedChunk]]]
    /// Everything that matches.
    let any: Bits
    /// What of it has every word; the same object where that is no question.
    let all: Bits
    /// What of it the question favours; nil where it favours nothing.
    let favoured: Bits?
    let total: Int
    /// What of them has every word.
    let whole: Int

    struct WeighedChunk {
        let weight: Int64
        let chunk: PostingsChunk
    }

    var chunks: Int { self.any.chunks }

    init(
        _ view: SegmentView,
        at place: Int,
        _ plan: QueryPlan?,
        _ query: SearchQuery,
        _ filters: SegmentFilters,
        favoured: SegmentFilters?
    ) {
        let chunks = (view.segment.count + Postings.chunkSize - 1) / Postings.chunkSize
        let words = plan?.words.map { Self.postings($0, view.segment, place, chunks) } ?? []
        let any = Bits(documents: view.segment.count)
        let all = words.count > 1 ? Bits(documents: view.segment.count) : any
        let favouredBits = favoured.map { _ in Bits(documents: view.segment.count) }
        let spare = Bits(documents: min(view.segment.count, Postings.chunkSize))
        defer { withExtendedLifetime(spare) {} }
        let scratch = spare.chunk(0)
        var (total, whole) = (0, 0)
        for chunk in 0..<chunks {
            let (anyBits, allBits) = (any.chunk(chunk), all.chunk(chunk))
            if plan == nil {
                anyBits.fill(.max)
            } else {
                Self.match(words, chunk, anyBits, allBits, scratch, isShared: all === any)
            }
            if query.mode == .all, all !== any { anyBits.copy(allBits) }
            anyBits.keepOnly(view.live.page(chunk))
            filters.keep(anyBits, chunk, scratch)
            if all !== any { allBits.keepOnly(anyBits) }
            if let favoured, let bits = favouredBits?.chunk(chunk) {
                bits.copy(anyBits)
                favoured.keep(bits, chunk, scratch)
            }
            total += anyBits.total
            whole += allBits.total
        }
        self.view = view
        self.place = place
        self.whole = whole
        self.words = words
        self.any = any
        self.all = all
        self.favoured = favouredBits
        self.total = total
    }

    private static func match(
        _ words: [[[WeighedChunk]]],
        _ chunk: Int,
        _ any: Bits.Chunk,
        _ all: Bits.Chunk,
        _ scratch: Bits.Chunk,
        isShared: Bool
    ) {
        for (index, word) in words.enumerated() {
            if isShared {
                for reading in word[chunk] { reading.chunk.mark(any.words) }
                continue
            }
            scratch.fill(0)
            for reading in word[chunk] { reading.chunk.mark(scratch.words) }
            any.add(scratch)
            if index == 0 {
                all.copy(scratch)
            } else {
                all.keepOnly(scratch)
            }
        }
    }

    /// The word's readings in the segment, by chunk.
    private static func postings(
        _ word: QueryPlan.PlannedWord,
        _ segment: Segment,
        _ place: Int,
        _ chunks: Int
    ) -> [[WeighedChunk]] {
        var byChunk = [[WeighedChunk]](repeating: [], count: chunks)
        for reading in word.readings {
            let entries = reading.entries[place].compactMap { $0 }
            guard entries.count == reading.terms.count else { continue }
            let parts = entries.map { segment.terms.postings($0).chunks() }
            for (key, chunk) in parts.count == 1 ? parts[0] : Self.common(parts) where key < chunks {
                byChunk[key].append(WeighedChunk(weight: reading.weight, chunk: chunk))
            }
        }
        return byChunk
    }

    /// The documents that have every term, each with the lowest weight.
    private static func common(_ parts: [[(key: Int, chunk: PostingsChunk)]]) -> [(key: Int, chunk: PostingsChunk)] {
        guard let first = parts.min(by: { $0.count < $1.count }) else { return [] }
        return first.compactMap { key, _ in
            let chunks = parts.compactMap { $0.first { $0.key == key }?.chunk }
            guard chunks.count == parts.count, let rarest = chunks.min(by: { $0.count < $1.count }) else { return nil }
            var places = chunks.map { _ in 0 }
            var (documents, weights): ([UInt16], [UInt8]) = ([], [])
            rarest.visit { document, _ in
                var lowest = 255
                for index in chunks.indices { lowest = min(lowest, chunks[index].weight(of: document, &places[index])) }
                guard lowest > 0 else { return }
                documents.append(UInt16(document))
                weights.append(UInt8(lowest))
            }
            return documents.isEmpty ? nil : (key, PostingsChunk(documents, weights))
        }
    }
}
