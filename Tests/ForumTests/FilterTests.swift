import Foundation
import Kernel
import Testing

@testable import Forum

/// The filter of words, and the sum that it is a part of.
@Suite("The filter of words")
struct FilterTests {
    private static func counts(_ words: [String: (spam: Int, good: Int)]) -> WordCounts {
        var counts = WordCounts()
        for index in 0..<100 {
            counts.add(words.filter { index < $0.value.spam }.map(\.key), isSpam: true)
            counts.add(words.filter { index < $0.value.good }.map(\.key), isSpam: false)
        }
        return counts
    }

    @Test("two words speak against each other as the decisions reckon")
    func vector() {
        let counts = Self.counts(["casino": (40, 0), "onsen": (2, 50)])
        #expect(abs(counts.ratio(.init(spam: 40, good: 0)) - 4.3944) < 0.0001)
        #expect(abs(counts.ratio(.init(spam: 2, good: 50)) + 3.0057) < 0.0001)
        let weight = counts.weight(of: ["onsen", "casino", "unknown"])
        #expect(abs(weight - 1.3888) < 0.0001)
        var facts = SpamFacts()
        facts.accountAgeSeconds = 40 * 86_400
        facts.words = weight
        #expect(facts.score.tenThousandths == 1236)
    }

    @Test("under fifty of each kind, words say nothing")
    func least() {
        var counts = WordCounts()
        for _ in 0..<49 { counts.add(["casino"], isSpam: true) }
        for _ in 0..<50 { counts.add(["onsen"], isSpam: false) }
        #expect(counts.weight(of: ["casino"]) == 0)
        counts.add(["casino"], isSpam: true)
        #expect(counts.weight(of: ["casino"]) == 4)
    }

    @Test("the same counts are the same bytes, and come back as they were")
    func stored() {
        let counts = Self.counts(["casino": (40, 0), "onsen": (2, 50)])
        #expect(JSON.text(of: counts.json) == JSON.text(of: Self.counts(["onsen": (2, 50), "casino": (40, 0)]).json))
        #expect(WordCounts(counts.json) == counts)
    }

