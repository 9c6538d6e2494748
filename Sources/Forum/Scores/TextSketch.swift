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
        var all: [UInt64] = []
        if characters.count >= Self.piece {
            all = (0...(characters.count - Self.piece)).map { Self.hash(characters[$0..<($0 + Self.piece)]) }
            all.sort()
            all = all.indices.filter { $0 == 0 || all[$0] != all[$0 - 1] }.map { all[$0] }
        }
        self.hashes = all.count < Self.leastPieces ? [] : Array(all.prefix(Self.size))
        self.whole = Self.hash(characters[...])
    }

    /// From 0 to 1.
    func likeness(to other: TextSketch) -> Double { self.likeness(toStored: other.stored, above: 0) }

    /// The same, of another text as it is stored; 0 where it is surely not more than the floor.
    func likeness(toStored bytes: [UInt8], above floor: Double) -> Double {
        bytes.withUnsafeBytes { stored in
            let count = max(0, stored.count / 8 - 1)
            guard !self.hashes.isEmpty, count > 0 else {
                return stored.count >= 8 && self.whole == Self.hash(-1, stored) ? 1 : 0
            }
            return self.hashes.withUnsafeBufferPointer { Self.likeness($0, stored, count, above: floor) }
        }
    }

    /// Both are sorted: the smallest of both come in one walk.
    private static func likeness(
        _ mine: UnsafeBufferPointer<UInt64>,
        _ theirs: UnsafeRawBufferPointer,
        _ count: Int,
        above floor: Double
    ) -> Double {
        let mostMisses = Int(Double(Self.size) * (1 - floor))
        var (place, other, shared, seen) = (0, 0, 0, 0)
        // Without branches on what is compared, which nobody can predict.
        while place < mine.count, other < count, seen < Self.size {
            let (left, right) = (mine[place], Self.hash(other, theirs))
            shared &+= left == right ? 1 : 0
            place &+= left <= right ? 1 : 0
            other &+= right <= left ? 1 : 0
            seen &+= 1
            if seen &- shared > mostMisses { return 0 }
        }
        // What one of them has beyond the other's end.
        seen = min(Self.size, seen + mine.count - place + count - other)
        return Double(shared) / Double(seen)
    }

    /// Of a stored sketch; at -1 that of the whole text.
    @inline(__always)
    private static func hash(_ index: Int, _ stored: UnsafeRawBufferPointer) -> UInt64 {
        UInt64(littleEndian: stored.loadUnaligned(fromByteOffset: 8 * (index + 1), as: UInt64.self))
    }

    // MARK: Text

    /// Compatible forms, small letters, single blanks, no hidden characters, and of addresses only their hosts.
    static func folded(_ text: String) -> String {
        if let plain = Self.foldedPlainly(text) { return plain }
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

    /// The same of ASCII without addresses, which most texts of English are; nil for others.
    private static func foldedPlainly(_ text: String) -> String? {
        guard text.utf8.allSatisfy({ $0 < 0x80 }) else { return nil }
        var bytes: [UInt8] = []
        bytes.reserveCapacity(text.utf8.count)
        var isBlank = false
        for byte in text.utf8 {
            switch byte {
            case 0x20, 0x09...0x0D: isBlank = !bytes.isEmpty
            // Control characters are hidden.
            case ..<0x20, 0x7F: continue
            default:
                if isBlank { bytes.append(0x20) }
                isBlank = false
                bytes.append((0x41...0x5A).contains(byte) ? byte | 0x20 : byte)
            }
        }
        let folded = String(decoding: bytes, as: UTF8.self)
        return folded.bytewise.contains("http") ? nil : folded
    }

    /// FNV-1a of the UTF-8 bytes, and the finaliser of murmur3.
    private static func hash(_ characters: ArraySlice<UInt32>) -> UInt64 {
        var hash: UInt64 = 0xCBF2_9CE4_8422_2325
        for value in characters {
            if value < 0x80 {
                hash = (hash ^ UInt64(value)) &* 0x0000_0100_0000_01B3
            } else if let scalar = Unicode.Scalar(value) {
                for byte in UTF8.encode(scalar)! { hash = (hash ^ UInt64(byte)) &* 0x0000_0100_0000_01B3 }
            }
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
