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
        guard Self.hints.contains(where: { text.bytewise.contains($0) }) else { return text }
        for pattern in Self.patterns {
            // characters: the patterns are of ASCII alone
            text = text.replacing(pattern) { _ in Self.mark }
        }
        return text
    }

    /// Without one of these, no pattern fits.
    private static let hints = ["sk-", "gho_", "ghp_", "ghs_", "ghu_", "ghr_", "AKIA", "earer ", "://", Self.ownKey]
    private static let ownKey = "goclaw_"

    private static var patterns: [Regex<Substring>] {
        [
            #/sk-[A-Za-z0-9_\-]{16,}/#, #/gh[a-z]_[A-Za-z0-9]{20,}/#, #/AKIA[0-9A-Z]{16}/#,
            #/[Bb]earer [A-Za-z0-9._\-]{16,}/#, #/[a-z]+:\/\/[^\s:@\/]+:[^\s@\/]+@/#, #/goclaw_[0-9a-f]{32}/#,
        ]
    }
}
