/// Text in a header: what is no visible ASCII is percent-encoded.
enum HeaderText {
    static func of(_ text: String) -> String {
        guard text.utf8.contains(where: { $0 < 33 || $0 > 126 }) else { return text }
        return text.utf8.map { byte in
            guard byte < 33 || byte > 126 else { return String(UnicodeScalar(byte)) }
            let digits = String(byte, radix: 16, uppercase: true)
            return "%" + (digits.utf8.count == 1 ? "0" : "") + digits
        }.joined()
    }
}
