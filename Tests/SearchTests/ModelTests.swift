import Foundation
import TestKit
import Testing

@testable import Search

/// Random records, changes and questions against `PlainSearch`, with merges, files and restarts in between.
@Suite("A search and its plain model")
struct SearchModelTests {
    static let kind = SearchKind(
        "test.model",
        fields: [
            SearchField("name", weight: 3, usualLength: 3), SearchField("code", .code, weight: 2, usualLength: 2),
            SearchField("text", weight: 1, usualLength: 8),
        ],
        columns: [
            SearchColumn("category", .exact), SearchColumn("tags", .set), SearchColumn("price", .number),
            SearchColumn("title", .text),
            SearchColumn("place", .place),
        ],
        synonyms: ["tv = television", "flash drive = usb stick", "cheap > low price"]
    )

    private static let words = [
        "weather", "weathers", "forecast", "forecasting", "api", "price", "pricing", "tv", "television", "usb", "stick",
        "flash",
        "drive", "16gb", "16 gb", "55\"", "wh-1000xm4", "wh1000xm4", "天気", "天気予報", "予報", "ラーメン", "máy", "lọc", "không",
        "khí", "summary", "summarize",
        "note", "book", "notebook", "the", "of", "c++", "low", "cheap", "rtx2060", "rtx 2060",
    ]

    private static func text(_ count: Int, _ random: inout SeededGenerator) -> String {
        (0..<count).map { _ in self.words.randomElement(using: &random)! }.joined(separator: " ")
    }

    static func document(_ id: String, _ random: inout SeededGenerator) -> SearchDocument {
        let tags = (0..<Int.random(in: 0...3, using: &random)).map { _ in "t\(Int.random(in: 0..<6, using: &random))" }
        let hasPlace = Bool.random(using: &random)
        return SearchDocument(
            id: id,
            texts: [
                self.text(Int.random(in: 0...3, using: &random), &random),
                self.text(Int.random(in: 0...1, using: &random), &random),
                self.text(Int.random(in: 0...9, using: &random), &random),
            ],
            values: [
                .exact("c\(Int.random(in: 0..<4, using: &random))"), .set(tags),
                .number(Int64.random(in: -3...3, using: &random)),
                .text(["a", "b", "aa", "", "é"].randomElement(using: &random)!),
                hasPlace
                    ? .place(
                        latitude: Int32.random(in: -90...90, using: &random) * 1_000_000,
                        longitude: Int32.random(in: -180...180, using: &random) * 1_000_000
                    )
                    : .noPlace,
            ],
            order: Int64.random(in: 0..<5, using: &random),
            boost: Bool.random(using: &random) ? 0 : UInt8.random(in: 0...255, using: &random)
        )
    }

    static func query(_ random: inout SeededGenerator) -> SearchQuery {
        var query = SearchQuery(
            limit: Int.random(in: 0...12, using: &random),
            offset: Int.random(in: 0...3, using: &random)
        )
        if Int.random(in: 0..<4, using: &random) > 0 {
            query.text = self.text(Int.random(in: 1...4, using: &random), &random)
            if Bool.random(using: &random) { query.text = String(query.text!.dropLast()) }
            if Int.random(in: 0..<6, using: &random) == 0 { query.text = "wheater forcast televizion" }
        }
        query.mode = Bool.random(using: &random) ? .best : .all
        let filters: [SearchFilter] = [
            .any("category", of: ["c1", "c2"]), .any("tags", of: ["t1", "t5", "none"]),
            .range("price", from: -1, to: 2), .range("price", from: 1),
            .near("place", latitude: 10, longitude: 20, kilometres: 6000), .any("nothing", of: ["x"]),
            .near("place", latitude: -10, longitude: 20, kilometres: 4000, reach: "price"),
            .none("tags", of: ["t2", "none"]), .without(self.text(Int.random(in: 1...2, using: &random), &random)),
            .either([
                [.range("price", to: 0), .any("category", of: ["c1"])], [.none("tags", of: ["t1"])],
                [.without(self.text(1, &random))],
            ]),
        ]
        query.filters = filters.filter { _ in Int.random(in: 0..<5, using: &random) == 0 }
        let liked = filters.filter { _ in Int.random(in: 0..<5, using: &random) == 0 }
        let share = Double.random(in: 0...2, using: &random)
        query.favoured = Bool.random(using: &random) ? nil : .init(liked, share: share)
        query.sort = [
            .relevance, .relevance, .order, .ascending("price"), .descending("price"), .ascending("title"),
            .descending("title"),
        ]
        .randomElement(using: &random)!
        if Bool.random(using: &random) { query.facets = ["category", "tags"] }
        query.facetLimit = Int.random(in: 1...5, using: &random)
        return query
    }

