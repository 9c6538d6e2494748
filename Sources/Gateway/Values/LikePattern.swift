import Kernel

/// Patterns of `LIKE … ESCAPE '!'`.
enum LikePattern {
    static func containing(_ text: String) -> String {
        var escaped = text
        for mark in ["!", "%", "_"] { escaped = escaped.bytewise.replacing(mark, with: "!\(mark)") }
        return "%\(escaped)%"
    }
}
