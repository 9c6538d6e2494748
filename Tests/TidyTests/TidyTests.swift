import Foundation
import Testing

@Suite("The house is tidy")
struct TidyTests {
    struct Source: Sendable, CustomStringConvertible {
        let path: String
        let lines: [String]
        var description: String { self.path }
        var target: String { self.path.components(separatedBy: "/")[1] }
    }

    static let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent()

    static let sources: [Source] = ["Sources", "Tests"].flatMap { folder in
        let files = FileManager.default.enumerator(at: root.appending(path: folder), includingPropertiesForKeys: nil)
        return (files?.compactMap { $0 as? URL } ?? []).filter { $0.pathExtension == "swift" }.compactMap { file in
            (try? String(contentsOf: file, encoding: .utf8)).map {
                Source(path: String(file.path.dropFirst(root.path.count + 1)), lines: $0.components(separatedBy: "\n"))
            }
        }
    }

    @Test("no file has more than 500 lines, and the median stays below 120")
    func fileLengths() {
        let lengths = Self.sources.filter { $0.path.hasPrefix("Sources") }.map(\.lines.count).sorted()
        #expect(lengths.count > 50)
        #expect(lengths.last! <= 500)
        #expect(lengths[lengths.count / 2] <= 120)
    }

    @Test("no function has more than 70 lines")
    func functionLengths() {
        for source in Self.sources {
            for (index, line) in source.lines.enumerated() where line.hasSuffix("{") {
                guard line.contains("func ") || line.contains("init(") else { continue }
                let indent = line.prefix { $0 == " " }
                let end = source.lines[index...].firstIndex { $0 == "\(indent)}" } ?? index
                #expect(end - index <= 70, "\(source.path):\(index + 1)")
            }
        }
    }

    @Test(
        "banned words have a replacement",
        arguments: [
            ("try!", "a thrown error"), ("fatalError(", "a Problem"), ("print(", "the logger"),
            ("Date()", "the injected clock"),
            ("convertFromSnakeCase", "CodingKeys"), ("TODO", "an issue"), ("FIXME", "an issue"),
            ("@unchecked Sendable", "a Mutex"),
            ("Task {", "a task group or a Service"), ("Task.detached", "a task group or a Service"),
        ]
    )
    func bannedWords(word: String, replacement: String) {
        let allowed = [
            // libpq's connection is confined to its queue, which the compiler cannot see.
            "Sources/Storage/Postgres/PostgresDatabase.swift": ["@unchecked Sendable"],
            // Made once for the process, by whichever test comes first.
            "Sources/TestKit/TestServer.swift": ["Task {"],
        ]
        for source in Self.sources where source.path.hasPrefix("Sources") {
            for (index, line) in source.lines.enumerated() where Self.contains(line, word) {
                let isAllowed = allowed[source.path]?.contains(word) ?? false
                #expect(isAllowed, "\(source.path):\(index + 1): use \(replacement) instead of \(word)")
            }
        }
    }

    /// Whether the word stands there by itself, and not as the end of a longer one.
    private static func contains(_ line: String, _ word: String) -> Bool {
        guard let range = line.range(of: word) else { return false }
        let before = line[..<range.lowerBound].last
        return before.map { !$0.isLetter && $0 != "/" } ?? true
    }

    @Test(
        "only the right floors import what reaches outside",
        arguments: [
            ("GRDB", ["Storage"]), ("GRDBSQLite", ["Storage"]), ("CLibpq", ["Storage"]),
            ("AsyncHTTPClient", ["Platform"]),
            ("Hummingbird", ["Web", "Market", "Affiliate", "Server", "TestKit"]), ("ArgumentParser", ["souk"]),
            ("Yams", ["Server"]),
        ]
    )
    func imports(module: String, floors: [String]) {
        for source in Self.sources where source.path.hasPrefix("Sources") && !floors.contains(source.target) {
            #expect(!source.lines.contains { $0.hasSuffix("import \(module)") }, "\(source.path) imports \(module)")
        }
    }

