import Foundation
import Testing

@Suite("The house is tidy")
struct TidyTests {
    @Test("no file has more than 500 lines, and the median stays below 120")
    func fileLengths() {
        // One file a language holds all its words.
        let languages = ["English", "Japanese", "Chinese", "Vietnamese"].map { "\($0).swift" }
        let sources = SourceFile.all.filter { source in
            source.isSource && !languages.contains { source.path.hasSuffix($0) }
        }
        let lengths = sources.map(\.lines.count).sorted()
        #expect(lengths.count > 50)
        #expect(lengths.last! <= 500)
        #expect(lengths[lengths.count / 2] <= 120)
    }

    /// Functions, initialisers and computed properties, with what their signatures take.
    private static func longFunctions(_ lines: [String], limit: Int = 70) -> [Int] {
        let pattern =
            #/\s*(?:@\w+(?:\([^)]*\))? |package |public |private |fileprivate |static |final |mutating |override )*(?:func |init[?(<]|var |subscript|deinit)/#
        return lines.indices.filter { index in
            guard lines[index].prefixMatch(of: pattern) != nil else { return false }
            guard let opening = self.opening(of: index, lines) else { return false }
            let end = String(lines[index].prefix { $0 == " " }) + "}"
            let last = lines[(opening + 1)...].firstIndex(of: end) ?? index
            return last - index > limit
        }
    }

    /// The line whose brace begins a declaration's body; nil for one without.
    private static func opening(of index: Int, _ lines: [String]) -> Int? {
        var depth = 0
        for line in index..<min(index + 40, lines.count) {
            depth += lines[line].reduce(0) { $0 + ("([".contains($1) ? 1 : ")]".contains($1) ? -1 : 0) }
            guard depth <= 0 else { continue }
            if lines[line].hasSuffix("{") { return line }
            let next = line + 1 < lines.count ? lines[line + 1].trimmingCharacters(in: .whitespaces) : ""
            let goesOn = next == "{" || ["->", "async", "throws", "where"].contains { next.hasPrefix($0) }
            if !goesOn { return nil }
        }
        return nil
    }

    @Test("no function has more than 70 lines")
    func functionLengths() {
        for source in SourceFile.all {
            for index in Self.longFunctions(source.lines) { Issue.record("\(source.path):\(index + 1)") }
        }
    }

    @Test(
        "the rule about functions fails where it should",
        arguments: [
            (["    func a() {"], ["    }"]), (["    var a: Int {"], ["    }"]),
            (["    init(", "        a: Int,", "        b: [Int] = []", "    ) throws {"], ["    }"]),
            (["    func a(_ b: Int)", "        -> Int", "    {"], ["    }"]),
        ]
    )
    func functionRule(head: [String], tail: [String]) {
        let body = Array(repeating: "        work()", count: 70)
        #expect(Self.longFunctions(head + body + tail) == [0])
        #expect(Self.longFunctions(head + body.dropLast(head.count) + tail) == [])
        #expect(Self.longFunctions(["    var a = 5"] + body) == [])
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
            "Sources/ServerTestKit/TestServer.swift": ["Task {"],
            // The example of a program is Python's.
            "Sources/Gateway/Pages/GatewayConsole.swift": ["print("],
            "Sources/Market/Pages/CallSample.swift": ["print("],
        ]
        for source in SourceFile.all where source.isSource {
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

    @Test("pages hold operations and name no route")
    func pageRoutes() {
        for source in SourceFile.all where source.isSource && source.path.contains("/Pages/") {
            for (index, line) in source.lines.enumerated() where line.contains("\"/api/") || line.contains(" /api/v1/{")
            {
                Issue.record("\(source.path):\(index + 1): ask the operation itself")
            }
        }
    }

    @Test(
        "only the right floors import what reaches outside",
        arguments: [
            ("GRDB", ["Storage"]), ("GRDBSQLite", ["Storage"]), ("CLibpq", ["Storage"]),
            ("AsyncHTTPClient", ["Platform"]),
            (
                "Hummingbird",
                ["Web", "Market", "Affiliate", "Commerce", "Gateway", "Forum", "Server", "TestKit", "ServerTestKit"]
            ),
            ("ArgumentParser", ["souk"]),
            ("Yams", ["Server", "Market"]),
        ]
    )
    func imports(module: String, floors: [String]) {
        for source in SourceFile.all where source.isSource && !floors.contains(source.target) {
            #expect(!source.lines.contains { $0.hasSuffix("import \(module)") }, "\(source.path) imports \(module)")
        }
    }

    /// A statement at the beginning of a line of a long literal, or anywhere at the beginning of a short one.
    private static func holdsSQL(_ line: String) -> Bool {
        let trimmed = line.trimmingCharacters(in: .whitespaces)
        return ["SELECT ", "INSERT INTO ", "UPDATE ", "DELETE FROM "].contains {
            trimmed.hasPrefix($0) || line.contains("\"\($0)")
        }
    }

    @Test("the SQL stays in stores, schemas and storage")
    func sqlPlaces() {
        // What measures the storage needs a statement of its own.
        let others = ["Sources/Server/StorageSpeed.swift"]
        for source in SourceFile.all
        where source.isSource && !["Storage", "TestKit", "ServerTestKit"].contains(source.target)
            && !others.contains(source.path)
        {
            let isStore = ["Store.swift", "Schema.swift", "Outbox.swift", "LedgerReports.swift"].contains {
                source.path.hasSuffix($0)
            }
            for (index, line) in source.lines.enumerated() where !isStore && Self.holdsSQL(line) {
                Issue.record("\(source.path):\(index + 1): SQL outside a store")
            }
        }
    }

    @Test(
        "the rule about SQL fails where it should",
        arguments: [
            ("            SELECT 1 FROM a", true), ("try tx.execute(\"DELETE FROM a\")", true),
            ("try tx.rows(\"UPDATE a SET b = 1 RETURNING b\")", true), ("UPDATE, said the label", false),
            ("/// Reads what SELECT gives", false),
        ]
    )
    func sqlRule(line: String, isRefused: Bool) { #expect(Self.holdsSQL(line) == isRefused) }

    private static let catalogues = SourceFile.all.filter { $0.isSource && $0.path.hasSuffix("Problems.swift") }

    @Test("problem codes are unique in each catalogue", arguments: catalogues)
    func problemCodes(catalogue: SourceFile) throws {
        let codes = catalogue.lines.joined(separator: "\n").matches(of: #/Problem\(\s*\.\w+,\s*"(\w+)"/#).map {
            String($0.1)
        }
        #expect(codes.count > 10)
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
        for source in SourceFile.all
        where source.isSource && !source.target.hasSuffix("TestKit") {
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
