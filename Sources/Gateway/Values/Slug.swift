import Kernel
import Web

/// Names in addresses: lower-case letters, digits, and single or several hyphens inside.
enum Slug {
    static let limit = 64
    static let pattern = "^[a-z0-9]([a-z0-9-]*[a-z0-9])?$"

    static func isSlug(_ text: String) -> Bool {
        let bytes = Array(text.utf8)
        guard let first = bytes.first, let last = bytes.last, bytes.count <= self.limit else { return false }
        return Self.isPlain(first) && Self.isPlain(last)
            && bytes.allSatisfy { Self.isPlain($0) || $0 == UInt8(ascii: "-") }
    }

    /// Of a name for people: what cannot stand in a slug becomes a hyphen. Nil where nothing is left.
    static func of(_ name: String) -> String? {
        var slug: [UInt8] = []
        for byte in name.lowercased().utf8 {
            if Self.isPlain(byte) {
                slug.append(byte)
            } else if let last = slug.last, last != UInt8(ascii: "-") {
                slug.append(UInt8(ascii: "-"))
            }
        }
        slug = Array(slug.prefix(Self.limit))
        while slug.last == UInt8(ascii: "-") { slug.removeLast() }
        return slug.isEmpty ? nil : String(decoding: slug, as: UTF8.self)
    }

    /// Whether the text is a UUID, and therefore no slug wherever both may stand.
    static func isUUID(_ text: String) -> Bool {
        let bytes = Array(text.utf8)
        guard bytes.count == 36 else { return false }
        return bytes.enumerated().allSatisfy { index, byte in
            [8, 13, 18, 23].contains(index) ? byte == UInt8(ascii: "-") : Self.isHex(byte)
        }
    }

    private static func isPlain(_ byte: UInt8) -> Bool {
        (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte) || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
    }

    private static func isHex(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "a")...UInt8(ascii: "f"),
            UInt8(ascii: "A")...UInt8(ascii: "F"):
            true
        default: false
        }
    }
}

extension Rule where Value == String {
    static var slug: Rule {
        Rule(FieldRule("slug"), schema: ["pattern": .string(Slug.pattern), "minLength": 1, "maxLength": 64]) {
            Slug.isSlug($0)
        }
    }
}
