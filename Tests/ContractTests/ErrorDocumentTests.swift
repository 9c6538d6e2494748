import Foundation
import HTTPTypes
import Kernel
import Server
import ServerTestKit
import TestKit
import Testing
import Web

/// docs/errors.md is made from the catalogues: what a surface refuses, in the order in which it looks.
@Suite("The document of errors")
struct ErrorDocumentTests {
    /// `SOUK_RECORD=1` writes the document anew.
    private static let isRecording = ProcessInfo.processInfo.environment["SOUK_RECORD"] == "1"

    private static let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent()

    @Test("says what the catalogues say")
    func isUpToDate() async throws {
        let page = try Self.page(try await TestServer().house.slices.map(\.surface.contract))
        let url = Self.root.appending(path: "docs/errors.md")
        if Self.isRecording { try page.write(to: url, atomically: true, encoding: .utf8) }
        #expect(try String(contentsOf: url, encoding: .utf8) == page, "run `make record`")
    }

    @Test("an entry is read with its documentation and its status")
    func parses() throws {
        let lines = """
            // MARK: Loaves

            /// The oven is off.
            /// Nobody bakes.
            static let cold = Problem(.conflict, "cold")
            static func small(_ size: Int) -> Problem {
                Problem(
                    .invalid,
                    "small",
                    ["size": "\\(size)"]
                )
            }
            """
        let entries = Self.entries(of: lines)
        #expect(entries.map(\.code) == ["cold", "small"])
        #expect(entries.map(\.group) == ["Loaves", "Loaves"])
        #expect(entries[0].documentation == "The oven is off. Nobody bakes.")
        #expect(entries[1].kind == .invalid)
    }

    // MARK: Writing

    private static func page(_ contracts: [any SurfaceContract]) throws -> String {
        var page = """
            # Errors

            What each surface refuses. Within a group the first one that applies is told. Every answer with a problem has its code in the header
            `X-Souk-Problem`; codes stay as they are. `{…}` stands for what depends on the request. `make record` makes this page from the source.

            """
        for contract in contracts {
            page += "\n## \(contract.title)\n"
            let name = contract.name.capitalized
            let catalogue = self.root.appending(path: "Sources/\(name)/\(name)Problems.swift")
            let entries = self.entries(of: try String(contentsOf: catalogue, encoding: .utf8))
            #expect(entries.count > 10)
            var group = ""
            for entry in entries {
                if entry.group != group {
                    group = entry.group
                    page += "\n### \(group)\n\n| status | code | when | text |\n| --- | --- | --- | --- |\n"
                }
                let status = contract.status(for: entry.kind).code
                page += self.row([
                    "\(status)", "`\(entry.code)`", entry.documentation, Self.text(entry, contract.words),
                ])
            }
        }
        page +=
            "\n## Every surface\n\nThe status is the usual one; a surface whose contract has another gives that.\n\n"
        page += "| status | code | text |\n| --- | --- | --- |\n"
        for entry in try self.sharedEntries() {
            page += self.row(["\(entry.kind.usualStatus.code)", "`\(entry.code)`", Self.text(entry, HouseWords.all)])
        }
        return page
    }

    private static func row(_ cells: [String]) -> String {
        "| " + cells.map { $0.replacing("|", with: "\\|") }.joined(separator: " | ") + " |\n"
    }

    // MARK: Reading

    private struct Entry {
        let group: String
        let kind: Problem.Kind
        let code: String
        let documentation: String
    }

    private static func entries(of source: String) -> [Entry] {
        var group = ""
        var documentation: [String] = []
        var declared: [(group: String, documentation: String, text: String)] = []
        for line in source.split(separator: "\n", omittingEmptySubsequences: false) {
            let trimmed = line.trimmingCharacters(in: .whitespaces)
            if trimmed.hasPrefix("// MARK: ") {
                group = String(trimmed.dropFirst("// MARK: ".count))
            } else if trimmed.hasPrefix("/// ") {
                documentation.append(String(trimmed.dropFirst(4)))
            } else if trimmed.hasPrefix("static ") {
                declared.append((group, documentation.joined(separator: " "), trimmed + "\n"))
                documentation = []
            } else {
                documentation = []
                if !declared.isEmpty { declared[declared.count - 1].text += line + "\n" }
            }
        }
        return declared.compactMap { self.entries(in: $0.text, group: $0.group, $0.documentation).first }
    }

    /// What the floors below the surfaces refuse, by code.
    private static func sharedEntries() throws -> [Entry] {
        let folders = ["Kernel", "Platform", "Web"].map { self.root.appending(path: "Sources/\($0)") }
        var entries: [String: Entry] = [:]
        for folder in folders {
            let files = FileManager.default.enumerator(at: folder, includingPropertiesForKeys: nil)
            for case let file as URL in files ?? .init()
            where file.pathExtension == "swift" && file.lastPathComponent != "OpenAPIDocument.swift" {
                for entry in self.entries(in: try String(contentsOf: file, encoding: .utf8)) {
                    entries[entry.code] = entry
                }
            }
        }
        return entries.values.sorted { $0.code < $1.code }
    }

    private static func entries(in text: String, group: String = "", _ documentation: String = "") -> [Entry] {
        text.matches(of: #/Problem\(\s*\.(\w+),\s*"(\w+)"/#).compactMap { match in
            guard let kind = Problem.Kind.allCases.first(where: { "\($0)" == match.1 }) else { return nil }
            return Entry(group: group, kind: kind, code: String(match.2), documentation: documentation)
        }
    }

    /// The text of a code, or those of its variants.
    private static func text(_ entry: Entry, _ words: Words) -> String {
        let key = "problem.\(entry.code)"
        let variants = words.keys(in: .english).filter { $0.hasPrefix("\(key).") }.sorted()
        return (variants.isEmpty ? [key] : variants).map { words.say($0, in: .english) }.joined(separator: " / ")
    }
}
