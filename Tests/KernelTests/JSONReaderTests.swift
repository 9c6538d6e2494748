import Foundation
import Kernel
import TestKit
import Testing

/// The cases of JSONTestSuite (Nicolas Seriot, "Parsing JSON is a Minefield"), written anew: what RFC 8259 allows, what it does not,
/// and what it leaves open, for which this reader's choice stands here.
@Suite("Reading JSON")
struct JSONReaderTests {
    @Test(
        "what is JSON is read",
        arguments: [
            ("[]", []), ("{}", [:]), ("[[]]", [[]]), (" [] ", []), ("\t\n\r[]\n", []), ("null", nil), ("true", true),
            ("false", false), ("\"\"", ""), ("\"asd\"", "asd"), ("42", 42), ("-0.1", -0.1), ("[\"\"]", [""]),
            ("[\"a\"]", ["a"]), ("[false]", [false]), ("[null, 1, \"1\", {}]", [nil, 1, "1", [:]]), ("[1\n]", [1]),
            ("[null]", [nil]), ("[ 1]", [1]), ("[1,null,null,null,2]", [1, nil, nil, nil, 2]), ("[2] ", [2]),
            ("[0e+1]", [0]), ("[0e1]", [0]), ("[ 4]", [4]), ("[-0]", [0]), ("[-123]", [-123]), ("[-1]", [-1]),
            ("[1E22]", [1e22]), ("[1E-2]", [0.01]), ("[1E+2]", [100]), ("[123e45]", [123e45]),
            ("[123.456e78]", [123.456e78]),
            ("[1e-2]", [0.01]), ("[1e+2]", [100]), ("[123]", [123]), ("[123.456789]", [123.456789]), ("[20e1]", [200]),
            ("{\"asd\":\"sdf\", \"dfg\":\"fgh\"}", ["asd": "sdf", "dfg": "fgh"]),
            ("{\"a\":\"b\",\"a\":\"c\"}", ["a": "c"]),
            ("{\"\":0}", ["": 0]), ("{\"foo\\u0000bar\": 42}", ["foo\u{0}bar": 42]),
            ("{\"min\": -1.0e+2}", ["min": -100]),
            ("{\n\"a\": \"b\"\n}", ["a": "b"]), ("[\"\\u0060\\u012a\\u12AB\"]", ["\u{60}\u{12A}\u{12AB}"]),
            ("[\"\\uD801\\udc37\"]", ["\u{10437}"]), ("[\"\\ud83d\\ude39\\ud83d\\udc8d\"]", ["\u{1F639}\u{1F48D}"]),
            ("[\"\\\"\\\\\\/\\b\\f\\n\\r\\t\"]", ["\"\\/\u{8}\u{C}\n\r\t"]), ("[\"\\\\u0000\"]", ["\\u0000"]),
            ("[\"\\\"\"]", ["\""]), ("[\"a/*b*/c/*d//e\"]", ["a/*b*/c/*d//e"]), ("[\"\\\\a\"]", ["\\a"]),
            ("[\"\\u0012\"]", ["\u{12}"]), ("[\"\\uFFFF\"]", ["\u{FFFF}"]), ("[\"\u{7F}\"]", ["\u{7F}"]),
            ("[\"\\uDBFF\\uDFFF\"]", ["\u{10FFFF}"]), ("[\"new\\u00A0line\"]", ["new\u{A0}line"]),
            ("[\"\u{10FFFF}\"]", ["\u{10FFFF}"]),
            ("[\"\\u0000\"]", ["\u{0}"]), ("[\"\u{2028}\u{2029}\"]", ["\u{2028}\u{2029}"]), ("[\"π\"]", ["π"]),
            ("[\"\\uA66D\"]", ["\u{A66D}"]),
            ("[\"⍂㈴⍂\"]", ["⍂㈴⍂"]), ("[\"€𝄞\"]", ["€𝄞"]), ("[\"\\u200B\"]", ["\u{200B}"]),
        ] as [(String, JSONValue)]
    )
    func accepts(text: String, value: JSONValue) throws { #expect(try JSON.read(text.utf8) == value, "\(text)") }

    @Test(
        "what is no JSON is refused",
        arguments: [
            "", " ", "[1 true]", "[a", "[\"\": 1]", "[\"\"],", "[,1]", "[1,,2]", "[\"x\",,]", "[\"x\"]]", "[\"\",]",
            "[\"x\"",
            "[x", "[3[4]]", "[,]", "[-]", "[   , \"\"]", "[\"a\",\n4\n,1,", "[1,]", "[1,,]", "[\"\u{B}a\"\\f]", "[*]",
            "[\"\"",
            "[1,", "[1,\n1\n,1", "[{}", "[fals]", "[nul]", "[tru]", "123\u{0}", "[++1234]", "[+1]", "[+Inf]", "[-01]",
            "[-1.0.]",
            "[-2.]", "[-NaN]", "[.-1]", "[.2e-3]", "[0.1.2]", "[0.3e+]", "[0.3e]", "[0.e1]", "[0E]", "[0E+]", "[0e]",
            "[0e+]",
            "[1.0e+]", "[1.0e-]", "[1.0e]", "[1 000.0]", "[1eE2]", "[2.e+3]", "[2.e-3]", "[2.e3]", "[9.e+]", "[Inf]",
            "[NaN]",
            "[\u{FF11}]", "[1+2]", "[0x1]", "[0x42]", "[Infinity]", "[0e+-1]", "[-123.123foo]", "[-Infinity]", "[-foo]",
            "[- 1]",
            "[-012]", "[-.123]", "[-1x]", "[1ea]", "[1.]", "[.123]", "[1.2a-3]", "[1.8011670033376514H-308]", "[012]",
            "[\"x\", truth]", "{[: \"x\"}", "{\"x\", null}", "{\"x\"::\"b\"}", "{🇨🇭}", "{\"a\":\"a\" 123}",
            "{key: 'value'}",
            "{\"a\" b}", "{:\"b\"}", "{\"a\"", "{1:1}", "{9999E9999:1}", "{null:null,null:null}", "{\"id\":0,,,,,}",
            "{'a':0}",
            "{\"id\":0,}", "{\"a\":\"b\"}/**/", "{\"a\":\"b\"}#", "{\"a\":\"b\",,\"c\":\"d\"}", "{a: \"b\"}",
            "{\"a\":\"a", "{\"a\": true} \"x\"",
            "[\"\\uD800\\\"]", "[\"\\uD800\\u\"]", "[\"\\uD800\\u1\"]", "[\"\\uD800\\u1x\"]", "[é]", "[\"\\\u{0}\"]",
            "[\"\\x00\"]",
            "[\"\\\\\\\"]", "[\"\\\t\"]", "[\"\\🌀\"]", "[\"\\\"]", "[\"\\u00A\"]", "[\"\\uD834\\uDd\"]",
            "[\"\\uD800\\uD800\\x\"]",
            "[\"\\a\"]", "[\"\\uqqqq\"]", "[\\u0020\"asd\"]", "[\\n]", "\"", "['single quote']", "abc", "[\"\\",
            "[\"a\u{0}a\"]",
            "[\"new\nline\"]", "[\"\t\"]", "\"\\UA66D\"", "\"\"x", "<.>", "[<null>]", "[1]x", "1]", "[\"asd]", "aå",
            "[True]",
            "{\"x\": true,", "{\"asd\":\"asd\"", "{}}", "{\"\":", "{\"a\":/*comment*/\"b\"}", "{\"a\": true} \"x\"",
            "['", "[",
            "{", "[\"a", "[\"a\"", "{]", "{,", "{[", "{\"a", "{'a'", "*", "[\"\\{[\"\\{", "]", "[\u{2060}]", "\u{2060}",
            "\u{FEFF}", "\u{FEFF}{}",
            "[\u{C}]", "[\u{A0}]", "[1]\u{A0}",
            // Left open by the standard: halves of surrogate pairs are no text.
            "[\"\\uDADA\"]", "[\"\\uDd1ea\"]", "[\"\\uD800\\n\"]", "[\"\\uD800abc\"]", "[\"\\uDFAA\"]",
            "[\"\\uDd1e\\uD834\"]",
        ]
    )
    func refuses(text: String) {
        #expect(throws: JSON.NotStrict.self, "\(text.debugDescription)") { try JSON.read(text.utf8) }
    }

    @Test(
        "bytes that are no UTF-8 are refused, other encodings among them",
        arguments: [
            [0x5B, 0x22, 0xFF, 0x22, 0x5D], [0x5B, 0x22, 0xED, 0xA0, 0x80, 0x22, 0x5D],
            [0x5B, 0x22, 0xC0, 0xAF, 0x22, 0x5D],
            [0x5B, 0x22, 0xF4, 0xBF, 0xBF, 0xBF, 0x22, 0x5D], [0x5B, 0x22, 0xE6, 0x97, 0xA5, 0xD1, 0x22, 0x5D],
            [0x5B, 0xE5, 0x5D],
            [0x5B, 0x22, 0x81, 0x22, 0x5D], [0xFF, 0xFE, 0x5B, 0x00, 0x5D, 0x00], [0x00, 0x5B, 0x00, 0x5D],
            [0x31, 0xE5],
            [0x5B, 0x22, 0xFC, 0x83, 0xBF, 0xBF, 0xBF, 0xBF, 0x22, 0x5D],
        ] as [[UInt8]]
    )
    func encodings(bytes: [UInt8]) { #expect(throws: JSON.NotStrict.self) { try JSON.read(bytes) } }

    @Test(
        "numbers are exact, or kept as they are written",
        arguments: [
            ("9223372036854775807", .integer(.max)), ("-9223372036854775808", .integer(.min)),
            ("9007199254740993", .integer(9_007_199_254_740_993)),
            ("9223372036854775808", .decimal("9223372036854775808")), ("100000000000000000000", .number(1e20)),
            ("0.1", .number(0.1)), ("0.10", .number(0.1)), ("1.0", .integer(1)), ("7e0", .integer(7)),
            ("12.5e1", .integer(125)),
            ("0.1000000000000000000000000001", .decimal("0.1000000000000000000000000001")),
            ("1e400", .decimal("1e400")), ("-1e400", .decimal("-1e400")), ("1e-400", .decimal("1e-400")),
            ("0e999999999999", .integer(0)),
            ("1e999999999999999999999", .decimal("1e999999999999999999999")), ("2.5e-300", .number(2.5e-300)),
            ("3.141592653589793238462643383279", .decimal("3.141592653589793238462643383279")),
        ] as [(String, JSONValue)]
    )
    func numbers(text: String, value: JSONValue) throws {
        let read = try JSON.read(text.utf8)
        #expect(read == value)
        // Once more through the writer: the same number.
        #expect(try JSON.read(JSON.text(of: read).utf8) == value)
    }

    @Test("every limit holds at its edge")
    func limits() throws {
        let depth = { (count: Int) in String(repeating: "[", count: count) + String(repeating: "]", count: count) }
        _ = try JSON.read(depth(JSON.maximumDepth).utf8)
        #expect(throws: JSON.TooDeep.self) { try JSON.read(depth(JSON.maximumDepth + 1).utf8) }
        let list = { (count: Int) in "[" + Array(repeating: "1", count: count).joined(separator: ",") + "]" }
        _ = try JSON.read(list(JSON.maximumValues - 1).utf8)
        #expect(throws: JSON.TooLarge.self) { try JSON.read(list(JSON.maximumValues).utf8) }
        let object = { (count: Int) in "{" + (0..<count).map { "\"\($0)\":1" }.joined(separator: ",") + "}" }
        _ = try JSON.read(object(JSON.maximumMembers).utf8)
        #expect(throws: JSON.TooLarge.self) { try JSON.read(object(JSON.maximumMembers + 1).utf8) }
        let number = { (count: Int) in "1" + String(repeating: "0", count: count - 1) }
        _ = try JSON.read(number(JSON.maximumNumberLength).utf8)
        #expect(throws: JSON.TooLarge.self) { try JSON.read(number(JSON.maximumNumberLength + 1).utf8) }
    }

    /// The old reader took 25 seconds for it.
    @Test("a megabyte of brackets costs no more than its bytes")
    func linear() throws {
        let small = Self.brackets(bytes: 100_000)
        let large = Self.brackets(bytes: 1_000_000)
        let clock = ContinuousClock()
        let before = clock.measure { _ = try? JSON.read(small.utf8) }
        let after = clock.measure { _ = try? JSON.read(large.utf8) }
        // Ten times the bytes, and room for a busy machine; in quadratic time it were a hundred times.
        #expect(after < before * 60 + .milliseconds(200))
    }

    private static func brackets(bytes: Int) -> String {
        "{\"x\":\(String(repeating: "[", count: 60))\(Array(repeating: "[]", count: bytes / 3).joined(separator: ","))\(String(repeating: "]", count: 60))}"
    }

    @Test("as the library's decoder reads it, whatever the value")
    func sameAsDecoder() throws {
        var random = SeededGenerator(seed: 7)
        for _ in 0..<2000 {
            let value = JSONWriterTests.value(depth: 4, &random)
            let text = try JSON.text(value)
            let read = try JSON.read(text.utf8)
            let object = try JSONSerialization.jsonObject(with: Data("[\(text)]".utf8)) as? NSArray
            let again = try JSONSerialization.jsonObject(with: Data("[\(JSON.text(of: read))]".utf8)) as? NSArray
            #expect(object == again)
        }
    }
}

extension JSONValue: ExpressibleByNilLiteral {
    public init(nilLiteral: ()) { self = .null }
}
