import Foundation

/// A Swift file of the house.
struct SourceFile: Sendable, CustomStringConvertible {
    let path: String
    let lines: [String]

    var description: String { self.path }
    var target: String { self.path.components(separatedBy: "/")[1] }
    /// The target's folder in which it stands; nil for the files beside the folders, which put the target together.
    var folder: String? {
        let parts = self.path.components(separatedBy: "/")
        return parts.count > 3 ? parts[2] : nil
    }
    var isSource: Bool { self.path.hasPrefix("Sources/") }

    static let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent()

    static let all: [SourceFile] = ["Sources", "Tests"].flatMap { folder in
        let files = FileManager.default.enumerator(at: root.appending(path: folder), includingPropertiesForKeys: nil)
        return (files?.compactMap { $0 as? URL } ?? []).filter { $0.pathExtension == "swift" }.compactMap { file in
            (try? String(contentsOf: file, encoding: .utf8)).map {
                SourceFile(
                    path: String(file.path.dropFirst(root.path.count + 1)),
                    lines: $0.components(separatedBy: "\n")
                )
            }
        }
    }
}

extension SourceFile {
    /// The words of the code: none of comments and literals, but those of what is interpolated.
    var words: Set<String> {
        var words: Set<String> = []
        var word: [UInt8] = []
        for byte in Self.code(Array(self.lines.joined(separator: "\n").utf8)) {
            if Self.isWord(byte) {
                word.append(byte)
            } else if !word.isEmpty {
                words.insert(String(decoding: word, as: UTF8.self))
                word = []
            }
        }
        return words
    }

    private static func isWord(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"):
            true
        default: false
        }
    }

    private enum Mode: Equatable {
        /// With so many open parentheses; it ends with the one that closes an interpolation.
        case code(Int)
        case literal(isLong: Bool)
    }

    private static func code(_ text: [UInt8]) -> [UInt8] {
        var result: [UInt8] = []
        var modes = [Mode.code(0)]
        var index = 0
        let starts = { (piece: StaticString) in
            index + piece.utf8CodeUnitCount <= text.count
                && (0..<piece.utf8CodeUnitCount).allSatisfy { text[index + $0] == piece.utf8Start[$0] }
        }
        while index < text.count {
            let byte = text[index]
            switch modes[modes.count - 1] {
            case .literal(let isLong):
                // Most of a literal is neither its end nor an escape.
                guard byte == UInt8(ascii: "\\") || byte == UInt8(ascii: "\"") else {
                    index += 1
                    continue
                }
                if starts("\\(") {
                    modes.append(.code(0))
                    result.append(UInt8(ascii: " "))
                    index += 2
                } else if byte == UInt8(ascii: "\\") {
                    index += 2
                } else if !isLong || starts("\"\"\"") {
                    modes.removeLast()
                    index += isLong ? 3 : 1
                } else {
                    index += 1
                }
            case .code(let depth):
                switch byte {
                case UInt8(ascii: "/") where starts("//"):
                    while index < text.count, text[index] != UInt8(ascii: "\n") { index += 1 }
                    continue
                case UInt8(ascii: "\""):
                    let isLong = starts("\"\"\"")
                    modes.append(.literal(isLong: isLong))
                    index += isLong ? 3 : 1
                    continue
                case UInt8(ascii: "("): modes[modes.count - 1] = .code(depth + 1)
                case UInt8(ascii: ")") where depth == 0 && modes.count > 1: modes.removeLast()
                case UInt8(ascii: ")"): modes[modes.count - 1] = .code(depth - 1)
                default: break
                }
                result.append(byte)
                index += 1
            }
        }
        return result
    }

    /// The types that the file declares for others.
    var declarations: [String] {
        self.lines.compactMap { line in
            // Most lines are indented, and a regular expression takes its time.
            guard let first = line.utf8.first, first > UInt8(ascii: "/"),
                let match = line.prefixMatch(of: Self.declaration)
            else { return nil }
            return line.hasPrefix("private ") || line.hasPrefix("fileprivate ") ? nil : String(match.1)
        }
    }

    // A regular expression is not Sendable.
    private static var declaration: Regex<(Substring, Substring)> {
        #/(?:package |public |private |fileprivate |final |indirect )*(?:struct|class|enum|actor|protocol|typealias) (\w+)/#
    }
}
