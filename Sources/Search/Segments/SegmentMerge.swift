/// Makes one segment of several, without the documents that are gone.
struct SegmentMerge {
    let kind: SearchKind
    let sources: [SegmentView]

    /// By source: the new number of each document; `UInt32.max` for those that are gone.
    private let numbers: [[UInt32]]
    /// The documents in their new order.
    private let documents: [(source: Int, document: Int)]

    init(_ kind: SearchKind, _ sources: [SegmentView]) {
        self.kind = kind
        self.sources = sources
        var documents: [(source: Int, document: Int)] = []
        for (index, view) in sources.enumerated() {
            view.live.visit { documents.append((index, $0)) }
        }
        documents.sort { left, right in
            let (first, second) = (sources[left.source].segment, sources[right.source].segment)
            let (older, newer) = (first.order(left.document), second.order(right.document))
            if older != newer { return older > newer }
            return TermTable.compare(Array(first.key(left.document)), Array(second.key(right.document))) > 0
        }
        var numbers = sources.map { [UInt32](repeating: .max, count: $0.segment.count) }
        for (number, place) in documents.enumerated() { numbers[place.source][place.document] = UInt32(number) }
        self.documents = documents
        self.numbers = numbers
    }

    func write(to output: ByteWriter) throws {
        var writer = SegmentWriter(self.kind, count: self.documents.count, to: output)
        let ordinals = try self.writeTerms(&writer)
        try writer.finishTerms()
        for place in self.documents {
            try writer.append(self.forward(place.document, of: place.source, ordinals[place.source]))
        }
        try writer.finishDocuments(
            keys: self.documents.map { Array(self.sources[$0.source].segment.key($0.document)) },
            orders: self.documents.map { self.sources[$0.source].segment.order($0.document) },
            boosts: self.documents.map { self.sources[$0.source].segment.boost($0.document) }
        )
        try writer.finishColumns { index, column in
            let place = self.documents[index]
            let segment = self.sources[place.source].segment
            let value = segment.numbers[column]?.value(place.document) ?? 0
            guard self.kind.columns[column].kind == .place else { return (value, 0) }
            return (value, segment.longitudes(column)?.value(place.document) ?? 0)
        }
        try writer.finish()
    }

    /// By source: the new ordinal of each term; `UInt32.max` for those whose documents are all gone.
    private func writeTerms(_ writer: inout SegmentWriter) throws -> [[UInt32]] {
        var ordinals = self.sources.map { [UInt32](repeating: .max, count: $0.segment.terms.count) }
        var cursors = self.sources.map { $0.segment.terms.cursor() }
        var isOpen = cursors.indices.map { cursors[$0].advance() }
        var list = PostingsWriter()
        var next: UInt32 = 0
        while let term = cursors.indices.filter({ isOpen[$0] }).map({ cursors[$0].entry.term })
            .min(by: { TermTable.compare($0, $1) < 0 })
        {
            var places: [(document: UInt32, weight: UInt8)] = []
            let holders = cursors.indices.filter { isOpen[$0] && cursors[$0].entry.term == term }
            for source in holders {
                let numbers = self.numbers[source]
                self.sources[source].segment.terms.postings(cursors[source].entry).visit { document, weight in
                    guard document < numbers.count, numbers[document] != .max else { return }
                    places.append((numbers[document], weight))
                }
            }
            if !places.isEmpty {
                // Each source is in the new order already.
                if holders.count > 1 { places.sort { $0.document < $1.document } }
                for (document, weight) in places { list.append(document, weight) }
                try writer.append(term, &list)
            }
            for source in holders {
                if !places.isEmpty { ordinals[source][cursors[source].entry.ordinal] = next }
                isOpen[source] = cursors[source].advance()
            }
            if !places.isEmpty { next += 1 }
        }
        return ordinals
    }

    private func forward(_ document: Int, of source: Int, _ ordinals: [UInt32]) -> [Int32] {
        var parts = [[Int32]](repeating: [], count: self.kind.fields.count + 1)
        self.sources[source].segment.forEachTerm(of: document) { field, ordinal, isExtra in
            guard ordinal < ordinals.count, ordinals[ordinal] != .max else { return }
            let new = Int32(ordinals[ordinal])
            parts[field ?? self.kind.fields.count].append(field == nil ? new : new << 1 | (isExtra ? 1 : 0))
        }
        return parts.flatMap { [Int32($0.count)] + $0 }
    }
}
