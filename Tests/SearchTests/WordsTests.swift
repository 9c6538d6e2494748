import Testing

@testable import Search

@Suite("Words of a search")
struct SearchWordsTests {
    private static let kind = SearchKind(
        "test.words",
        fields: [SearchField("text", weight: 1, usualLength: 10)],
        synonyms: ["tv = television", "usb stick = flash drive", "cheap > low price"]
    )

    private static func finds(_ question: String, in text: String) throws -> Bool {
        let index = SearchIndex(Self.kind)
        try index.apply([.put(SearchDocument(id: "1", texts: [text]))])
        return index.answer(SearchQuery(question, mode: .all)).total == 1
    }

    @Test(
        "forms of an English word meet",
        arguments: [
            ["summary", "summaries", "summarize", "summarization", "summarizing", "summarised"],
            ["price", "prices", "pricing", "priced"],
            ["battery", "batteries"], ["shop", "shops", "shopping", "shopped"],
            ["translate", "translation", "translating"],
            ["box", "boxes"], ["watch", "watches"], ["categorize", "categories", "category"],
            ["game", "games", "gaming"], ["movie", "movies"], ["cookie", "cookies"],
        ]
    )
    func stems(forms: [String]) {
        #expect(Set(forms.map { Tokens.term($0) }).count == 1, "\(forms.map { Tokens.term($0) })")
    }

    @Test(
        "words of another meaning do not",
        arguments: [
            ("news", "new"), ("string", "str"), ("party", "part"), ("bus", "bu"), ("speed", "spe"), ("king", "k"),
            ("this", "thi"),
        ]
    )
    func apart(word: String, other: String) { #expect(Tokens.term(word) != Tokens.term(other)) }

    @Test(
        "what is written otherwise is found",
        arguments: [
            ("16GB", "16 gb"), ("16 gb", "USB stick, 16GB"), ("55\"", "a 55 inch screen"), ("55 inches", "55″ QLED"),
            ("1.5 kg", "1.5KG"),
            ("55寸", "55英寸电视"), ("wh1000xm4", "Sony WH-1000XM4"), ("WH-1000XM4", "Sony WH1000XM4"),
            ("wi-fi", "WiFi router"),
            ("wifi", "Wi-Fi router"), ("rtx2060", "GeForce RTX 2060"), ("rtx 2060", "GeForce RTX2060"),
            ("note book", "notebook"),
            ("café", "CAFE"), ("straße", "strasse"), ("łódź", "Lodz"), ("may loc khong khi", "Máy lọc không khí"),
            ("đồng hồ", "dong ho"),
            ("ｶﾀｶﾅ", "カタカナ"), ("ひらがな", "ヒラガナ"), ("天", "天気予報"), ("天気", "天気予報"), ("kids", "kid's shoes"),
            ("c++", "C++ linter"),
            ("tv", "a television"), ("flash drive", "USB stick"), ("cheap", "at a low price"), ("weat", "weather"),
            ("wether", "weather"), ("sumary", "a summary"), ("raeding", "reading"), ("readig", "reading"),
            ("imgae", "images"),
            ("extraciton", "keyword extraction"), ("libary", "libraries"), ("histroy", "history"),
            ("geocodng", "geocoding"),
            ("weahter", "weather"), ("wweather", "weather"), ("tranlsation", "translation"), ("Core", "Intel® Core™2"),
            ("1,000", "1000 words"),
            ("the weather", "weather"), ("告诉我天气", "天气"), ("天気を教えてください", "天気"), ("tôi muốn thời tiết", "thời tiết"),
        ]
    )
    func found(question: String, text: String) throws {
        #expect(try Self.finds(question, in: text), "\(question) in \(text)")
    }

    @Test(
        "what is not meant is not found",
        arguments: [
            ("the of and", "the cat of and"), ("", "text"), ("((((", "text"), ("\0", "text"), ("low price", "cheap"),
            ("c#", "C++ linter"),
            ("rain", "a train"), ("cat", "a dog"), ("abcd", "abce"), ("京都", "東京"), ("就職", "無職"), ("目的", "注目"),
        ]
    )
    func notFound(question: String, text: String) throws {
        #expect(!(try Self.finds(question, in: text)), "\(question) in \(text)")
    }

    @Test("no token has anything but letters, digits, their marks and the signs of a name")
    func tokens() {
        for sign in [
            "\"", "'", "\\", "*", ":", "(", ")", "&", "|", "!", " ", "^", "-", "{", "\u{200D}", "\u{FE0F}", "\u{301}",
        ] {
            for text in ["a\(sign)b", "\(sign)ab", "ab\(sign)", "天\(sign)気", "1\(sign)2"] {
                for token in Tokens.of(text, .text) {
                    #expect(
                        !token.text.isEmpty
                            && !token.text.unicodeScalars.contains { "\"'\\*:()&|!^-{ ".unicodeScalars.contains($0) }
                    )
                }
            }
        }
    }
}

