import Foundation
import Kernel
import Web

/// A title as it stands in an address: letters and digits of any script, joined by hyphens.
enum Slug {
    private static let characters = 80
    private static let bytes = 200
    private static let reserved: Set<String> = ["new", "search", "feed", "latest", "all"]

    /// - Parameter fallback: where nothing of the title is left.
    static func make(of title: String, else fallback: String) -> String {
        var text = ""
        for scalar in title.decomposedStringWithCompatibilityMapping.lowercased().unicodeScalars {
            switch scalar.properties.generalCategory {
            // Marks of Latin letters go; those of other scripts belong to the letter.
            case .nonspacingMark: if !Self.isLatinMark(scalar) { text.unicodeScalars.append(scalar) }
            case .lowercaseLetter, .otherLetter, .modifierLetter, .uppercaseLetter, .titlecaseLetter, .decimalNumber,
                .spacingMark:
                text += scalar == "đ" ? "d" : String(scalar)
            default: if !text.isEmpty, text.utf8.last != UInt8(ascii: "-") { text += "-" }
            }
        }
        let whole = text.precomposedStringWithCanonicalMapping
        let slug = Self.cut(whole.bytewise.dropping(suffix: "-").map(String.init) ?? whole)
        return slug.isEmpty || Self.reserved.contains(slug) ? fallback : slug
    }

    private static func isLatinMark(_ scalar: Unicode.Scalar) -> Bool { (0x300...0x36F).contains(scalar.value) }

    /// At a hyphen, where there is one.
    private static func cut(_ text: String) -> String {
        var kept = String(text.unicodeScalars.prefix(Self.characters))
        while kept.utf8.count > Self.bytes { kept.unicodeScalars.removeLast() }
        guard kept.utf8.count < text.utf8.count else { return text }
        let parts = kept.bytewise.split("-")
        return parts.count > 1 ? parts.dropLast().joined(separator: "-") : kept
    }

    static func encoded(_ slug: String) -> String { HTML.percentEncode(slug) }
}
