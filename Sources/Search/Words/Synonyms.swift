import Kernel

/// Words that mean the same.
struct Synonyms: Sendable {
    /// By the first term: the terms that are replaced, and by what.
    private var rules: [String: [(from: [String], to: [String])]] = [:]

    var isEmpty: Bool { self.rules.isEmpty }

    /// - Parameter lines: `tv = television = telly`; `laptop > notebook` for one direction.
    init(_ lines: [String]) {
        for line in lines {
            let (from, to) = line.bytewise.cut(at: ">")
            if let to {
                self.add(Self.terms(String(from)), Self.terms(String(to)))
                continue
            }
            let sides = line.bytewise.list("=").map(Self.terms)
            for from in sides { for to in sides where from != to { self.add(from, to) } }
        }
    }

    private mutating func add(_ from: [String], _ to: [String]) {
        guard let first = from.first, !to.isEmpty, to.count <= 4 else { return }
        self.rules[first, default: []].append((from, to))
    }

    private static func terms(_ text: String) -> [String] {
        QueryWords.of(text, synonyms: .empty).map(\.term)
    }

    private init() {}
    private static let empty = Synonyms()

    func matches(_ terms: [String]) -> [(range: Range<Int>, terms: [String])] {
        guard !self.rules.isEmpty else { return [] }
        return terms.indices.flatMap { index in
            (self.rules[terms[index]] ?? []).compactMap { rule in
                let end = index + rule.from.count
                guard end <= terms.count, Array(terms[index..<end]) == rule.from else { return nil }
                return (index..<end, rule.to)
            }
        }
    }
}