    /// With many records, so that their lists become arrays and bitmaps.
    @Test("agree on every answer, also where words stand in thousands of records")
    func agreeOnMany() async throws {
        var random = SeededGenerator(seed: 7)
        let index = SearchIndex(Self.kind)
        var plain = PlainSearch(kind: Self.kind)
        for batch in 0..<4 {
            await Task.yield()
            let documents = (0..<3500).map { Self.document("r\(batch * 3000 + $0)", &random) }
            for document in documents { plain.put(document) }
            try index.apply(documents.map { .put($0) })
        }
        for id in stride(from: 0, to: 12_000, by: 7) {
            plain.remove("r\(id)")
            try index.apply([.remove("r\(id)")])
        }
        for step in 0..<40 {
            // Other tests wait for the same threads.
            await Task.yield()
            if step == 20 { while try index.compact() {} }
            let query = Self.query(&random)
            let (found, expected) = (index.answer(query), plain.answer(query))
            #expect(found.total == expected.total, "\(query)")
            #expect(found.hits.map(\.id) == expected.hits.map(\.id), "\(query)")
            #expect(found.hits.map(\.score) == expected.hits.map(\.score), "\(query)")
            #expect(found.facets == expected.facets, "\(query)")
        }
    }

    @Test("agree on every answer")
    func agree() async throws {
        let environment = ProcessInfo.processInfo.environment
        let steps = Int(environment["SEARCH_STEPS"] ?? "") ?? 800
        let seed = UInt64(environment["SEARCH_SEED"] ?? "") ?? 20_261_129
        var random = SeededGenerator(seed: seed)
        let index = SearchIndex(Self.kind)
        var plain = PlainSearch(kind: Self.kind)
        for step in 0..<steps {
            await Task.yield()
            switch Int.random(in: 0..<10, using: &random) {
            case 0..<4:
                var changes: [SearchChange] = []
                for _ in 0..<Int.random(in: 1...4, using: &random) {
                    let id =
                        Bool.random(using: &random)
                        ? "r\(Int.random(in: 0..<80, using: &random))"
                        : String(format: "%08x-0000-4000-8000-000000000000", Int.random(in: 0..<40, using: &random))
                    if Int.random(in: 0..<4, using: &random) == 0 {
                        changes.append(.remove(id))
                        plain.remove(id)
                    } else {
                        let document = Self.document(id, &random)
                        changes.append(.put(document))
                        plain.put(document)
                    }
                }
                try index.apply(changes)
            case 4: _ = try index.compact()
            default:
                let query = Self.query(&random)
                let (found, expected) = (index.answer(query), plain.answer(query))
                let context = "step \(step) seed \(seed): \(query)"
                #expect(found.total == expected.total, "\(context)")
                #expect(found.hits.map(\.id) == expected.hits.map(\.id), "\(context)")
                #expect(found.hits.map(\.score) == expected.hits.map(\.score), "\(context)")
                #expect(found.facets == expected.facets, "\(context)")
                guard found.hits.map(\.id) == expected.hits.map(\.id), found.total == expected.total else { return }
            }
        }
        #expect(index.count == plain.count)
    }

    @Test("pages from a cursor on come to the whole list")
    func cursors() async throws {
        var random = SeededGenerator(seed: 3)
        let index = SearchIndex(Self.kind)
        for start in stride(from: 0, to: 160, by: 40) {
            try index.apply((start..<start + 40).map { .put(Self.document("r\($0)", &random)) })
        }
        for _ in 0..<120 {
            await Task.yield()
            var query = Self.query(&random)
            (query.limit, query.offset) = (200, 0)
            let whole = index.answer(query).hits.map(\.id)
            query.limit = Int.random(in: 1...7, using: &random)
            var found: [String] = []
            while true {
                let page = index.answer(query).hits
                found += page.map(\.id)
                guard page.count == query.limit, let last = page.last else { break }
                query.after = last.cursor
            }
            #expect(found == whole, "\(query)")
        }
    }
}
