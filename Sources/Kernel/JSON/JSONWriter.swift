/// Writes a value as `JSONEncoder` does with sorted keys and slashes as they are, at a tenth of the cost; a number that is not
/// finite, at which the encoder throws, is null.
package struct JSONWriter {
    package private(set) var bytes: [UInt8] = []
    package var count: Int { self.bytes.count }

    package init(capacity: Int) { self.bytes.reserveCapacity(capacity) }

    /// What is JSON already.
    package mutating func raw(_ text: StaticString) {
        self.bytes.append(contentsOf: UnsafeBufferPointer(start: text.utf8Start, count: text.utf8CodeUnitCount))
    }

    package mutating func raw(_ bytes: [UInt8]) { self.bytes.append(contentsOf: bytes) }

    package mutating func replaceByte(at index: Int, with byte: UInt8) { self.bytes[index] = byte }

    static func bytes(of value: JSONValue) -> [UInt8] {
        var writer = Self(capacity: 512)
        writer.write(value)
        return writer.bytes
    }

    package mutating func write(_ value: JSONValue) {
        switch value {
        case .null: self.bytes += "null".utf8
        case .bool(let value): self.bytes += (value ? "true" : "false").utf8
        case .integer(let value): self.write(value)
        case .number(let value): self.write(value)
        case .decimal(let text): self.bytes += text.utf8
        case .string(let value): self.write(value)
        case .array(let values):
            self.bytes.append(UInt8(ascii: "["))
            for (index, value) in values.enumerated() {
                if index > 0 { self.bytes.append(UInt8(ascii: ",")) }
                self.write(value)
            }
            self.bytes.append(UInt8(ascii: "]"))
        case .object(let members):
            self.bytes.append(UInt8(ascii: "{"))
            let sorted = members.sorted { $0.key.utf8.lexicographicallyPrecedes($1.key.utf8) }
            for (index, member) in sorted.enumerated() {
                if index > 0 { self.bytes.append(UInt8(ascii: ",")) }
                self.write(member.key)
                self.bytes.append(UInt8(ascii: ":"))
                self.write(member.value)
            }
            self.bytes.append(UInt8(ascii: "}"))
        }
    }

    package mutating func write(_ value: Int64) { self.bytes += value.description.utf8 }

    /// JSON has no word for what is not finite.
    package mutating func write(_ value: Double) {
        let text = value.isFinite ? value.description : "null"
        self.bytes += text.bytewise.ends(with: ".0") ? text.utf8.dropLast(2) : text.utf8[...]
    }

    package mutating func write(_ text: String) {
        self.bytes.append(UInt8(ascii: "\""))
        // Nearly every text needs no escape.
        if text.utf8.allSatisfy({ $0 >= 0x20 && $0 != UInt8(ascii: "\"") && $0 != UInt8(ascii: "\\") }) {
            self.bytes += text.utf8
            self.bytes.append(UInt8(ascii: "\""))
            return
        }
        for byte in text.utf8 {
            switch byte {
            case UInt8(ascii: "\""), UInt8(ascii: "\\"): self.bytes += [UInt8(ascii: "\\"), byte]
            case 0x08: self.bytes += "\\b".utf8
            case 0x09: self.bytes += "\\t".utf8
            case 0x0A: self.bytes += "\\n".utf8
            case 0x0C: self.bytes += "\\f".utf8
            case 0x0D: self.bytes += "\\r".utf8
            case 0..<0x20: self.bytes += "\\u00\([byte].hex)".utf8
            default: self.bytes.append(byte)
            }
        }
        self.bytes.append(UInt8(ascii: "\""))
    }
}
