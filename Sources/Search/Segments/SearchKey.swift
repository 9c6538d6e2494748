/// Record identifiers as bytes: a UUID takes seventeen.
enum SearchKey {
    static func encode(_ id: String) -> [UInt8] {
        let text = Array(id.utf8)
        if text.count == 36, let bytes = self.uuid(text) { return [1] + bytes }
        return [0] + text
    }

    static func decode(_ key: UnsafeRawBufferPointer) -> String {
        guard key.first == 1, key.count == 17 else { return String(decoding: key.dropFirst(), as: UTF8.self) }
        var text: [UInt8] = []
        for (index, byte) in key.dropFirst().enumerated() {
            if [4, 6, 8, 10].contains(index) { text.append(45) }
            text += [self.digits[Int(byte >> 4)], self.digits[Int(byte & 15)]]
        }
        return String(decoding: text, as: UTF8.self)
    }

    private static let digits = Array("0123456789abcdef".utf8)

    /// Only the usual form in lower case, so that decoding gives the same text.
    private static func uuid(_ text: [UInt8]) -> [UInt8]? {
        var bytes: [UInt8] = []
        var half: UInt8?
        for (index, character) in text.enumerated() {
            if [8, 13, 18, 23].contains(index) {
                guard character == 45 else { return nil }
                continue
            }
            let digit: UInt8
            switch character {
            case 48...57: digit = character - 48
            case 97...102: digit = character - 87
            default: return nil
            }
            if let high = half {
                bytes.append(high << 4 | digit)
                half = nil
            } else {
                half = digit
            }
        }
        return bytes
    }
}
