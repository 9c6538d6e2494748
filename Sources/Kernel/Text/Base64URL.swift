extension Sequence<UInt8> {
    /// Base64 for addresses and names, without padding (RFC 4648, 5).
    package var base64URL: String {
        let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_".utf8)
        let bytes = Array(self)
        var text: [UInt8] = []
        text.reserveCapacity((bytes.count * 4 + 2) / 3)
        var index = 0
        while index < bytes.count {
            let count = Swift.min(3, bytes.count - index)
            var group: UInt32 = 0
            for place in 0..<3 { group = group << 8 | UInt32(place < count ? bytes[index + place] : 0) }
            for place in 0...count { text.append(alphabet[Int(group >> UInt32(18 - 6 * place) & 63)]) }
            index += 3
        }
        return String(decoding: text, as: UTF8.self)
    }
}
