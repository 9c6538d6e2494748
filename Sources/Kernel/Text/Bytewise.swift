/// Text from outside, searched and cut by its UTF-8 bytes.
///
/// Swift compares text by grapheme clusters: a `<` behind a letter that joins with what follows (U+0D4E), or before a combining
/// mark, is not equal to `"<"`, and `"\r\n"` is one character that is neither. Whoever reads a format by characters overlooks
/// its delimiters; browsers, databases and spreadsheets do not.
///
/// What asks is inlined into its callers: every request passes through here many times.
@usableFromInline package struct Bytewise: Sendable {
    @usableFromInline package let text: Substring

    @inlinable package init(_ text: Substring) { self.text = text }

    @inlinable package var bytes: Substring.UTF8View { self.text.utf8 }

    // MARK: Questions

    @inlinable package func equals(_ other: some StringProtocol) -> Bool { self.bytes.elementsEqual(other.utf8) }

    @inlinable package func starts(with prefix: some StringProtocol) -> Bool { self.bytes.starts(with: prefix.utf8) }

    @inlinable package func ends(with suffix: some StringProtocol) -> Bool {
        self.bytes.count >= suffix.utf8.count && self.bytes.suffix(suffix.utf8.count).elementsEqual(suffix.utf8)
    }

    @inlinable package func contains(_ piece: some StringProtocol) -> Bool { self.find(piece) != nil }

    /// Whether the text contains one of the bytes, which are ASCII.
    @inlinable package func contains(anyOf bytes: some StringProtocol) -> Bool {
        let wanted = Array(bytes.utf8)
        return self.bytes.contains { wanted.contains($0) }
    }

    /// Where the piece stands first.
    @inlinable package func find(_ piece: some StringProtocol) -> Range<Substring.Index>? {
        guard let first = piece.utf8.first else { return self.text.startIndex..<self.text.startIndex }
        // What is long is sought in linear time, whatever stands there.
        if piece.utf8.count > LinearSearch.shortest {
            let place = self.bytes.withContiguousStorageIfAvailable { text in
                piece.utf8.withContiguousStorageIfAvailable { LinearSearch.find($0, in: text) }
            }
            if let place, let place {
                return place.map { start in
                    let begin = self.bytes.index(self.text.startIndex, offsetBy: start)
                    return begin..<self.bytes.index(begin, offsetBy: piece.utf8.count)
                }
            }
        }
        var rest = self.bytes[...]
        while let start = rest.firstIndex(of: first) {
            rest = self.bytes[start...]
            if rest.starts(with: piece.utf8) {
                return start..<self.bytes.index(start, offsetBy: piece.utf8.count)
            }
            rest = rest.dropFirst()
        }
        return nil
    }

    // MARK: Parts

    /// What follows the prefix; nil when the text begins otherwise.
    @inlinable package func dropping(prefix: some StringProtocol) -> Substring? {
        self.starts(with: prefix)
            ? self.text[self.bytes.index(self.text.startIndex, offsetBy: prefix.utf8.count)...] : nil
    }

    /// What stands before the suffix; nil when the text ends otherwise.
    @inlinable package func dropping(suffix: some StringProtocol) -> Substring? {
        self.ends(with: suffix) ? self.text[..<self.bytes.index(self.text.endIndex, offsetBy: -suffix.utf8.count)] : nil
    }

    /// The parts before and after the first delimiter. Without a delimiter, the second part is nil.
    @inlinable package func cut(at delimiter: some StringProtocol) -> (before: Substring, after: Substring?) {
        guard let found = self.find(delimiter) else { return (self.text, nil) }
        return (self.text[..<found.lowerBound], self.text[found.upperBound...])
    }

    /// The parts between delimiters, which are one byte each.
    @inlinable package func split(_ delimiter: Unicode.Scalar, maxSplits: Int = .max, keepsEmpty: Bool = false)
        -> [Substring]
    {
        self.split(anyOf: String(delimiter), maxSplits: maxSplits, keepsEmpty: keepsEmpty)
    }

    /// The parts between delimiters, each of which is one of the ASCII characters.
    @inlinable package func split(
        anyOf delimiters: some StringProtocol,
        maxSplits: Int = .max,
        keepsEmpty: Bool = false
    ) -> [Substring] {
        let wanted = Array(delimiters.utf8)
        return self.bytes.split(maxSplits: maxSplits, omittingEmptySubsequences: !keepsEmpty) { wanted.contains($0) }
            .map { Substring($0) }
    }

    /// Parts of a list as headers have it: without blanks at their ends, and without empty ones.
    package func list(_ delimiter: Unicode.Scalar) -> [String] {
        self.split(delimiter).map { String($0).trimmed }.filter { !$0.isEmpty }
    }

    @inlinable package func replacing(_ piece: some StringProtocol, with other: some StringProtocol) -> String {
        guard var found = self.find(piece), !piece.isEmpty else { return String(self.text) }
        var result = ""
        var rest = self.text
        while true {
            result.append(contentsOf: rest[..<found.lowerBound])
            result.append(contentsOf: other)
            rest = rest[found.upperBound...]
            guard let next = rest.bytewise.find(piece) else { return result + rest }
            found = next
        }
    }
}

/// The search of Knuth, Morris and Pratt, which takes time in proportion to both texts, whatever they are.
@usableFromInline package enum LinearSearch {
    /// Below, comparing at each place is as quick.
    @usableFromInline static let shortest = 32

    /// Where the piece begins first.
    @usableFromInline static func find(_ piece: UnsafeBufferPointer<UInt8>, in text: UnsafeBufferPointer<UInt8>) -> Int?
    {
        var borders = [0]
        borders.reserveCapacity(piece.count)
        var matched = 0
        for place in 1..<max(1, piece.count) {
            while matched > 0, piece[matched] != piece[place] { matched = borders[matched - 1] }
            if piece[matched] == piece[place] { matched += 1 }
            borders.append(matched)
        }
        matched = 0
        for place in text.indices {
            while matched > 0, piece[matched] != text[place] { matched = borders[matched - 1] }
            if piece[matched] == text[place] { matched += 1 }
            if matched == piece.count { return place + 1 - piece.count }
        }
        return nil
    }
}

extension StringProtocol where SubSequence == Substring {
    /// To be asked by bytes.
    @inlinable package var bytewise: Bytewise { Bytewise(self[...]) }
}

extension UInt8 {
    package static let lineFeed: UInt8 = 10
    package static let carriageReturn: UInt8 = 13
    package static let quote = UInt8(ascii: "\"")
}
