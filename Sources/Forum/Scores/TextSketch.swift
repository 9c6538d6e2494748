import Foundation
import Kernel

/// The 128 smallest hashes of a text's five-character pieces: two texts are alike by the share of them that they have in common.
struct TextSketch: Sendable, Equatable {
    static let size = 128
    private static let piece = 5
    private static let leastPieces = 20

    /// Sorted, each once.
    let hashes: [UInt64]
    /// Of the whole text, for short ones.
    private let whole: UInt64

    init(_ text: String) {
        let characters = Array(Self.folded(text).unicodeScalars.map(\.value))
        var all: Set<UInt64> = []
        if characters.count >= Self.piece {
            for start in 0...(characters.count - Self.piece) {
                all.insert(Self.hash(characters[start..<(start + Self.piece)]))
            }
        }
        self.hashes = all.count < Self.leastPieces ? [] : Array(all.sorted().prefix(Self.size))
        self.whole = Self.hash(characters[...])
    }

    /// From 0 to 1.
    func likeness(to other: TextSketch) -> Double {
        guard !self.hashes.isEmpty, !other.hashes.isEmpty else { return self.whole == other.whole ? 1 : 0 }
        // Both are sorted: the smallest of both come in one walk.
        var (mine, theirs, seen, shared) = (0, 0, 0, 0)
        while seen < Self.size, mine < self.hashes.count || theirs < other.hashes.count {
            let left = mine < self.hashes.count ? self.hashes[mine] : .max
            let right = theirs < other.hashes.count ? other.hashes[theirs] : .max
            if left == right { shared += 1 }
            if left <= right { mine += 1 }
            if right <= left { theirs += 1 }
            seen += 1
        }
        return Double(shared) / Double(seen)
    }

    // MARK: Text

    /// Compatible forms, small letters, single blanks, no hidden characters, and of addresses only their hosts.
    static func folded(_ text: String) -> String {
        let plain = text.precomposedStringWithCompatibilityMapping.lowercased()
        let visible = String(
            String.UnicodeScalarView(
                plain.unicodeScalars.filter { scalar in
                    !HiddenText.isHidden(scalar) || scalar.properties.isWhitespace
                }
            )
        )
        return visible.split(whereSeparator: \.isWhitespace).map { word in
            let isAddress = ["http://", "https://"].contains { word.bytewise.starts(with: $0) }
            return isAddress ? HTTPSAddress.host(of: String(word)) ?? String(word) : String(word)
        }.joined(separator: " ")
    }

    /// FNV-1a of the UTF-8 bytes, and the finaliser of murmur3.
    private static func hash(_ characters: ArraySlice<UInt32>) -> UInt64 {
        var hash: UInt64 = 0xCBF2_9CE4_8422_2325
        for value in characters {
            guard let scalar = Unicode.Scalar(value) else { continue }
            for byte in UTF8.encode(scalar)! { hash = (hash ^ UInt64(byte)) &* 0x0000_0100_0000_01B3 }
        }
        hash = (hash ^ (hash >> 33)) &* 0xFF51_AFD7_ED55_8CCD
        hash = (hash ^ (hash >> 33)) &* 0xC4CE_B9FE_1A85_EC53
        return hash ^ (hash >> 33)
    }

    // MARK: Stored

    var stored: [UInt8] {
        ([self.whole] + self.hashes).flatMap { value in (0..<8).map { UInt8(truncatingIfNeeded: value >> (8 * $0)) } }
    }

    init(stored bytes: [UInt8]) {
        let values = bytes.withUnsafeBytes { raw in
            (0..<(raw.count / 8)).map {
                UInt64(littleEndian: raw.loadUnaligned(fromByteOffset: 8 * $0, as: UInt64.self))
            }
        }
        self.whole = values.first ?? 0
        self.hashes = Array(values.dropFirst())
    }
}
