import Foundation
import Search

/// Judged questions: which records should be found, and how well each fits.
struct Judgements {
    var questions: [(id: String, text: String)] = []
    /// By question: a grade from 0 to 3 for each judged record.
    var grades: [String: [String: Int]] = [:]

    init() {}

    /// Lines of a language, a question, and records with their grades.
    init(everyday text: String) {
        for (number, line) in text.split(separator: "\n").enumerated() {
            let parts = line.split(separator: "\t").map(String.init)
            self.questions.append(("\(number)", parts[1]))
            for judged in parts[2].split(separator: " ") {
                let pair = judged.split(separator: "=").map(String.init)
                self.grades["\(number)", default: [:]][pair[0]] = Int(pair[1])
            }
        }
    }

    /// Discounted gain of the first ten against the best possible, with the grade as the gain.
    static func ndcg(_ found: [String], _ grades: [String: Int]) -> Double {
        func sum(_ gains: some Sequence<Int>) -> Double {
            gains.enumerated().reduce(0) { $0 + Double($1.element) / log2(Double($1.offset) + 2) }
        }
        let best = sum(grades.values.sorted(by: >).prefix(10))
        return best > 0 ? sum(found.prefix(10).map { grades[$0] ?? 0 }) / best : 0
    }
}

/// How good the answers are to judged questions.
struct Relevance {
    struct Figures {
        var ndcg = 0.0
        /// Over judged records only.
        var ndcgOfJudged = 0.0
        /// The share of judged records among the first ten.
        var judged = 0.0
    }

    let index: SearchIndex

    func measure(_ judgements: Judgements, only ids: Set<String>? = nil) -> Figures {
        var figures = Figures()
        var count = 0.0
        for (id, text) in judgements.questions where ids?.contains(id) ?? true {
            let grades = judgements.grades[id] ?? [:]
            guard grades.values.contains(where: { $0 > 0 }) else { continue }
            let found = self.index.answer(SearchQuery(text, limit: 2000)).hits.map(\.id)
            figures.ndcg += Judgements.ndcg(found, grades)
            figures.ndcgOfJudged += Judgements.ndcg(found.filter { grades[$0] != nil }, grades)
            figures.judged += Double(found.prefix(10).count { grades[$0] != nil }) / 10
            count += 1
        }
        return Figures(
            ndcg: figures.ndcg / count,
            ndcgOfJudged: figures.ndcgOfJudged / count,
            judged: figures.judged / count
        )
    }
}
