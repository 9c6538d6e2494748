import Foundation
import Kernel
import Testing
import Web

@testable import Affiliate

@Suite("Phrases")
struct PhraseTests {
    @Test("every phrase of the pages has its Japanese")
    func complete() throws {
        let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent()
        let folder = root.appending(path: "Sources/Affiliate/Pages")
        let files = try FileManager.default.contentsOfDirectory(at: folder, includingPropertiesForKeys: nil)
        let parts = root.appending(path: "Sources/Web/Pages/PageParts.swift")
        var phrases: Set<String> = []
        for file in files + [parts] {
            let text = try String(contentsOf: file, encoding: .utf8)
            for match in text.matches(of: #/\[\[([A-Za-z][^\[\]]*)\]\]/#) {
                if !match.1.hasSuffix(": Any") { phrases.insert(String(match.1)) }
            }
            for match in text.matches(of: #/say\(\s*"([^"\\]+)"/#) { phrases.insert(String(match.1)) }
        }
        #expect(phrases.count > 200)
        let missing = phrases.filter { AffiliatePhrases.all.say($0, in: .japanese) == $0 }.sorted()
        #expect(missing == [])
    }

    @Test("every rule of a field that stands in a form has its Japanese")
    func rules() throws {
        let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent()
        let files = FileManager.default.enumerator(
            at: root.appending(path: "Sources/Affiliate"),
            includingPropertiesForKeys: nil
        )
        var messages: Set<String> = [
            "title: is required", "price: must be an integer", "reward_percent: must be a number",
        ]
        for case let file as URL in files! where file.pathExtension == "swift" && !file.path.contains("/Pages/") {
            let text = try String(contentsOf: file, encoding: .utf8)
            for match in text.matches(of: #/"([a-z_]+:? (?:must|is|no|only|give|stands) [^"\n]+)"/#) {
                messages.insert(String(match.1).replacing(#/\\\((?:[^()]|\([^()]*\))*\)/#, with: "5"))
            }
        }
        #expect(messages.count > 60)
        let known = messages.filter { ProblemPhrases.knows(String($0.prefix { $0.isLowercase || $0 == "_" })) }
        #expect(known.count > 40)
        let missing = known.filter { ProblemPhrases.say($0, in: .japanese) == $0 }.sorted()
        #expect(missing == [])
    }

    @Test("every field that is wrong is told by its label")
    func fields() {
        var validation = Validation()
        validation.require(false, "name", "name must not be empty")
        validation.require(false, "cookie_days", "cookie_days must be between 1 and 365")
        let problem = #expect(throws: Problem.self) { try validation.check() }
        let (english, japanese) = (
            problem.map { ProblemPhrases.say($0, in: .english) }, problem.map { ProblemPhrases.say($0, in: .japanese) }
        )
        #expect(
            english == "Name: must not be empty; Days an order counts after its click: must be between 1 and 365"
        )
        #expect(japanese == "名前：入力してください。クリックから成果になる日数：1〜365の値にしてください")
    }
}
