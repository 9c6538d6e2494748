import Atomics

/// The values of a segment's column, those of the most documents first.
final class FrequentValues: AtomicReference, Sendable {
    private let ordinals: [UInt32]
    private let counts: [UInt32]

    init(_ terms: TermTable, prefix: [UInt8]) {
        var values: [(ordinal: UInt32, count: UInt32)] = []
        terms.visit(startingWith: prefix) { entry in
            values.append((UInt32(entry.ordinal), UInt32(entry.documents)))
            return true
        }
        values.sort { $0.count != $1.count ? $0.count > $1.count : $0.ordinal < $1.ordinal }
        self.ordinals = values.map(\.ordinal)
        self.counts = values.map(\.count)
    }

    var count: Int { self.ordinals.count }
    func ordinal(_ place: Int) -> Int { Int(self.ordinals[place]) }
    func documents(_ place: Int) -> Int { Int(self.counts[place]) }
}

extension Segment {
    /// Made when it is asked for the first time.
    func frequentValues(_ column: Int, prefix: [UInt8]) -> FrequentValues {
        self.values[column].load() ?? self.values[column].storeIfNilThenLoad(FrequentValues(self.terms, prefix: prefix))
    }
}
