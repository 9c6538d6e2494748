import Foundation
import HTTPTypes
import Kernel
import Storage
import TestKit
import Testing

@testable import Web

/// Each delimiter of each format, before and behind each scalar that joins with it: none is overlooked.
@Suite("Delimiters beside letters that join with them")
struct BytewiseTests {
    /// The delimiter between what joins with it on both sides.
    private static func surrounded(_ delimiter: String) -> [String] {
        Joiners.all.flatMap { joiner in
            ["a\(joiner)\(delimiter)b", "a\(delimiter)\(joiner)b", "\(joiner)\(delimiter)\(joiner)"]
        }
    }

    @Test("HTML: in text and in attributes", arguments: ["<", ">", "&", "\"", "'"])
    func html(delimiter: String) {
        let template = Template("<p title=\"{{value}}\">{{value}}</p>")
        for text in Self.surrounded(delimiter) {
            let inLiteral: Markup = "<p title=\"\(text)\">\(text)</p>"
            let rendered = template.render(["value": text])
            for markup in [inLiteral, rendered] {
                let inner = markup.text.utf8.dropFirst("<p title=\"".utf8.count).dropLast("</p>".utf8.count)
                // The quote and the bracket that end the attribute and the tag are all that is left of the literal's own.
                #expect(
                    inner.filter { $0 == UInt8(ascii: "<") || $0 == UInt8(ascii: "'") }.isEmpty,
                    "\(text.unicodeScalars)"
                )
                #expect(inner.filter { $0 == UInt8(ascii: "\"") }.count == 1, "\(text.unicodeScalars)")
                #expect(inner.filter { $0 == UInt8(ascii: ">") }.count == 1, "\(text.unicodeScalars)")
            }
        }
    }

    @Test("a template shows markup as it is, and other values only escaped")
    func markup() {
        let template = Template("{{{value}}}|{{value}}")
        #expect(template.render(["value": "<b>" as Markup]).text == "<b>|&lt;b&gt;")
        #expect(template.render(["value": "<b>"]).text == "|&lt;b&gt;")
        #expect(template.render(["value": ["markup": "<b>"]]).text.bytewise.starts(with: "|"))
    }

    @Test(
        "CSV: every cell comes back as it was, and none begins with what a spreadsheet computes",
        arguments: [",", "\"", "\r", "\n", "\r\n", ";"]
    )
    func csv(delimiter: String) throws {
        for text in Self.surrounded(delimiter) {
            let row = ["first", text, "last"]
            try #expect(CSV.rows(CSV.line(row)) == [row].map { try $0.map(Self.neutralised) }, "\(text.unicodeScalars)")
        }
        for joiner in Joiners.all {
            for sign in ["=", "+", "-", "@", "\t", "\r", "＝"] {
                let cell = try #require(CSV.rows(CSV.line(["\(sign)\(joiner)1+1", "\(joiner)\(sign)1+1"]))?.first)
                #expect(cell[0].utf8.first == UInt8(ascii: "'"), "\(joiner.unicodeScalars) \(sign)")
            }
        }
        #expect(CSV.rows("a,\"b\nc,d\n") == nil)
        #expect(CSV.line(["-5", "-5.25", "-5e3", "-x", "+5"]) == "-5,-5.25,'-5e3,'-x,'+5\r\n")
    }

    /// What is written of a cell that looks like a formula.
    private static func neutralised(_ text: String) throws -> String {
        let read = try #require(CSV.rows(CSV.line([text]))?.first?.first)
        return read == "'\(text)" ? read : text
    }

    @Test("lists, paths and queries: split by bytes", arguments: [";", ",", "&", "=", "/", "?", ":", ".", "-", "@"])
    func parts(delimiter: String) {
        let scalar = delimiter.unicodeScalars.first!
        for text in Self.surrounded(delimiter) {
            let parts = text.bytewise.split(scalar, keepsEmpty: true)
            #expect(parts.count == 2, "\(text.unicodeScalars)")
            #expect(parts.joined(separator: delimiter).utf8.elementsEqual(text.utf8))
            #expect(text.bytewise.contains(delimiter))
            #expect(!text.bytewise.replacing(delimiter, with: "").bytewise.contains(delimiter))
        }
    }

    @Test(
        "JSON: what is written is read as the same",
        arguments: ["\"", "\\", "/", "\u{8}", "\u{1F}", "{", "}", "[", "]", ":", ","]
    )
    func json(delimiter: String) throws {
        for text in Self.surrounded(delimiter) {
            let value: JSONValue = [text: .string(text)]
            let read = try JSON.read(JSON.text(of: value).utf8)
            #expect(read.object?.values.first?.string?.utf8.elementsEqual(text.utf8) == true)
            #expect(read.object?.keys.first?.utf8.elementsEqual(text.utf8) == true)
        }
    }

    @Test("multipart: the parts and their names", arguments: Joiners.all)
    func multipart(joiner: String) throws {
        guard !joiner.utf8.contains(13), !joiner.utf8.contains(10) else { return }
        let body =
            "--b\r\nContent-Disposition: form-data; filename=\"name=x\"; name=\"csv\"\r\n\r\n\(joiner)a\(joiner)\r\n--b--\r\n"
        let parts = try Multipart.parts(of: Data(body.utf8), boundary: "b")
        #expect(parts.map(\.name) == ["csv"])
        #expect(parts.first?.value.utf8.elementsEqual("\(joiner)a\(joiner)".utf8) == true)
    }

    @Test("cookies: a session is found whatever stands beside it", arguments: Joiners.all)
    func cookies(joiner: String) {
        let header = "a=\(joiner);souk_language=ja;\(joiner)=b"
        var request = HTTPFields()
        request[.cookie] = header
        guard let kept = request[.cookie] else { return }
        #expect(
            kept.bytewise.list(";").contains { $0.bytewise.equals("souk_language=ja") }
                || joiner.bytewise.contains(anyOf: "\r\n")
        )
    }

    @Test("dates: no digit or sign that joins with a letter is one", arguments: Joiners.all)
    func dates(joiner: String) {
        #expect(Timestamp(text: "2026-03\(joiner)-19") == nil)
        #expect(Timestamp(text: "2026-03-19T10:00:00\(joiner)Z") == nil)
    }
}
