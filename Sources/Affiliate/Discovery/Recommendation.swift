import Kernel
import Search
import Storage

/// Finds programs for a need: those that match the most of its words come first, then those that earn the most.
struct Recommendation: Sendable {
    private static let candidates = 200

    let useCase: String
    let query: ProgramQuery

    struct Match: Sendable {
        let program: ProgramID
        let matched: [String]
    }

    func find(_ search: Search, in tx: Transaction) throws -> [Match] {
        var query = self.query.search(at: tx.now)
        guard !self.useCase.isEmpty else {
            return search.answer(query).programs.map { Match(program: $0, matched: []) }
        }
        (query.text, query.sort, query.limit) = (self.useCase, .relevance, Self.candidates)
        let found = search.answer(query).programs
        let programs = try tx.programs.list(found)
        let reasons = search.explain(self.useCase, programs.compactMap(\.searchDocument))
        let matches = programs.map { program in
            let own = reasons["\(program.id)"] ?? []
            // A run of characters without spaces is shown as one word, and counts as many.
            return (
                program: program, places: Set(own.map(\.place)).count,
                match: Match(program: program.id, matched: own.words)
            )
        }
        let ranked = matches.sorted { left, right in
            let (first, second) = (left.places, right.places)
            if first != second { return first > second }
            let (earns, other) = (left.program.earnings, right.program.earnings)
            return earns != other ? earns > other : left.program.id > right.program.id
        }
        return ranked.prefix(self.query.limit).map(\.match)
    }
}

extension SearchAnswer {
    var programs: [ProgramID] { self.hits.compactMap { ProgramID($0.id) } }
}

extension Program {
    /// Per valid click, in hundredths of a yen; -1 before the first one.
    fileprivate var earnings: Int64 {
        Figures.epc(reward: self.figures.reward, validClicks: self.figures.validClicks) ?? -1
    }
}
