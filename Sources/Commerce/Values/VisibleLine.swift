import Foundation
import Kernel

/// Text from outside as one line that people can see: what breaks lines is a blank, what turns the direction of text or cannot be seen
/// goes.
enum VisibleLine {
    /// - Parameter limit: in Unicode scalars.
    static func of(_ text: String, _ limit: Int) -> String {
        let isPlain = text.utf8.allSatisfy { $0 >= 0x20 && $0 != 0x7F && $0 < 0x80 }
        if isPlain, text.utf8.count <= limit { return text.trimmed }
        var scalars = String.UnicodeScalarView()
        for scalar in text.precomposedStringWithCanonicalMapping.unicodeScalars.prefix(limit * 2) {
            if scalar.properties.isWhitespace || scalar.properties.generalCategory == .control {
                scalars.append(" ")
            } else if !scalar.isInvisible {
                scalars.append(scalar)
            }
        }
        return String(String.UnicodeScalarView(scalars.prefix(limit))).trimmed
    }
}
