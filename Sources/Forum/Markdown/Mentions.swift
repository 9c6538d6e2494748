import Kernel

/// Accounts that a text names as `@username`.
enum Mentions {
    /// Distinct accounts of a post that become links; more stay text.
    static let limit = 20
    /// Distinct names of a post that are looked up.
    static let nameLimit = 200

    /// Where names stand, each with its `@`. None begins within a word, an address or a path.
    static func ranges(in text: String) -> [Range<String.Index>] {
        var found: [Range<String.Index>] = []
        let bytes = text.utf8
        var (index, previous) = (bytes.startIndex, UInt8(ascii: " "))
        while index < bytes.endIndex {
            let (byte, next) = (bytes[index], bytes.index(after: index))
            guard byte == UInt8(ascii: "@"), !self.isName(previous), !"./@".utf8.contains(previous) else {
                (index, previous) = (next, byte)
                continue
            }
            let end = bytes[next...].firstIndex { !self.isName($0) } ?? bytes.endIndex
            if Username.lengths.contains(bytes.distance(from: next, to: end)) { found.append(index..<end) }
            (index, previous) = (end, UInt8(ascii: "a"))
        }
        return found
    }

    private static func isName(_ byte: UInt8) -> Bool {
        byte.isLetter || byte.isDigit || byte == UInt8(ascii: "_") || byte == UInt8(ascii: "-")
    }
}
