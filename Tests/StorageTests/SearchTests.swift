import Kernel
import Storage
import TestKit
import Testing

@Suite("Full-text search")
struct SearchTests {
    private static let index = SearchIndex("document_search", fields: "title", "body")

    @Test(
        "one and two CJK characters, prefixes and accents are found alike on every engine",
        arguments: Engine.available,
        [
            ("画", ["jp"]), ("画像", ["jp"]), ("画像生成", ["jp"]), ("像生", ["jp"]), ("生画", []), ("sent", ["en"]),
            ("SENTIMENT ana", ["en"]), ("cafe", ["fr"]), ("Café", ["fr"]), ("thư", ["vi"]), ("nothing", []),
            ("ai", ["en", "jp"]),
        ] as [(String, [String])]
    )
    func finds(engine: Engine, query: (text: String, ids: [String])) async throws {
        let database = try await self.filled(engine)
        let matches = Self.index.matches(query.text, on: engine)!
        let (ids, count) = try await database.read { tx in
            (try matches.page(limit: 10, offset: 0, in: tx), try matches.count(in: tx))
        }
        #expect(ids.sorted() == query.ids)
        #expect(count == query.ids.count)
        await database.close()
    }

    @Test(
        "a hit in a more telling field comes first, and what was replaced or removed is not found",
        arguments: Engine.available
    )
    func ranking(engine: Engine) async throws {
        let database = try await self.filled(engine)
        let ids = try await database.write { tx in
            try Self.index.put(
                "other",
                ["Nothing", "the translation of text, and much more text about other things"],
                in: tx
            )
            try Self.index.put("main", ["Translation", "of text"], in: tx)
            try Self.index.put("fr", ["Thé", "vert"], in: tx)
            try Self.index.remove("en", in: tx)
            let found = { (text: String) in
                try Self.index.matches(text, on: engine)!.page(limit: 10, offset: 0, in: tx)
            }
            return [try found("translation"), try found("cafe"), try found("sentiment")]
        }
        #expect(ids == [["main", "other"], [], []])
        await database.close()
    }

    @Test("pages go on through the ranks, the newest first, whatever the limit", arguments: Engine.available)
    func pages(engine: Engine) async throws {
        let database = try await self.filled(engine)
        let ids = (0..<7).map { "d\($0)" }
        try await database.write { tx in
            // Even ones have the word in the title, odd ones in the body.
            for (number, id) in ids.enumerated() {
                try Self.index.put(id, number % 2 == 0 ? ["Weather map", "of"] : ["Map", "of the weather"], in: tx)
            }
        }
        let matches = Self.index.matches("weather map", on: engine)!
        let expected = ["d6", "d4", "d2", "d0", "d5", "d3", "d1"]
        for limit in 1...8 {
            let pages = try await database.read { tx in
                try stride(from: 0, to: 9, by: limit).map { try matches.page(limit: limit, offset: $0, in: tx) }
            }
            #expect(pages.flatMap { $0 } == expected, "limit \(limit)")
        }
        await database.close()
    }

    @Test("a query without a letter or digit asks for nothing, and quotes are harmless", arguments: Engine.available)
    func odd(engine: Engine) async throws {
        #expect(Self.index.matches("  -- \" ' * ", on: engine) == nil)
        let database = try await self.filled(engine)
        let matches = Self.index.matches("a\" OR 'b* & | ! : (", on: engine)!
        _ = try await database.read { try matches.page(limit: 10, offset: 0, in: $0) }
        await database.close()
    }

    private func filled(_ engine: Engine) async throws -> any Database {
        let database = try await TestDatabases.make(engine)
        _ = try await database.migrate([Migration("test/0001", .searchIndex(Self.index))])
        try await database.write { tx in
            try Self.index.put("jp", ["画像生成 AI", "テキストから画像を作る"], in: tx)
            try Self.index.put("en", ["Sentiment Analysis API", "AI that reads text"], in: tx)
            try Self.index.put("fr", ["Le café", "noir"], in: tx)
            try Self.index.put("vi", ["Thư viện", "sách"], in: tx)
        }
        return database
    }
}
