/// Which documents of a segment are still their records' newest. A value: a change leaves what readers hold as it was.
struct LiveDocuments: Sendable {
    private static let pageWords = 1024

    /// A page of 65,536 documents each.
    private var pages: [[UInt64]]
    private(set) var count: Int
    let capacity: Int

    /// All of them.
    init(all capacity: Int) {
        self.capacity = capacity
        self.count = capacity
        self.pages = (0..<(capacity + 65_535) / 65_536).map { page in
            let left = capacity - page * 65_536
            return (0..<Self.pageWords).map { word in
                let bits = left - word * 64
                return bits >= 64 ? .max : bits <= 0 ? 0 : (1 << UInt64(bits)) - 1
            }
        }
    }

    /// As ``bytes`` has written them. Throws `SearchDamage` when they do not fit.
    init(_ bytes: [UInt8], capacity: Int) throws {
        self.init(all: capacity)
        guard bytes.count == self.pages.count * Self.pageWords * 8 else {
            throw SearchDamage("a list of live documents is cut off")
        }
        for page in self.pages.indices {
            for word in 0..<Self.pageWords {
                let start = (page * Self.pageWords + word) * 8
                let value = bytes[start..<start + 8].reversed().reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
                self.pages[page][word] &= value
            }
        }
        self.count = self.pages.reduce(0) { $0 + $1.reduce(0) { $0 + $1.nonzeroBitCount } }
    }

    var bytes: [UInt8] { self.pages.flatMap { $0.flatMap(\.littleEndianBytes) } }

    func contains(_ document: Int) -> Bool {
        document < self.capacity && self.pages[document >> 16][document >> 6 & 1023] >> UInt64(document & 63) & 1 == 1
    }

    mutating func remove(_ document: Int) {
        guard self.contains(document) else { return }
        self.pages[document >> 16][document >> 6 & 1023] &= ~(1 << UInt64(document & 63))
        self.count -= 1
    }

    var isFull: Bool { self.count == self.capacity }

    /// The bits of 65,536 documents.
    func page(_ number: Int) -> [UInt64] { self.pages[number] }

    func visit(_ visit: (Int) -> Void) {
        for (page, words) in self.pages.enumerated() {
            for (index, word) in words.enumerated() {
                var bits = word
                while bits != 0 {
                    visit(page << 16 | index << 6 | bits.trailingZeroBitCount)
                    bits &= bits - 1
                }
            }
        }
    }
}

/// How many documents of each term are gone, so that a word's rarity is always that of the living ones. A value, in pages.
struct GoneCounts: Sendable {
    private static let pageSize = 512
    private var pages: [Int: [UInt32]] = [:]

    mutating func add(_ ordinal: Int) {
        self.pages[ordinal / Self.pageSize, default: [UInt32](repeating: 0, count: Self.pageSize)][
            ordinal % Self.pageSize
        ] += 1
    }

    func count(_ ordinal: Int) -> Int {
        guard !self.pages.isEmpty, let page = self.pages[ordinal / Self.pageSize] else { return 0 }
        return Int(page[ordinal % Self.pageSize])
    }
}

/// A segment with what has happened to its documents since it was written.
struct SegmentView: Sendable {
    let segment: Segment
    private(set) var live: LiveDocuments
    private(set) var gone = GoneCounts()
    /// Its file; nil for a segment in memory.
    let file: SegmentFile?

    init(_ segment: Segment, file: SegmentFile? = nil, live: LiveDocuments? = nil) {
        self.segment = segment
        self.file = file
        self.live = live ?? LiveDocuments(all: segment.count)
        guard let live, !live.isFull else { return }
        for document in 0..<segment.count where !live.contains(document) { self.countGone(document) }
    }

    mutating func remove(_ document: Int) {
        guard self.live.contains(document) else { return }
        self.live.remove(document)
        self.countGone(document)
    }

    private mutating func countGone(_ document: Int) {
        // A word of several fields is one document.
        var seen: Set<Int> = []
        self.segment.forEachTerm(of: document) { _, ordinal, _ in seen.insert(ordinal) }
        for ordinal in seen { self.gone.add(ordinal) }
    }

    /// The living documents of a term.
    func count(_ entry: TermTable.Entry) -> Int { max(0, entry.documents - self.gone.count(entry.ordinal)) }
}

/// A segment's file in the index's folder.
struct SegmentFile: Sendable, Hashable {
    let name: String
    let bytes: Int
}

/// Everything that a question sees: it never changes.
final class SearchSnapshot: Sendable {
    let views: [SegmentView]
    /// Documents in all.
    let count: Int

    init(_ views: [SegmentView]) {
        self.views = views
        self.count = views.reduce(0) { $0 + $1.live.count }
    }
}
