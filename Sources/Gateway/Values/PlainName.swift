/// Names of letters, digits, underscores and hyphens: of tools and of headers.
enum PlainName {
    static let limit = 64

    static func isName(_ name: String, atMost limit: Int = Self.limit) -> Bool {
        (1...limit).contains(name.utf8.count) && name.utf8.allSatisfy(self.isPlain)
    }

    private static func isPlain(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"), UInt8(ascii: "-"):
            true
        default: false
        }
    }
}
