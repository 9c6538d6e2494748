import Kernel

/// Takes secrets out of what is kept, shown to a model, or logged.
package struct Redaction: Sendable {
    package static let mark = "[REDACTED]"

    /// Values that are secret whatever they look like.
    package let secrets: [String]

    package init(secrets: [String]) { self.secrets = secrets }

    package func of(_ text: String) -> String {
        var text = text
        for secret in self.secrets where text.bytewise.contains(secret) {
            text = text.bytewise.replacing(secret, with: Self.mark)
        }
        return Self.masked(text)
    }

    /// What looks like a key, and names with passwords in addresses, in one pass.
    private static func masked(_ text: String) -> String {
        var text = text
        let result = text.withUTF8 { bytes -> [UInt8]? in
            var result: [UInt8]?
            // Up to where the text is in the result.
            var (taken, place) = (0, 0)
            while place < bytes.count {
                guard let secret = self.secret(in: bytes, at: place) else {
                    place += 1
                    continue
                }
                var kept = result ?? []
                kept += bytes[taken..<max(taken, secret.lowerBound)]
                kept += Array(self.mark.utf8)
                (result, taken, place) = (kept, secret.upperBound, secret.upperBound)
            }
            guard var whole = result else { return nil }
            whole += bytes[taken...]
            return whole
        }
        return result.map { String(decoding: $0, as: UTF8.self) } ?? text
    }

    /// The place of a secret that is known by what stands here.
    private static func secret(in bytes: UnsafeBufferPointer<UInt8>, at place: Int) -> Range<Int>? {
        // In the middle of a word, no key begins.
        if bytes[place].isWord, place > 0, bytes[place - 1].isWord { return nil }
        return switch bytes[place] {
        case UInt8(ascii: "s"): self.token("sk-", in: bytes, at: place, 16...Int.max) { $0.isWord || $0 == .hyphen }
        case UInt8(ascii: "A"): self.token("AKIA", in: bytes, at: place, 16...16) { $0.isCapital || $0.isDigit }
        case UInt8(ascii: "B"): self.token("Bearer ", in: bytes, at: place, 16...Int.max, Self.isOfBearer)
        case UInt8(ascii: "b"): self.token("bearer ", in: bytes, at: place, 16...Int.max, Self.isOfBearer)
        case UInt8(ascii: "g"):
            self.token("goclaw_", in: bytes, at: place, 32...32) { $0.isDigit || (0x61...0x66).contains($0) }
                ?? self.gitHubToken(in: bytes, at: place)
        case UInt8(ascii: ":"): self.password(in: bytes, at: place)
        default: nil
        }
    }

    private static func isOfBearer(_ byte: UInt8) -> Bool {
        byte.isWord || byte == .hyphen || byte == UInt8(ascii: ".")
    }

    /// What begins so, and goes on with so many bytes of a kind.
    private static func token(
        _ start: StaticString,
        in bytes: UnsafeBufferPointer<UInt8>,
        at place: Int,
        _ length: ClosedRange<Int>,
        _ has: (UInt8) -> Bool
    ) -> Range<Int>? {
        let begun = place + start.utf8CodeUnitCount
        let expected = UnsafeBufferPointer(start: start.utf8Start, count: start.utf8CodeUnitCount)
        guard begun <= bytes.count, bytes[place..<begun].elementsEqual(expected) else { return nil }
        var end = begun
        while end < bytes.count, end - begun < length.upperBound, has(bytes[end]) { end += 1 }
        return end - begun >= length.lowerBound ? place..<end : nil
    }

    /// `ghp_`, `gho_` and their like.
    private static func gitHubToken(in bytes: UnsafeBufferPointer<UInt8>, at place: Int) -> Range<Int>? {
        guard place + 4 <= bytes.count, bytes[place + 1] == UInt8(ascii: "h"), bytes[place + 2].isSmall else {
            return nil
        }
        return self.token("_", in: bytes, at: place + 3, 20...Int.max) { $0.isWord && $0 != UInt8(ascii: "_") }
            .map { place..<$0.upperBound }
    }

    /// Bytes of a name with its password in an address.
    private static let userLimit = 512

    /// From the scheme of an address to behind the `@` of `name:password@`.
    private static func password(in bytes: UnsafeBufferPointer<UInt8>, at place: Int) -> Range<Int>? {
        let from = place + 3
        guard from <= bytes.count, bytes[place..<from].elementsEqual("://".utf8) else { return nil }
        var hasColon = false
        for end in from..<min(bytes.count, from + self.userLimit) {
            switch bytes[end] {
            case UInt8(ascii: ":"): hasColon = true
            case UInt8(ascii: "@"):
                guard hasColon else { return nil }
                var start = place
                while start > 0, bytes[start - 1].isSmall, place - start < self.userLimit { start -= 1 }
                return start..<(end + 1)
            case 0...32, UInt8(ascii: "/"): return nil
            default: break
            }
        }
        return nil
    }
}

extension UInt8 {
    fileprivate static let hyphen = UInt8(ascii: "-")
    fileprivate var isDigit: Bool { (0x30...0x39).contains(self) }
    fileprivate var isCapital: Bool { (0x41...0x5A).contains(self) }
    fileprivate var isSmall: Bool { (0x61...0x7A).contains(self) }
    /// Letters, digits and the underscore.
    fileprivate var isWord: Bool { self.isDigit || self.isCapital || self.isSmall || self == UInt8(ascii: "_") }
}
