import Foundation
import Kernel
import Testing

@testable import Web

@Suite("Forms with files")
struct MultipartTests {
    private func parts(_ lines: [String]) throws -> [String] {
        try Multipart.parts(of: Data(lines.joined(separator: "\r\n").utf8), boundary: "B-1").map {
            "\($0.name)=\($0.value)"
        }
    }

    @Test("the boundary is found, quoted or not, and only in forms with files")
    func boundaries() {
        #expect(Multipart.boundary(of: "multipart/form-data; boundary=B-1") == "B-1")
        #expect(Multipart.boundary(of: "Multipart/Form-Data; charset=utf-8; boundary=\"B 1\"; x=y") == "B 1")
        for other in ["application/x-www-form-urlencoded", "multipart/form-data", "multipart/form-data; boundary="] {
            #expect(Multipart.boundary(of: other) == nil)
        }
    }

    @Test("fields and files are read as they stand")
    func reads() throws {
        let name = { (field: String) in "Content-Disposition: form-data; name=\"\(field)\"" }
        let body = [
            "--B-1", name("a"), "", "one", "two", "--B-1", name("file") + "; filename=\"名前.csv\"",
            "Content-Type: text/csv", "",
            "画像,--B-2", "--B-1", name("empty"), "", "", "--B-1", name("a"), "", "again", "--B-1", "X: no name", "", "x",
            "--B-1--", "",
        ]
        #expect(try self.parts(body) == ["a=one\r\ntwo", "file=画像,--B-2", "empty=", "a=again"])
        #expect(try self.parts(["--B-1", name("a"), "", "no end"]) == [])
        #expect(try self.parts([]) == [])
    }

    @Test("a file in another encoding is refused, not mangled")
    func encodings() {
        let head = Data("--B-1\r\nContent-Disposition: form-data; name=\"file\"\r\n\r\n".utf8)
        let shiftJIS = Data([0x89, 0xE6, 0x91, 0x9C])
        #expect(throws: Problem.self) {
            try Multipart.parts(of: head + shiftJIS + Data("\r\n--B-1--".utf8), boundary: "B-1")
        }
    }

    @Test("what a spreadsheet would take for a formula is told as text, in full width too")
    func formulas() {
        #expect(CSV.line(["=1+1", "＝1", "＋1", "-5", "a=b"]) == "'=1+1,'＝1,'＋1,-5,a=b\r\n")
    }
}
