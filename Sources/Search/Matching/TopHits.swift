/// The best documents of a segment, as many as are asked for. Among equals the first in the segment's order.
struct TopHits {
    struct Hit {
        let score: Int64
        let document: Int

        @inline(__always)
        func isBefore(_ other: Hit) -> Bool {
            self.score != other.score ? self.score > other.score : self.document < other.document
        }
    }

    let limit: Int
    /// A heap whose first is the last of the best.
    private var heap: [Hit] = []
    /// Lower scores do not come in.
    private(set) var least: Int64

    /// Below all scores, and far enough from the end of the numbers to take one away.
    static let noScore = Int64.min / 2

    init(limit: Int, least: Int64 = .min) {
        self.limit = limit
        self.least = limit > 0 ? least : .max / 2
    }

    /// What a document that comes after all offered ones must exceed.
    @inline(__always)
    var bar: Int64 {
        if self.heap.count >= self.limit { return max(self.least, self.heap.first?.score ?? self.least) }
        return self.least <= Self.noScore ? self.least : self.least - 1
    }

    @inline(__always)
    mutating func offer(_ score: Int64, _ document: Int) {
        guard score >= self.least else { return }
        self.insert(Hit(score: score, document: document))
    }

    private mutating func insert(_ hit: Hit) {
        if self.heap.count < self.limit {
            self.heap.append(hit)
            var child = self.heap.count - 1
            while child > 0, self.heap[(child - 1) / 2].isBefore(self.heap[child]) {
                self.heap.swapAt(child, (child - 1) / 2)
                child = (child - 1) / 2
            }
        } else {
            guard self.limit > 0, hit.isBefore(self.heap[0]) else { return }
            self.heap[0] = hit
            var parent = 0
            while true {
                var last = parent
                for child in [parent * 2 + 1, parent * 2 + 2]
                where child < self.heap.count && self.heap[last].isBefore(self.heap[child]) {
                    last = child
                }
                if last == parent { break }
                self.heap.swapAt(parent, last)
                parent = last
            }
        }
        if self.heap.count >= self.limit { self.least = max(self.least, self.heap[0].score) }
    }

    /// The best first.
    var sorted: [Hit] { self.heap.sorted { $0.isBefore($1) } }
}
