import Testing

@testable import Search

@Suite("Answers of a search")
struct AnswerTests {
    private static let kind = SearchKind(
        "test.things",
        fields: [SearchField("name", weight: 3, usualLength: 3), SearchField("text", weight: 1, usualLength: 10)],
        columns: [SearchColumn("category", .exact), SearchColumn("price", .number), SearchColumn("tags", .set)]
    )

    private static func index(_ texts: [(String, String)]) throws -> SearchIndex {
        let index = SearchIndex(Self.kind)
        try index.apply(
            texts.enumerated().map { number, text in
                .put(
                    SearchDocument(
                        id: "\(number)",
                        texts: [text.0, text.1],
                        values: [.exact("c\(number % 2)"), .number(Int64(number)), .set(["t\(number % 3)"])],
                        order: Int64(number)
                    )
                )
            }
        )
        return index
    }

    @Test("one common word is found in every record that has it")
    func common() throws {
        let index = try Self.index((0..<300).map { ("weather \($0)", "forecast for every town") })
        #expect(index.answer(SearchQuery("weather")).total == 300)
        #expect(index.answer(SearchQuery("weat")).total == 300)
        #expect(index.answer(SearchQuery("wheather forcast")).total == 300)
        #expect(index.answer(SearchQuery("weather", limit: 3)).hits.map(\.id) == ["299", "298", "297"])
    }
}