    @Test("the SQL stays in stores, schemas and storage")
    func sqlPlaces() {
        let keywords = ["SELECT ", "INSERT INTO ", "UPDATE ", "DELETE FROM "]
        for source in Self.sources
        where source.path.hasPrefix("Sources") && !["Storage", "TestKit"].contains(source.target) {
            let name = source.path.components(separatedBy: "/").last ?? ""
            let isStore = [
                "Store.swift", "Schema.swift", "Outbox.swift", "LedgerReports.swift", "Usage.swift", "Deposit.swift",
                "Listing.swift",
            ]
            .contains { name.hasSuffix($0) }
            for (index, line) in source.lines.enumerated()
            where !isStore && keywords.contains(where: { line.trimmingCharacters(in: .whitespaces).hasPrefix($0) }) {
                Issue.record("\(source.path):\(index + 1): SQL outside a store")
            }
        }
    }

    @Test("problem codes are unique and documented", arguments: ["MarketProblems.swift", "AffiliateProblems.swift"])
    func problemCodes(file: String) throws {
        let catalogue = try #require(Self.sources.first { $0.path.hasSuffix(file) })
        let codes = catalogue.lines.joined(separator: "\n").matches(of: #/Problem\(\s*\.\w+,\s*"(\w+)"/#).map {
            String($0.1)
        }
        #expect(codes.count > 20)
        #expect(Set(codes).count == codes.count)
    }

    /// Delimiters are bytes: a mark behind one makes another `Character` of it (`Kernel/Text/Bytewise.swift`).
    private static func readsByCharacters(_ line: String) -> Bool {
        let searches = [
            ".split(separator: \"", ".contains(\"", ".hasPrefix(", ".hasSuffix(", ".replacing(\"", ".replacing(#/",
            ".range(of: ",
            ".firstMatch(of", ".wholeMatch(of", ".prefixMatch(of", ".matches(of", ".components(separatedBy",
            ".trimmingCharacters",
            ".trimmingPrefix", ".firstIndex(of: \"", ".lastIndex(of: \"", ".first == \"", ".last == \"",
            ".replacingOccurrences",
        ]
        let isSearch = searches.contains { search in
            line.ranges(of: search).contains { !line[..<$0.lowerBound].hasSuffix("bytewise") }
        }
        let closures = [
            ".prefix", ".drop", ".firstIndex", ".lastIndex", ".allSatisfy", ".contains", ".filter", ".split",
        ]
        let compares = line.contains("$0 == \"") || line.contains("$0 != \"")
        return isSearch
            || compares
                && closures.contains {
                    line.contains("\($0) {") || line.contains("\($0)(where") || line.contains("\($0)(while")
                }
    }

    @Test("text is searched and cut by its bytes, or says why not")
    func characters() {
        for source in Self.sources
        where source.path.hasPrefix("Sources") && source.target != "TestKit" {
            for (index, line) in source.lines.enumerated() where Self.readsByCharacters(line) {
                let isMarked = index > 0 && source.lines[index - 1].contains("// characters: ")
                if isMarked { continue }
                Issue.record(
                    "\(source.path):\(index + 1): read by `bytewise`, or say why not in a line before: `// characters: `"
                )
            }
        }
    }

    @Test(
        "the rule about characters fails where it should",
        arguments: [
            ("let a = header.split(separator: \";\")", true), ("text.hasPrefix(\"a\")", true),
            ("text.bytewise.split(\";\")", false),
            ("text.bytewise.contains(\"<\")", false), ("if text.contains(\"<\") {", true),
            ("text.first == \"=\"", true),
            ("path.prefix { $0 != \"?\" }", true),
            ("text.firstMatch(of: #/a/#)", true), ("bytes.contains(UInt8(ascii: \"a\"))", false),
        ]
    )
    func charactersRule(line: String, isRefused: Bool) { #expect(Self.readsByCharacters(line) == isRefused) }
}
