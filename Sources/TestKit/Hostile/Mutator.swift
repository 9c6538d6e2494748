/// Changes bytes as a fuzzer does, the same for the same seed: turns bits, puts in what formats stumble over, cuts, repeats and joins.
package struct Mutator {
    private var random: SeededGenerator
    private let pieces: [[UInt8]]

    private static let oddities =
        [
            "\"", "\\", "'", "<", ">", "&", ";", ",", "=", "\r\n", "\n", "\0", "%00", "%2e%2e", "..", "//", "\\u0000",
            "\\ud800", "1e999", "-",
            "9223372036854775808", "[[[[", "{\"\":", "null", "--b", "\r\n--b\r\n", "T", "Z", "+", "@", "bytes=0-",
            "\u{FEFF}",
        ] + Joiners.all

    /// - Parameter seeds: whose pieces are put into each other.
    package init(seed: UInt64, seeds: [[UInt8]]) {
        self.random = SeededGenerator(seed: seed)
        self.pieces = seeds
    }

    package mutating func next() -> [UInt8] {
        var bytes = self.pieces.randomElement(using: &self.random) ?? []
        for _ in 0..<Int.random(in: 1...6, using: &self.random) { self.change(&bytes) }
        return Array(bytes.prefix(64 * 1024))
    }

    private mutating func change(_ bytes: inout [UInt8]) {
        let place = Int.random(in: 0...bytes.count, using: &self.random)
        switch Int.random(in: 0..<6, using: &self.random) {
        case 0:
            guard place < bytes.count else { return }
            bytes[place] ^= 1 << UInt8.random(in: 0..<8, using: &self.random)
        case 1: bytes.insert(contentsOf: Array(Self.oddities.randomElement(using: &self.random)!.utf8), at: place)
        case 2: bytes.removeSubrange(place..<min(bytes.count, place + Int.random(in: 0...8, using: &self.random)))
        case 3:
            let end = min(bytes.count, place + Int.random(in: 0...16, using: &self.random))
            bytes.insert(contentsOf: Array(bytes[place..<end]), at: place)
        case 4: bytes.insert(UInt8.random(in: 0...255, using: &self.random), at: place)
        default:
            let other = self.pieces.randomElement(using: &self.random) ?? []
            bytes = Array(bytes[..<place]) + other.suffix(Int.random(in: 0...other.count, using: &self.random))
        }
    }
}
