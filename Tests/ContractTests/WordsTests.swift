import Foundation
import Kernel
import Server
import Testing

@testable import Web

/// Every sentence in every language: none is missing, none is said by nobody.
@Suite("Words")
struct WordsTests {
    private static let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent()

    /// What is said in a folder of sources, apart from the words themselves.
    private static func sources(_ folders: [String]) throws -> String {
        var text = ""
        for folder in folders {
            let files = FileManager.default.enumerator(
                at: self.root.appending(path: "Sources/\(folder)"),
                includingPropertiesForKeys: nil
            )
            for case let file as URL in files ?? .init()
            where file.pathExtension == "swift" && !file.path.contains("/\(folder)/Words/\(folder)") {
                text += try String(contentsOf: file, encoding: .utf8)
            }
        }
        return text
    }

    private static let slices = House.sliceTypes.map { (name: $0.name.capitalized, words: $0.words) }

    @Test("each key has a text in each language, with the same arguments")
    func complete() throws {
        for (name, words) in Self.slices {
            let english = words.keys(in: .english)
            #expect(english.count > 200, "\(name)")
            for language in Language.allCases {
                #expect(words.keys(in: language).symmetricDifference(english).sorted() == [], "\(name) in \(language)")
                for key in english.sorted() {
                    let text = try #require(words.find(key, in: language))
                    #expect(!text.trimmingCharacters(in: .whitespaces).isEmpty, "\(key) in \(language)")
                    let (own, others) = (Self.arguments(text), Self.arguments(words.say(key, in: .english)))
                    #expect(own.isSubset(of: others), "\(key) in \(language)")
                    // What is done is said in English alone.
                    #expect(key == "problem.only_team_owner" || own == others, "\(key) in \(language)")
                }
            }
        }
    }

    private static func arguments(_ text: String) -> Set<String> {
        Set(text.matches(of: #/\{+([a-z_.]+)/#).map { String($0.1) })
    }

    @Test("what pages, problems and rules say has a text")
    func known() throws {
        for (name, words) in Self.slices {
            let source = try Self.sources([name, "Web"])
            var keys = Set(source.matches(of: #/\[\[([a-z][a-z0-9_.]*)\]\]/#).map { String($0.1) })
            keys.formUnion(source.matches(of: #/(?:say|find)\(\s*"([a-z][a-z0-9_.]*)"/#).map { String($0.1) })
            keys.formUnion(source.matches(of: #/say\([^"()]*\? "([a-z][a-z0-9_.]*)"/#).map { String($0.1) })
            keys.formUnion(
                source.matches(of: #/Problem\(\s*\.\w+,\s*"(\w+)"(?!,[^()]*variant)/#).map { "problem.\($0.1)" }
            )
            #expect(keys.count > 100)
            let missing = keys.filter { words.find($0, in: .english) == nil }
            // Texts of variants, and what the home page asks of the surfaces.
            #expect(missing.subtracting(["problem.payment_required", "problem.key", "key"]).sorted() == [], "\(name)")
            let rules = Set(source.matches(of: #/FieldRule\(\s*"(\w+)"[,)]/#).map { String($0.1) })
            let unsaid = rules.filter {
                words.find("rule.\($0)", in: .english) == nil && words.find("sentence.\($0)", in: .english) == nil
            }
            #expect(unsaid.sorted() == [], "\(name)")
        }
    }

    @Test("no text is said by nobody")
    func used() throws {
        let everything = try Self.sources([
            "Kernel", "Ledger", "Storage", "Platform", "Web", "Market", "Affiliate", "Commerce", "Gateway", "Forum",
            "Server",
        ])
        let named = Set(everything.matches(of: #/[a-z][a-z0-9_]+/#).map { String($0.0) })
            .union(everything.matches(of: #/[a-z][A-Za-z0-9]+/#).map { String($0.0) })
        for (name, words) in Self.slices {
            let unused = words.keys(in: .english).filter { key in
                // The last part is a code, a value or a field that the source names; the reasons have numbers.
                let last = key.split(separator: ".").last.map(String.init) ?? key
                return Int(last) == nil && !named.contains(last)
                    && !key.hasPrefix("form.") && !key.hasPrefix("effect.") && !key.hasPrefix("decided.only_click_")
                    && !key.contains(".at_least_one_") && !key.hasSuffix("_limit")
            }
            #expect(unused.sorted() == [], "\(name)")
        }
    }

    @Test("forms that ask once more say what they do")
    func forms() throws {
        for (name, words) in Self.slices {
            let source = try Self.sources([name])
            let forms = source.matches(of: #/summary: "([A-Z][^"\\]*)"[^"]*?\.askingFirst/#).map { String($0.1) }
            for form in forms {
                let code = form.lowercased().replacing(" ", with: "_")
                for key in ["form.\(code)", "effect.\(code)"] {
                    #expect(words.find(key, in: .english) != nil, "\(name): \(key)")
                }
            }
            // What is said of no form has lost it.
            for key in words.keys(in: .english) where key.hasPrefix("effect.") {
                let form = "form." + key.dropFirst("effect.".count)
                #expect(words.find(form, in: .english) != nil, "\(name): \(key)")
            }
        }
    }

    @Test("a count chooses the form of a word, and braces of templates stay")
    func filling() {
        let words = Words([.english: "a = {count} {count|call|calls} of {{name}}\n# a comment = no\n"])
        #expect(words.say("a", ["count": "1"], in: .english) == "1 call of {{name}}")
        #expect(words.say("a", ["count": "5"], in: .japanese) == "5 calls of {{name}}")
        #expect(words.say("b", in: .english) == "b")
        #expect(words.keys(in: .english) == ["a"])
    }

    @Test("every field that is wrong is told by its label, in each language")
    func fields() throws {
        let words = try #require(Self.slices.first { $0.name == "Affiliate" }?.words)
        var validation = Validation()
        validation.require(false, "name", FieldRule("blank"))
        validation.require(false, "cookie_days", .between("1", "365"))
        let problem = try #require(throws: Problem.self) { try validation.check() }
        #expect(words.message(problem) == "name must not be empty; cookie_days must be between 1 and 365")
        let told = Language.allCases.map { words.describe(problem, in: $0) }
        #expect(
            told == [
                "Name: must not be empty; Cookie window (days): must be between 1 and 365",
                "名前：入力してください。Cookie有効期間（クリック後の日数）：1〜365の値にしてください",
                "名称：不能为空；Cookie 有效期（天）：须在 1 到 365 之间",
                "Tên: không được để trống; Số ngày đơn hàng được tính sau lượt nhấp: phải từ 1 đến 365",
            ]
        )
    }

    @Test("a field that cannot be read is told by its name")
    func malformed() throws {
        var validation = Validation()
        validation.missing("amount")
        validation.malformed("limit", FieldRule("integer"))
        let problem = try #require(throws: Problem.self) { try validation.check() }
        #expect(HouseWords.all.message(problem) == "amount: is required; limit: must be an integer")
    }
}
