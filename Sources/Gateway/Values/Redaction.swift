import Kernel

/// Takes secrets out of what is kept, shown to a model, or logged.
struct Redaction: Sendable {
    static let mark = "[REDACTED]"

    /// Values that are secret whatever they look like.
    let secrets: [String]

    func of(_ text: String) -> String {
        var text = text
        for secret in self.secrets where text.bytewise.contains(secret) {
            text = text.bytewise.replacing(secret, with: Self.mark)
        }
        for (hint, pattern) in Self.patterns where text.bytewise.contains(hint) {
            // characters: the patterns are of ASCII alone
            text = text.replacing(pattern) { _ in Self.mark }
        }
        return text.bytewise.contains("://") ? Self.withoutPasswords(text) : text
    }

    /// Each with what stands in whatever fits it.
    private static var patterns: [(String, Regex<Substring>)] {
        [
            ("sk-", #/sk-[A-Za-z0-9_\-]{16,}/#), ("gh", #/gh[a-z]_[A-Za-z0-9]{20,}/#), ("AKIA", #/AKIA[0-9A-Z]{16}/#),
            ("earer ", #/[Bb]earer [A-Za-z0-9._\-]{16,}/#), ("goclaw_", #/goclaw_[0-9a-f]{32}/#),
        ]
    }

    /// Bytes of a name with its password in an address.
    private static let userLimit = 512

    /// Addresses without the name and password before their host, in one pass.
    private static func withoutPasswords(_ text: String) -> String {
        let bytes = Array(text.utf8)
        var result: [UInt8] = []
        result.reserveCapacity(bytes.count)
        var place = 0
        while place < bytes.count {
            if bytes[place...].starts(with: "://".utf8), let end = self.endOfUser(bytes, from: place + 3) {
                while let last = result.last, (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(last) {
                    result.removeLast()
                }
                result += Array(self.mark.utf8)
                place = end
            } else {
                result.append(bytes[place])
                place += 1
            }
        }
        return String(decoding: result, as: UTF8.self)
    }

    /// Behind the `@` of `name:password@`; nil where there is none.
    private static func endOfUser(_ bytes: [UInt8], from start: Int) -> Int? {
        var hasColon = false
        for place in start..<min(bytes.count, start + self.userLimit) {
            switch bytes[place] {
            case UInt8(ascii: ":"): hasColon = true
            case UInt8(ascii: "@"): return hasColon ? place + 1 : nil
            case 0...32, UInt8(ascii: "/"): return nil
            default: break
            }
        }
        return nil
    }
}
