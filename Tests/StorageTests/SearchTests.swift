import Kernel
import Storage
import TestKit
import Testing

@Suite("Full-text search")
struct SearchTests {
    private static let index = SearchIndex("document_search", .init("title", weight: 10), .init("body", weight: 1))

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
        let hits = Self.index.hits(query.text, on: engine)!
        let ids = try await database.read { tx in
            try tx.rows("SELECT hit_id FROM (\(hits)) hit ORDER BY hit_id") { try $0.column(String.self) }
        }
        #expect(ids == query.ids)
        await database.close()
    }

    @Test(
        "a hit in a heavier field comes first, and what was replaced or removed is not found",
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
                let hits = Self.index.hits(text, on: engine)!
                return try tx.rows("SELECT hit_id FROM (\(hits)) hit ORDER BY score, hit_id") {
                    try $0.column(String.self)
                }
            }
            return [try found("translation"), try found("cafe"), try found("sentiment")]
        }
        #expect(ids == [["main", "other"], [], []])
        await database.close()
    }

    @Test("a query without a letter or digit asks for nothing, and quotes are harmless", arguments: Engine.available)
    func odd(engine: Engine) async throws {
        #expect(Self.index.hits("  -- \" ' * ", on: engine)?.text == nil)
        let database = try await self.filled(engine)
        let hits = Self.index.hits("a\" OR 'b* & | ! : (", on: engine)!
        _ = try await database.read { try $0.rows("SELECT hit_id FROM (\(hits)) hit") { try $0.column(String.self) } }
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
