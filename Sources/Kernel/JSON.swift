import Foundation

/// The one place that turns JSON into bytes and back: sorted keys, slashes as they are.
package enum JSON {
    /// Deeper documents are refused before they are read, since reading them recurses.
    package static let maximumDepth = 64

    package struct TooDeep: Error {}
    /// What the decoder would let pass: a comma before a closing bracket, or another encoding than UTF-8.
    package struct NotStrict: Error {}

    package static func encode(_ value: some Encodable) throws -> [UInt8] {
        if let value = value as? JSONValue { return JSONWriter.bytes(of: value) }
        return [UInt8](try Self.encoder.encode(value))
    }

    package static func text(_ value: some Encodable) throws -> String {
        String(decoding: try Self.encode(value), as: UTF8.self)
    }

    package static func decode<T: Decodable>(_ type: T.Type = T.self, from bytes: some Collection<UInt8>) throws -> T {
        try Self.check(bytes)
        return try Self.decoder.decode(type, from: Data(bytes))
    }

    private static let encoder: JSONEncoder = {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        return encoder
    }()

    private static let decoder = JSONDecoder()

    /// Of a value that is JSON already; cannot fail.
    package static func text(of value: JSONValue) -> String {
        String(decoding: JSONWriter.bytes(of: value), as: UTF8.self)
    }

    private static func check(_ bytes: some Collection<UInt8>) throws {
        var depth = 0
        var followsComma = false
        var inString = false
        var escaped = false
        for byte in bytes {
            if inString {
                if escaped {
                    escaped = false
                } else if byte == UInt8(ascii: "\\") {
                    escaped = true
                } else if byte == UInt8(ascii: "\"") {
                    inString = false
                }
                continue
            }
            switch byte {
            case UInt8(ascii: " "), UInt8(ascii: "\n"), UInt8(ascii: "\r"), UInt8(ascii: "\t"): continue
            case UInt8(ascii: "]"), UInt8(ascii: "}"): if followsComma { throw NotStrict() }
            // UTF-16 and UTF-32 have zero bytes and marks; no JSON in UTF-8 does outside of strings.
            case 0, 0xFE, 0xFF: throw NotStrict()
            default: break
            }
            followsComma = byte == UInt8(ascii: ",")
            switch byte {
            case UInt8(ascii: "\""): inString = true
            case UInt8(ascii: "["), UInt8(ascii: "{"):
                depth += 1
                if depth > Self.maximumDepth { throw TooDeep() }
            case UInt8(ascii: "]"), UInt8(ascii: "}"): depth -= 1
            default: break
            }
        }
    }
}
