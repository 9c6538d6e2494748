import Foundation

/// The one place that turns JSON into bytes and back: sorted keys, slashes as they are.
package enum JSON {
    /// Deeper documents are refused, since reading and writing them recurses.
    package static let maximumDepth = 64
    /// Values of one document, those in lists and objects included.
    package static let maximumValues = 200_000
    /// Members of one object.
    package static let maximumMembers = 10_000
    /// Characters of one number.
    package static let maximumNumberLength = 100

    package struct TooDeep: Error {}
    /// More values, members or digits than a document may have.
    package struct TooLarge: Error {}
    /// What RFC 8259 does not allow, or another encoding than UTF-8.
    package struct NotStrict: Error {}

    package static func encode(_ value: some Encodable) throws -> [UInt8] {
        if let value = value as? JSONValue { return JSONWriter.bytes(of: value) }
        return [UInt8](try Self.encoder.encode(value))
    }

    package static func text(_ value: some Encodable) throws -> String {
        String(decoding: try Self.encode(value), as: UTF8.self)
    }

    /// Reads what somebody has sent. Throws `NotStrict`, `TooDeep` or `TooLarge`.
    ///
    /// - Parameter once: whether a member that comes twice is refused, too; else the last one counts.
    package static func read(_ bytes: some Collection<UInt8>, once: Bool = false) throws -> JSONValue {
        let value = try bytes.withContiguousStorageIfAvailable { try JSONReader.read($0, once: once) }
        if let value { return value }
        return try Array(bytes).withUnsafeBufferPointer { try JSONReader.read($0, once: once) }
    }

    /// The members of an object in their order, each with the place of its value in the bytes. Throws as ``read(_:once:)`` does.
    package static func members(of bytes: [UInt8]) throws -> [(name: String, value: Range<Int>)] {
        try bytes.withUnsafeBufferPointer { try JSONReader.members($0) }
    }

    /// Reads what this server has written as a type of its own.
    package static func decode<T: Decodable>(_ type: T.Type = T.self, from bytes: some Collection<UInt8>) throws -> T {
        try Self.decoder.decode(type, from: Data(bytes))
    }

    private static let encoder: JSONEncoder = {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        return encoder
    }()

    private static let decoder = JSONDecoder()

    /// With two spaces for each level, for people.
    package static func indented(_ value: JSONValue, level: Int = 0) -> String {
        let (start, end) = (String(repeating: "  ", count: level + 1), String(repeating: "  ", count: level))
        switch value {
        case .object(let members) where !members.isEmpty:
            let lines = members.sorted { $0.key < $1.key }.map { name, member in
                "\(start)\(self.text(of: .string(name))): \(self.indented(member, level: level + 1))"
            }
            return "{\n\(lines.joined(separator: ",\n"))\n\(end)}"
        case .array(let items) where !items.isEmpty:
            let lines = items.map { start + self.indented($0, level: level + 1) }
            return "[\n\(lines.joined(separator: ",\n"))\n\(end)]"
        default: return self.text(of: value)
        }
    }

    /// Of a value that is JSON already; cannot fail.
    package static func text(of value: JSONValue) -> String {
        String(decoding: JSONWriter.bytes(of: value), as: UTF8.self)
    }
}
