import Foundation
import Kernel
import TestKit
import Testing

@testable import Commerce

/// Sentences of shoppers in four languages, and what is to be understood of each.
///
/// `Sentences/sentences.tsv`: the sentence, its pieces (`kind=value`, with `!` where it must hold), and what is left to be sought.
/// The first 40 and their meaning are the contract's; `SOUK_RECORD=1` writes down what is understood now, to be read before it is kept.
@Suite("Sentences")
struct SentenceTests {
    private static let file = URL(filePath: #filePath).deletingLastPathComponent().appending(
        path: "Sentences/sentences.tsv"
    )
    private static let brands = [
        "HP", "Canon", "Apple", "Xerox", "Brother", "Sony", "Samsung", "DELL", "Case Logic", "Sharp", "Lenovo",
        "Logitech",
    ]
    private static let today = Timestamp(text: "2026-11-25T12:00:00Z")!

    private static func understood(_ sentence: String, _ parser: IntentParser) -> String {
        let parsed = parser.parse(sentence, at: Self.today)
        let pieces = parsed.pieces.map { "\($0.kind.rawValue)=\($0.value)\($0.isHard ? "!" : "")" }
        return "\(pieces.joined(separator: "; "))\t\(parsed.searchText)"
    }

    @Test("two hundred sentences are understood as their table says")
    func sentences() throws {
        let lines = try String(contentsOf: Self.file, encoding: .utf8).split(separator: "\n").map(String.init)
        let parser = IntentParser(brands: Self.brands)
        let now = lines.map { line in
            let sentence = String(line.prefix { $0 != "\t" })
            return "\(sentence)\t\(Self.understood(sentence, parser))"
        }
        if ProcessInfo.processInfo.environment["SOUK_RECORD"] != nil {
            try (now.joined(separator: "\n") + "\n").write(to: Self.file, atomically: true, encoding: .utf8)
        }
        #expect(lines.count >= 200)
        for (line, found) in zip(lines, now) { #expect(found == line) }
    }

    @Test("every piece says where its words stand, and none overlaps another")
    func places() throws {
        let parser = IntentParser(brands: Self.brands)
        for line in try String(contentsOf: Self.file, encoding: .utf8).split(separator: "\n") {
            let sentence = String(line.prefix { $0 != "\t" })
            for piece in parser.parse(sentence, at: Self.today).pieces where !piece.text.isEmpty {
                let rest = String(String.UnicodeScalarView(sentence.unicodeScalars.dropFirst(piece.start)))
                #expect(rest.hasPrefix(piece.text), "\(sentence): \(piece.text) at \(piece.start)")
            }
        }
    }

    @Test(
        "two bounds are both kept, turned ones are turned back, and every maker of a list is left out",
        arguments: [
            ("mouse over $20 and under $30", "20-30 USD!"),
            ("mouse more expensive than $20 but cheaper than $30", "20-30 USD!"),
            ("chuột trên 20 đô dưới 30 đô", "20-30 USD!"), ("鼠标 超过20美元 但不到30美元", "20-30 USD!"),
            ("mouse between $30 and $20", "20-30 USD!"), ("monitor not under $200", ">= 200 USD!"),
            ("màn hình không dưới 200 đô", ">= 200 USD!"), ("mouse but no Canon or Sony", "canon+sony"),
            ("不是佳能或索尼的鼠标", "canon+sony"), ("chuột không phải Canon hay Sony", "canon+sony"),
            ("CanonとSony以外のマウス", "canon+sony"), ("a monitor, neither Canon nor Sony", "canon+sony"),
            ("非Canon的鼠标", "canon"), ("tôi không muốn chuột Canon", "canon"),
        ]
    )
    func limits(sentence: String, meaning: String) {
        let parsed = IntentParser(brands: Self.brands).parse(sentence, at: Self.today)
        if meaning.hasSuffix("!") {
            #expect("\(parsed.budget?.text ?? "")!" == meaning, "\(parsed.pieces)")
        } else {
            #expect(parsed.excludedBrands.sorted().joined(separator: "+") == meaning, "\(parsed.pieces)")
            #expect(parsed.brands == [])
        }
    }

    @Test(
        "a sentence of any length and of any letters is read, or left alone",
        arguments: [
            "", " ", "\u{0}", "💸💸💸", "$", "¥", "under", "以内", "99999999999999999999999 dollars", "under $-5", "-",
            "0.0.0.0",
            "under $1e400", "一二三四五六七八九十百千万亿", "\u{202E}под $5", "about $9000000000000", "9223372tr9",
            "về 9223372tr9 đồng", "约9000000000000元", "about 999999999999 dollars",
            "under 1000000000000 k", String(repeating: "mouse under $30 ", count: 700),
            String(repeating: "千", count: 10_000), String(repeating: "not ", count: 2_000),
            String(repeating: "$", count: 9_000),
        ]
    )
    func hostile(sentence: String) {
        let parsed = IntentParser(brands: Self.brands).parse(sentence, at: Self.today)
        #expect(parsed.pieces.count <= 10_000)
    }
}
