import Foundation
import Kernel

/// The translations of a gettext catalogue: a compiled file (`.mo`) of little-endian numbers.
/// Source: the GNU gettext manual, "The Format of GNU MO Files".
struct MessageCatalog: Sendable {
    private static let magic = 0x9504_12de

    private let messages: [String: String]

    /// Empty without the file, or when it is not one.
    init(path: String) {
        self.init(FileManager.default.contents(atPath: path).map { Array($0) } ?? [])
    }

    init(_ bytes: [UInt8]) {
        guard Self.number(at: 0, of: bytes) == Self.magic, let count = Self.number(at: 8, of: bytes),
            let originals = Self.number(at: 12, of: bytes), let translations = Self.number(at: 16, of: bytes)
        else {
            self.messages = [:]
            return
        }
        let pairs = (0..<min(count, bytes.count / 8)).compactMap { index -> (String, String)? in
            guard let original = Self.text(at: originals + 8 * index, of: bytes), !original.isEmpty,
                let translation = Self.text(at: translations + 8 * index, of: bytes), !translation.isEmpty
            else { return nil }
            return (original, translation)
        }
        self.messages = Dictionary(pairs) { first, _ in first }
    }

    subscript(_ original: String) -> String? { self.messages[original] }

    private static func number(at offset: Int, of bytes: [UInt8]) -> Int? {
        guard offset >= 0, offset + 4 <= bytes.count else { return nil }
        return bytes[offset..<offset + 4].reversed().reduce(0) { $0 << 8 | Int($1) }
    }

    /// The text that a length and a place at this offset describe.
    private static func text(at offset: Int, of bytes: [UInt8]) -> String? {
        guard let length = Self.number(at: offset, of: bytes), let start = Self.number(at: offset + 4, of: bytes),
            start + length <= bytes.count
        else { return nil }
        return String(bytes: bytes[start..<start + length], encoding: .utf8)
    }
}
