import Foundation
import Search

/// The engine alone: building, changing and asking, without a database and without HTTP.
struct EngineBench {
    static let kind = SearchKind(
        "bench.services",
        fields: [
            SearchField("name", weight: 3, usualLength: 4), SearchField("tags", weight: 2, usualLength: 3),
            SearchField("description", weight: 1, usualLength: 20),
        ],
        columns: [
            SearchColumn("category", .exact), SearchColumn("tags", .set), SearchColumn("price", .number),
            SearchColumn("status", .exact), SearchColumn("name", .text),
        ]
    )

    private var state: UInt64 = 88_172_645_463_325_252

    mutating func next() -> UInt64 {
        self.state ^= self.state << 13
        self.state ^= self.state >> 7
        self.state ^= self.state << 17
        return self.state
    }

    mutating func fraction() -> Double { Double(self.next() >> 11) / Double(1 << 53) }

    /// A word of a vocabulary in which the first ones are frequent.
    mutating func word() -> String {
        let rank = Int(pow(60_000, self.fraction()))
        return Self.words[(rank - 1) % Self.words.count]
    }

    static let words: [String] = {
        let heads = [
            "weather", "forecast", "api", "data", "image", "text", "summary", "translate", "price", "market", "search",
            "voice",
        ]
        let syllables = [
            "ba", "co", "di", "fu", "ga", "ho", "ki", "lu", "ma", "ne", "po", "ra", "se", "ti", "vo", "za",
        ]
        return heads
            + (0..<60_000).map { number in
                var (rest, word) = (number, "")
                repeat {
                    word += syllables[rest % 16]
                    rest /= 16
                } while rest > 0
                return word + ["n", "r", "t", "x"][number % 4]
            }
    }()

    mutating func document(_ number: Int) -> SearchDocument {
        let name = (0..<3).map { _ in self.word() }.joined(separator: " ")
        let tags = (0..<3).map { _ in self.word() }
        let description = (0..<19).map { _ in self.word() }.joined(separator: " ")
        return SearchDocument(
            id: String(format: "%08x-0000-4000-8000-%012x", UInt32(truncatingIfNeeded: self.next()), number),
            texts: [name, tags.joined(separator: " "), description],
            values: [
                .exact("category \(self.next() % 40)"), .set(tags), .number(Int64(self.next() % 5000) * 100),
                .exact("active"),
                .text(name),
            ],
            order: Int64(number)
        )
    }

    static func run(_ count: Int) throws {
        var bench = EngineBench()
        let index = SearchIndex(Self.kind)
        let clock = ContinuousClock()
        let begin = clock.now
        var text = 0
        for start in stride(from: 0, to: count, by: 25_000) {
            let documents = (start..<min(start + 25_000, count)).map { bench.document($0) }
            text += documents.reduce(0) { $0 + $1.texts.reduce(0) { $0 + $1.utf8.count } }
            try index.apply(documents.map { .put($0) })
        }
        print("built", count, clock.now - begin, "text MB", text / 1_000_000)
        let merging = try clock.measure { while try index.compact() {} }
        print("merged", merging, "segments", index.segmentCount, "MB", index.byteCount / 1_000_000)
        for (part, bytes) in index.parts { print("  ", part, bytes / 1000, "KB") }
        if let text = CommandLine.arguments.dropFirst(3).first {
            let start = clock.now
            for _ in 0..<2000 { _ = index.answer(SearchQuery(text)) }
            return print((clock.now - start) / 2000)
        }
        let queries: [(String, SearchQuery)] = [
            ("common", SearchQuery("weather")), ("two", SearchQuery("weather forecast")),
            ("three", SearchQuery("weather forecast api")), ("rare", SearchQuery(Self.words[40_000])),
            ("sentence", SearchQuery("an api that tells the weather and translates text")),
            ("eight", SearchQuery("weather forecast api data image text summary voice")),
            ("common rare", SearchQuery("weather \(Self.words[30_000])")),
            ("category", SearchQuery("weather", filters: [.any("category", of: ["category 3"])])),
            ("price", SearchQuery("weather", filters: [.range("price", from: 100_000, to: 200_000)])),
            ("by price", SearchQuery("weather", sort: .ascending("price"))),
            ("all by price", SearchQuery(sort: .ascending("price"))),
            ("all by price desc", SearchQuery(sort: .descending("price"))),
            ("by name", SearchQuery(sort: .ascending("name"))),
            ("newest", SearchQuery()), ("tag", SearchQuery(filters: [.any("tags", of: ["weather", "forecast"])])),
            ("facet alone", SearchQuery(limit: 0, facets: ["category"])),
            ("tag facet alone", SearchQuery(limit: 0, facets: ["tags"])),
            ("facets", SearchQuery("weather", facets: ["category"])), ("typing error", SearchQuery("wheather forcast")),
            ("prefix", SearchQuery("weat")), ("letter", SearchQuery("w")), ("nothing", SearchQuery("qqqqqqqqqq")),
        ]
        for (name, query) in queries {
            var times: [Double] = []
            var total = 0
            for _ in 0..<30 {
                let start = clock.now
                total = index.answer(query).total
                times.append(Double((clock.now - start).components.attoseconds) / 1e15)
            }
            times.sort()
            print(String(format: "%-18@ total %8d  p50 %7.3f ms  worst %7.3f ms", name, total, times[15], times[29]))
        }
    }
}
