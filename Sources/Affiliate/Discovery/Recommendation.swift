import Kernel
import Storage

/// Finds programs for a need: those that match the most of its words come first, then those that earn the most.
///
/// A word matches a program's name or description, or its category's. A search wants all words; a need seldom names all.
struct Recommendation: Sendable {
    private static let wordLimit = 12
    private static let candidatesPerWord = 200

    let useCase: String
    let query: ProgramQuery

    struct Match: Sendable {
        let program: ProgramID
        let matched: [String]
    }

    func find(in tx: Transaction) throws -> [Match] {
        // characters: words of people
        let words = self.useCase.lowercased().split { !$0.isLetter && !$0.isNumber && $0 != "ー" }.map(String.init)
        guard !words.isEmpty else {
            return try tx.programSearch.search(self.query).programs.map { Match(program: $0, matched: []) }
        }
        let categories = try tx.programs.listCategories()
        var matched: [ProgramID: [String]] = [:]
        /// By what each word finds first, so that equals keep the order of their earnings.
        var order: [ProgramID] = []
        for word in Self.unique(words).prefix(Self.wordLimit) {
            var found = try self.search(in: tx) { $0.keyword = word }
            for category in categories
            where Self.isAbout(category, word) && self.query.categoryID ?? category.id == category.id {
                found += try self.search(in: tx) { $0.categoryID = category.id }
            }
            for program in Self.unique(found) {
                if matched[program] == nil { order.append(program) }
                matched[program, default: []].append(word)
            }
        }
        let epc = Dictionary(
            uniqueKeysWithValues: try tx.programSearch.listEarnings(of: order).map { ($0.program, $0.epc) }
        )
        let ranked = order.sorted { left, right in
            let (first, second) = (matched[left]?.count ?? 0, matched[right]?.count ?? 0)
            if first != second { return first > second }
            if epc[left] != epc[right] { return epc[left] ?? -1 > epc[right] ?? -1 }
            return left > right
        }
        return ranked.prefix(self.query.limit).map { Match(program: $0, matched: matched[$0] ?? []) }
    }

    private func search(in tx: Transaction, _ narrow: (inout ProgramQuery) -> Void) throws -> [ProgramID] {
        var query = self.query
        query.limit = Self.candidatesPerWord
        narrow(&query)
        return try tx.programSearch.search(query).programs
    }

    private static func isAbout(_ category: ProgramCategory, _ word: String) -> Bool {
        let words = (category.name + " " + category.slug).lowercased().split { !$0.isLetter }
        // A plural or a longer form is the same need.
        if words.contains(where: {
            $0.count > 3 && ($0.bytewise.starts(with: word) && word.count > 3 || word.bytewise.starts(with: $0))
        }) {
            return true
        }
        return words.contains(Substring(word)) || category.japaneseName.lowercased().contains(word)
    }

    private static func unique<Value: Hashable>(_ values: some Sequence<Value>) -> [Value] {
        var seen: Set<Value> = []
        return values.filter { seen.insert($0).inserted }
    }
}