    @Test(
        "words of each script",
        arguments: [
            ("Đặt phòng 2026!", ["đặt", "phòng", "#4"]), ("京都の朝", ["ja:京都", "ja:都の", "ja:の朝"]),
            ("京都早上", ["zh:京都", "zh:都早", "zh:早上"]), ("a bb", ["bb"]), ("森", ["zh:森"]),
            ("CASINO casino", ["casino"]),
        ]
    )
    func tokens(_ text: String, _ tokens: [String]) { #expect(WordTokens.of(text, links: []) == tokens) }

    @Test("hosts of links are words, and a thousand words are enough")
    func limit() {
        #expect(WordTokens.of("", links: ["https://Spam.example/x"]) == ["host:spam.example"])
        let many = (0..<1500).map { number in String(repeating: "x", count: 2 + number % 30) + "y\(number)z" }
        #expect(WordTokens.of(many.joined(separator: " "), links: []).count <= 1000)
    }

    @Test(
        "blocked words are whole words, or stand anywhere where a script has no blanks",
        arguments: [
            ("Best CASINO here", 1), ("casinos", 0), ("c\u{430}sino", 1), ("cas1no!", 1), ("日本賭博サイト", 1),
            ("cas\u{200B}ino", 1), ("nothing", 0),
        ]
    )
    func blocked(_ text: String, _ hits: Int) {
        let words = BlockedWords(words: [
            .init(language: "en", text: "casino"), .init(language: "ja", text: "賭博"),
            .init(language: BlockedWords.hosts, text: "bad.example"),
        ])
        #expect(words.hits(in: text) == hits)
        #expect(words.has(host: "www.bad.example") && !words.has(host: "notbad.example"))
    }

    @Test("one blocked word, two, and a blocked host")
    func blockedScores() {
        func score(_ change: (inout SpamFacts) -> Void) -> Int {
            var facts = SpamFacts()
            facts.accountAgeSeconds = 40 * 86_400
            change(&facts)
            return facts.score.tenThousandths
        }
        #expect(score { $0.blockedWords = 1 } == 3775)
        #expect(score { $0.blockedWords = 2 } == 8808)
        #expect(score { ($0.blockedWords, $0.linkCount) = (1, 10) } == 8808)
        #expect(score { $0.words = 4 } == 5000)
        #expect(score { $0.hasBlockedHost = true } == 9900)
    }

    @Test("figures of a perfect, a blind and an inverted score")
    func figures() {
        func figures(_ posts: [(Double, Bool)]) -> FilterFigures {
            FilterFigures(posts.map { .init(score: $0.0, isSpam: $0.1) })
        }
        let perfect = figures([(0.9, true), (0.95, true), (0.1, false), (0.2, false)])
        #expect(perfect.f1 == 1 && perfect.auc == 1 && perfect.falseAlarms == 0)
        let blind = figures([(0.5, true), (0.5, false)])
        #expect(blind.f1 == 0 && blind.auc == 0.5)
        let inverted = figures([(0.1, true), (0.9, false)])
        #expect(inverted.auc == 0 && inverted.falseAlarms == 1000)
    }

    /// Spam and good posts of four languages, made by a seeded generator out of different words.
    private static func planted(_ count: Int) -> [WordTraining.Example] {
        let words: [String: (spam: [String], good: [String])] = [
            "en": (
                ["casino", "bonus", "free", "crypto", "winner", "pills", "loan", "cheap", "click", "profit"],
                ["temple", "bus", "morning", "station", "ticket", "snow", "onsen", "platform", "queue", "garden"]
            ),
            "vi": (
                ["khuyến mãi", "cá cược", "vay nóng", "trúng thưởng", "miễn phí"],
                ["chùa", "tàu điện", "buổi sáng", "lá đỏ", "vé ngày"]
            ),
            "ja": (["副業で稼ぐ", "無料登録", "当選確実", "出会い系", "借金救済"], ["紅葉の時期", "始発のバス", "温泉街", "券売機", "混雑します"]),
            "zh": (["代购返利", "免费领取", "赌场开户", "刷单兼职", "贷款秒批"], ["清水寺早晨", "地铁一日券", "樱花季节", "排队时间", "站台换乘"]),
        ]
        var state: UInt64 = 42
        func next(_ limit: Int) -> Int {
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return Int((state >> 33) % UInt64(limit))
        }
        return (0..<count).map { index in
            let language = ["en", "vi", "ja", "zh"][index % 4]
            let isSpam = index / 4 % 2 == 0
            let own = isSpam ? words[language]!.spam : words[language]!.good
            let other = isSpam ? words[language]!.good : words[language]!.spam
            let gap = language == "en" || language == "vi" ? " " : "。"
            let text = ((0..<6).map { _ in own[next(own.count)] } + [other[next(other.count)]]).joined(separator: gap)
            return WordTraining.Example(
                id: "post-\(index)",
                tokens: WordTokens.of(text, links: []),
                isSpam: isSpam,
                language: language,
                rules: isSpam ? -0.5 : -2
            )
        }
    }

    @Test("of 2,000 planted posts in four languages, those that it has not seen are told apart")
    func planted() {
        let (counts, figures) = WordTraining.measure(Self.planted(2000))
        #expect(counts.isTrained)
        let all = figures["both"]?["all"] ?? [:]
        #expect((all["f1"]?.number ?? 0) >= 0.95 && (all["falseAlarmsPerThousand"]?.number ?? 1000) <= 5)
        for language in ["ja", "zh"] { #expect((figures["both"]?[language]?["f1"]?.number ?? 0) >= 0.9) }
        #expect((figures["words"]?["all"]?["f1"]?.number ?? 0) >= 0.95)
        let again = WordTraining.measure(Self.planted(2000))
        #expect(JSON.text(of: again.0.json) == JSON.text(of: counts.json))
        #expect(JSON.text(of: again.1) == JSON.text(of: figures))
    }
}
