import Foundation
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
}