@Suite("Hostile questions and records")
struct HostileSearchTests {
    private static let kind = SearchKind(
        "test.hostile",
        fields: [
            SearchField("name", weight: 3, usualLength: 3), SearchField("code", .code, weight: 1, usualLength: 2),
        ],
        columns: [
            SearchColumn("tags", .set), SearchColumn("price", .number), SearchColumn("title", .text),
            SearchColumn("place", .place),
        ]
    )

    private static func document(_ id: String, _ text: String) -> SearchDocument {
        SearchDocument(id: id, texts: [text, text], values: [.set([text]), .number(.min), .text(text), .noPlace])
    }

    private static let texts = [
        String(repeating: "weather ", count: 125_000), (0..<10_000).map { "word\($0)" }.joined(separator: " "), "((((",
        "the of and a", "\0",
        "\u{202E}weather\u{202C}", "w\u{300}\u{301}\u{302}\u{303}\u{304}eather",
        String(repeating: "w\u{301}", count: 5000),
        String(repeating: "天", count: 100_000), String(repeating: "-", count: 100_000),
        String(repeating: "a-1", count: 30_000),
        String(repeating: "\"", count: 10_000), "👩‍👩‍👧‍👦", "ﷺ", "\u{FFFD}\u{FFFE}", String(repeating: "1,000", count: 20_000),
        String(repeating: "0", count: 5000), String(repeating: "a1", count: 2500),
        "w" + String(repeating: "\u{E49}", count: 300) + String(repeating: "ก\u{E49}\u{E33}", count: 500),
        String(repeating: "ａ", count: 50_000),
    ]

    @Test("are answered in bounded time")
    func bounded() async throws {
        let index = SearchIndex(Self.kind)
        try index.apply(Self.texts.enumerated().map { .put(Self.document("\($0)", String($1.prefix(100_000)))) })
        try index.apply([
            .put(Self.document("big", (0..<60_000).map { "word\($0 % 9000) text" }.joined(separator: " ")))
        ])
        try index.apply((0..<6000).map { .put(Self.document("equal\($0)", "weather")) })
        for (number, text) in Self.texts.enumerated() {
            #expect(index.holds(Self.document("\(number)", String(text.prefix(100_000)))), "\(text.prefix(20))")
        }
        let clock = ContinuousClock()
        for text in Self.texts {
            await Task.yield()
            for query in [
                SearchQuery(text, facets: ["tags"]), SearchQuery(text, mode: .all, sort: .ascending("title")),
            ] {
                let spent = clock.measure { _ = index.answer(query) }
                // In a debug build on a busy machine; a release build takes milliseconds.
                #expect(spent < .seconds(20), "\(text.prefix(20)): \(spent)")
            }
        }
        #expect(index.answer(SearchQuery("weather", limit: 3)).total >= 6000)
        let deep = index.answer(SearchQuery("weather", limit: 10, offset: 5900))
        #expect(deep.hits.count == 10)
        _ = index.answer(
            SearchQuery(
                "weather",
                filters: [
                    .range("price", from: .max, to: .min),
                    .near("place", latitude: 999, longitude: -999, kilometres: -1),
                ]
            )
        )
        _ = index.answer(
            SearchQuery(
                filters: [.any("price", of: ["1"]), .range("tags"), .any("none", of: [])],
                sort: .descending("none"),
                limit: -1,
                offset: -1
            )
        )
    }
}
