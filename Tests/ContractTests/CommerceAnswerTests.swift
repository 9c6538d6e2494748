import Foundation
import Kernel
import ServerTestKit
import Testing

/// The recorded answers have every member that commerce's contract names, of its type.
@Suite("Commerce's answers")
struct CommerceAnswerTests {
    private static let folder = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "Contracts")

    private struct Member {
        let operation: String
        let status: String
        let path: [String]
        let type: String
    }

    private static func members() throws -> [Member] {
        let text = try String(contentsOf: self.folder.appending(path: "commerce/answers.tsv"), encoding: .utf8)
        return text.split(separator: "\n").filter { !$0.hasPrefix("#") }.map { line in
            let cells = line.components(separatedBy: "\t")
            return Member(
                operation: cells[0],
                status: cells[1],
                path: cells[2].replacing("[]", with: ".[]").components(separatedBy: "."),
                type: cells[3]
            )
        }
    }

    @Test("each has all members, and none is null that may not be")
    func members() throws {
        let members = Dictionary(grouping: try Self.members()) { "\($0.operation) \($0.status)" }
        var seen: Set<String> = []
        for conversation in Conversation.all(in: Self.folder) where conversation.name.hasPrefix("commerce") {
            for exchange in conversation.exchanges {
                let status = String(exchange.answer.prefix(3))
                let key = members.keys.first { Self.matches($0, exchange.requestLine, status) }
                guard let key, let start = exchange.answer.range(of: "\n{") else { continue }
                seen.insert(key)
                let body = try JSON.read(Array(exchange.answer[start.lowerBound...].utf8))
                for member in members[key] ?? [] {
                    let fault = Self.fault(body, member.path[...], member.type)
                    #expect(fault == nil, "\(conversation.name), \(exchange.title): \(member.path) \(fault ?? "")")
                }
            }
        }
        #expect(Set(members.keys).subtracting(seen).sorted() == [])
    }

    private static func matches(_ key: String, _ request: String, _ status: String) -> Bool {
        let parts = key.split(separator: " ")
        let asked = request.split(separator: " ", maxSplits: 1)
        guard parts[2] == status, asked[0] == parts[0] else { return false }
        let path = asked[1].prefix { $0 != "?" }.dropFirst("/commerce".count).split(separator: "/")
        let declared = parts[1].split(separator: "/")
        return path.count == declared.count
            && zip(path, declared).allSatisfy { $0 == $1 || $1.hasPrefix("{") && $0 != "me" && $0 != "keys" }
    }

    /// What is wrong with the member; nil where nothing is.
    private static func fault(_ value: JSONValue, _ path: ArraySlice<String>, _ type: String) -> String? {
        guard let name = path.first else { return self.isOf(type, value) ? nil : "is \(JSON.text(of: value))" }
        if name == "[]" { return value.array?.lazy.compactMap { self.fault($0, path.dropFirst(), type) }.first }
        // What a nullable object would hold is not there.
        if value == .null { return nil }
        guard let member = value[name] else { return "is missing" }
        return self.fault(member, path.dropFirst(), type)
    }

    private static func isOf(_ type: String, _ value: JSONValue) -> Bool {
        if value == .null { return type.hasSuffix("?") || type == "any" }
        let kind = type.hasSuffix("?") ? String(type.dropLast()) : type
        switch kind {
        case "any": return true
        case "object": return value.object != nil
        case "array": return value.array != nil
        case "boolean": return value == true || value == false
        case "integer": return value.integer != nil
        case "number": return JSON.text(of: value).first.map { $0 == "-" || $0.isNumber } ?? false
        case "moment": return value.string.map { Timestamp(text: $0) != nil } ?? false
        default:
            guard let text = value.string else { return false }
            let choices = kind.split(separator: ":")
            return choices.count < 2 || choices[1].split(separator: "|").contains { $0 == text }
        }
    }
}
