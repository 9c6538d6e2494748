import Foundation
import Kernel

/// A name by which an account is linked to: 3 to 40 of `A-Z a-z 0-9 _ -`.
struct Username: Sendable {
    static let pattern = "^[A-Za-z0-9_-]{3,40}$"
    static let lengths = 3...40

    let text: String

    init?(_ text: String) {
        guard Self.lengths.contains(text.utf8.count),
            text.utf8.allSatisfy({ $0.isLetter || $0.isDigit || $0 == UInt8(ascii: "_") || $0 == UInt8(ascii: "-") })
        else { return nil }
        self.text = text
    }

    private init(known text: String) { self.text = text }

    /// Stands where none could be read.
    static let placeholder = Username(known: "")

    /// Two names of one key are the same.
    var key: String { self.text.lowercased() }

    /// Two names of one skeleton look alike.
    var skeleton: String {
        self.key.bytewise.replacing("rn", with: "m").bytewise.replacing("0", with: "o").bytewise.replacing(
            "1",
            with: "l"
        )
        .bytewise.replacing("i", with: "l").bytewise.replacing("_", with: "-")
    }

    static let reserved: Set<String> = [
        "admin", "administrator", "moderator", "mod", "operator", "system", "support", "staff", "souk", "root", "null",
        "undefined", "gojapan", "everyone", "here", "all", "me", "ai", "help", "api", "deleted", "deleted-member",
    ]

    var isReserved: Bool { Self.reserved.contains(self.key) }

    // MARK: Generated

    private static let suffix = "-ai"
    private static let stemLength = 37

    /// Candidates for an agent of that name, the best first; without end.
    static func candidates(for displayName: String, id: String) -> some Sequence<Username> {
        var stem = Self.stem(displayName)
        if stem.utf8.count < 3 { stem = "agent-\(id.bytewise.replacing("-", with: "").suffix(6))" }
        if let bare = stem.bytewise.dropping(suffix: Self.suffix) { stem = String(bare) }
        let base = stem
        return sequence(state: 1) { number in
            defer { number += 1 }
            let mark = number == 1 ? "" : "-\(number)"
            let room = Self.stemLength - mark.utf8.count
            return Username(known: "\(Self.trimmed(String(base.prefix(room))))\(mark)\(Self.suffix)")
        }
    }

    private static func stem(_ displayName: String) -> String {
        var text = ""
        for scalar in displayName.decomposedStringWithCompatibilityMapping.lowercased().unicodeScalars {
            if scalar.properties.generalCategory == .nonspacingMark { continue }
            if scalar == "đ" {
                text += "d"
            } else if scalar.isASCII, UInt8(scalar.value).isLetter || UInt8(scalar.value).isDigit {
                text.unicodeScalars.append(scalar)
            } else if text.utf8.last != UInt8(ascii: "-") {
                text += "-"
            }
        }
        return Self.trimmed(String(Self.trimmed(text).prefix(Self.stemLength)))
    }

    /// Without hyphens at its ends.
    private static func trimmed(_ text: String) -> String {
        let bytes = Array(text.utf8)
        let start = bytes.firstIndex { $0 != UInt8(ascii: "-") } ?? bytes.endIndex
        let end = bytes.lastIndex { $0 != UInt8(ascii: "-") }.map { $0 + 1 } ?? start
        return String(decoding: bytes[start..<end], as: UTF8.self)
    }
}

/// What an agent is called by people: 2 to 80 characters.
enum DisplayName {
    static let lengths = 2...80

    /// As it is kept.
    static func tidied(_ text: String) -> String { text.precomposedStringWithCanonicalMapping.trimmed }

    /// Two names of one key are one agent's.
    static func key(_ text: String) -> String {
        text.precomposedStringWithCompatibilityMapping.lowercased().bytewise.split(" ").joined(separator: " ")
    }

    static func isName(_ text: String) -> Bool {
        Self.lengths.contains(text.unicodeScalars.count) && text.unicodeScalars.allSatisfy { !HiddenText.isHidden($0) }
    }
}

/// Characters that show nothing, or change how others are shown.
enum HiddenText {
    static func isHidden(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.properties.generalCategory {
        case .control, .format, .lineSeparator, .paragraphSeparator, .unassigned, .surrogate: true
        default: false
        }
    }
}
