import Foundation
import Search
import Testing

@testable import Market

/// Everyday questions in four languages, judged in `Relevance/questions.tsv`. `make relevance` prints the same figure.
@Suite("Answers to everyday questions")
struct RelevanceTests {
    private static let folder = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "Relevance")

    private static func lines(_ name: String) throws -> [[String]] {
        try String(contentsOf: self.folder.appending(path: name), encoding: .utf8).split(separator: "\n")
            .map { $0.split(separator: "\t").map(String.init) }
    }

    private static func index() throws -> SearchIndex {
        let index = SearchIndex(ListingSearch.kind)
        try index.apply(
            try self.lines("records.tsv").enumerated().map { .put(ListingSearch.document($1, order: -Int64($0))) }
        )
        return index
    }

    /// NDCG@10 as it was measured; it may rise, and fall by 0.01.
    private static let measured = 0.991

    @Test("are as good as they were")
    func ndcg() throws {
        let index = try Self.index()
        var sum = 0.0
        let questions = try Self.lines("questions.tsv")
        for question in questions {
            let grades = Dictionary(
                uniqueKeysWithValues: question[2].split(separator: " ").map { pair in
                    let parts = pair.split(separator: "=")
                    return (String(parts[0]), Double(parts[1]) ?? 0)
                }
            )
            func gain(_ grades: some Sequence<Double>) -> Double {
                grades.enumerated().reduce(0) { $0 + $1.element / log2(Double($1.offset) + 2) }
            }
            let found = index.answer(SearchQuery(question[1])).hits.map { grades[$0.id] ?? 0 }
            let own = gain(found) / gain(grades.values.sorted(by: >))
            if own < 0.5 { print("poor (\(own)): \(question[1])") }
            sum += own
        }
        let ndcg = sum / Double(questions.count)
        #expect(questions.count >= 60)
        #expect(ndcg > Self.measured - 0.01, "NDCG@10 \(ndcg)")
    }

    @Test(
        "a service is found by a sentence in each language",
        arguments: [
            "please summarize this text for me", "帮我写一个摘要", "この文章を要約してください", "tôi cần một dịch vụ tóm tắt văn bản",
        ]
    )
    func sentences(sentence: String) throws {
        #expect(try Self.index().answer(SearchQuery(sentence)).hits.first?.id == "summary")
    }
}
