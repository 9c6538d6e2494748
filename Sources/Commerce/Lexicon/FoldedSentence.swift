import Foundation
import Kernel

/// A sentence as its words are looked up: without case, width and doubled blanks, each character with its place in the original.
struct FoldedSentence: Sendable {
    /// With the marks of Vietnamese.
    let marked: [UInt32]
    /// Latin letters without marks.
    let plain: [UInt32]
    /// For each character, where it begins and ends in the original, counted in Unicode scalars.
    let origins: [Range<Int>]
    let language: WordLanguage
    /// Whether Vietnamese is written with its marks.
    let hasMarks: Bool
    private let source: [Unicode.Scalar]

    init(_ text: String, language: WordLanguage? = nil) {
        self.source = Array(text.unicodeScalars)
        var (marked, origins): ([UInt32], [Range<Int>]) = ([], [])
        marked.reserveCapacity(self.source.count)
        let append = { (scalar: UInt32, origin: Range<Int>) in
            if scalar == Self.space, marked.last == Self.space || marked.isEmpty { return }
            marked.append(scalar)
            origins.append(origin)
        }
        if text.utf8.allSatisfy({ $0 < 0x80 }) {
            // Nothing is joined to anything, and each byte is a character: most of a catalogue is read in this way.
            for (place, byte) in text.utf8.enumerated() { append(Self.folded(byte), place..<place + 1) }
        } else {
            var place = 0
            for character in text {
                let count = character.unicodeScalars.count
                for scalar in Self.folded(character) { append(scalar, place..<place + count) }
                place += count
            }
        }
        while marked.last == Self.space {
            marked.removeLast()
            origins.removeLast()
        }
        (self.marked, self.origins) = (marked, origins)
        self.plain = marked.map(Self.withoutMarks)
        self.hasMarks = zip(marked, self.plain).contains { $0 != $1 }
        self.language = language ?? Self.language(of: marked)
    }

    static let space = UInt32(32)

    private static func folded(_ byte: UInt8) -> UInt32 {
        byte <= 32 || byte == 127 ? self.space : UInt32(byte >= 65 && byte <= 90 ? byte + 32 : byte)
    }

    private static func folded(_ character: Character) -> [UInt32] {
        if let byte = character.asciiValue { return [self.folded(byte)] }
        let text = String(character).precomposedStringWithCompatibilityMapping.lowercased()
            .precomposedStringWithCanonicalMapping
        return text.unicodeScalars.map { scalar in
            switch scalar.value {
            case 0x2018, 0x2019, 0x02BC: 0x27
            case 0x201C, 0x201D, 0x2033: 0x22
            case 0x2010...0x2015, 0x2212: 0x2D
            case 0x301C, 0xFF5E, 0x223C: 0x7E
            default: scalar.properties.isWhitespace ? self.space : scalar.value
            }
        }
    }

    private static func withoutMarks(_ scalar: UInt32) -> UInt32 {
        guard (0xC0..<0x2000).contains(scalar), let letter = Unicode.Scalar(scalar) else { return scalar }
        if scalar == 0x111 { return 0x64 }
        return String(letter).decomposedStringWithCanonicalMapping.unicodeScalars.first?.value ?? scalar
    }

    // MARK: Languages

    private static func language(of scalars: [UInt32]) -> WordLanguage {
        if scalars.contains(where: { (0x3041...0x30FA).contains($0) }) { return .ja }
        if scalars.contains(where: Self.isHan) { return .zh }
        if scalars.contains(where: Self.isVietnamese) { return .vi }
        return Self.hasVietnameseMarks(scalars) || Self.isPlainVietnamese(scalars) ? .vi : .en
    }

    static func isHan(_ scalar: UInt32) -> Bool {
        (0x4E00...0x9FFF).contains(scalar) || (0x3400...0x4DBF).contains(scalar) || scalar == 0x3005
    }

    static func isKatakana(_ scalar: UInt32) -> Bool { (0x30A1...0x30FC).contains(scalar) }

    /// Letters that Vietnamese alone has.
    private static func isVietnamese(_ scalar: UInt32) -> Bool {
        (0x1EA0...0x1EF9).contains(scalar) || [0x103, 0x111, 0x1A1, 0x1B0, 0x129, 0x169].contains(scalar)
    }

    /// Two words or more with marks that Vietnamese has, and English in words from elsewhere alone.
    private static func hasVietnameseMarks(_ scalars: [UInt32]) -> Bool {
        let vowels: Set<UInt32> = [
            0xE0, 0xE1, 0xE2, 0xE3, 0xE8, 0xE9, 0xEA, 0xEC, 0xED, 0xF2, 0xF3, 0xF4, 0xF5, 0xF9, 0xFA, 0xFD,
        ]
        return scalars.split(separator: Self.space).count { !vowels.isDisjoint(with: $0) } >= 2
    }

    /// Words that are Vietnamese also without marks, and no English.
    private static let vietnamese: Set<String> = [
        "duoi", "trieu", "nghin", "ngan", "khoang", "chuot", "chieu", "phim", "dien", "thoai", "khong", "mau", "tinh",
        "giay", "ghe", "qua", "tang", "mua", "tren", "gia", "re", "dong", "sac", "loa", "nghe", "xach", "tay", "cho",
        "toi", "hinh", "muc", "op", "lung", "trang", "den", "day", "cap", "nhe", "voi", "trong",
    ]

    private static func isPlainVietnamese(_ scalars: [UInt32]) -> Bool {
        guard scalars.allSatisfy({ $0 < 0x80 }) else { return false }
        let words = String(decoding: scalars.map { UInt8($0) }, as: UTF8.self).bytewise.split(" ").map(String.init)
        let known = words.count { self.vietnamese.contains($0) }
        return known >= 2 && known * 2 >= words.count - 1
    }

    // MARK: Pieces

    var count: Int { self.marked.count }

    static func isWordPart(_ scalar: UInt32) -> Bool {
        switch scalar {
        case 48...57, 97...122: true
        case 0..<0x80: false
        default: scalar < 0x2E80 && (Unicode.Scalar(scalar)?.properties.isAlphabetic ?? false)
        }
    }

    static func isDigit(_ scalar: UInt32) -> Bool { (48...57).contains(scalar) }

    /// Where a word in Latin letters ends whose form ends at a place, with the *s* of a plural; nil inside of a word.
    func wordEnd(_ end: Int) -> Int? {
        guard end > 0, Self.isWordPart(self.plain[end - 1]) else { return end }
        for ending in ["", "s", "es", "'s"] {
            let scalars = ending.unicodeScalars.map(\.value)
            guard self.plain[end...].starts(with: scalars) else { continue }
            let next = end + scalars.count
            if next >= self.count || !Self.isWordPart(self.plain[next]) { return next }
        }
        return nil
    }

    /// What stands there in the original.
    func original(_ range: Range<Int>) -> String {
        let scalars = self.origin(of: range)
        return String(String.UnicodeScalarView(self.source[scalars]))
    }

    func origin(of range: Range<Int>) -> Range<Int> {
        guard let first = range.first else { return 0..<0 }
        return self.origins[first].lowerBound..<self.origins[range.upperBound - 1].upperBound
    }

    /// The original without some ranges of it.
    func original(without ranges: [Range<Int>]) -> String {
        var text = String.UnicodeScalarView()
        let dropped = ranges.map(self.origin)
        for (index, scalar) in self.source.enumerated() {
            if !dropped.contains(where: { $0.contains(index) }) { text.append(scalar) }
        }
        return String(text)
    }
}
