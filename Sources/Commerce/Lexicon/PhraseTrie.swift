/// Phrases by their characters, so that the longest one that stands somewhere is found in one pass.
struct PhraseTrie: Sendable {
    private var children: [[UInt32: Int32]] = [[:]]
    private var meanings: [[Meaning]] = [[]]

    init() {}

    mutating func insert(_ phrase: some Sequence<UInt32>, _ meaning: Meaning) {
        var node = 0
        for scalar in phrase {
            if let next = self.children[node][scalar] {
                node = Int(next)
            } else {
                self.children.append([:])
                self.meanings.append([])
                self.children[node][scalar] = Int32(self.children.count - 1)
                node = self.children.count - 1
            }
        }
        if node != 0, !self.meanings[node].contains(meaning) { self.meanings[node].append(meaning) }
    }

    /// The phrases that begin at a place, the longest first, each with its length.
    func matches(_ text: ArraySlice<UInt32>) -> [(length: Int, meanings: [Meaning])] {
        var found: [(Int, [Meaning])] = []
        var node = 0
        for (index, scalar) in text.enumerated() {
            guard let next = self.children[node][scalar] else { break }
            node = Int(next)
            if !self.meanings[node].isEmpty { found.append((index + 1, self.meanings[node])) }
        }
        return found.reversed()
    }
}
