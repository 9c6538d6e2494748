import Kernel

/// Patterns of `LIKE … ESCAPE '!'`.
package enum LikePattern {
    package static func containing(_ text: String) -> String {
        var escaped = text
        for mark in ["!", "%", "_"] { escaped = escaped.bytewise.replacing(mark, with: "!\(mark)") }
        return "%\(escaped)%"
    }
}
