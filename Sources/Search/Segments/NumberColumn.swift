/// Numbers of all documents in as few bytes as the widest needs.
enum SegmentColumns {
    /// Columns of a kind at most.
    static let limit = 24

    static func encode(_ values: [Int64]) -> [UInt8] {
        let lowest = values.min() ?? 0
        let span = UInt64(bitPattern: (values.max() ?? 0) &- lowest)
        let width = (UInt64.bitWidth - span.leadingZeroBitCount + 7) / 8
        var bytes = UInt64(bitPattern: lowest).littleEndianBytes + UInt64(width).littleEndianBytes
        bytes.reserveCapacity(16 + values.count * width)
        for value in values {
            let rest = UInt64(bitPattern: value &- lowest)
            for byte in 0..<width { bytes.append(UInt8(truncatingIfNeeded: rest >> UInt64(byte * 8))) }
        }
        // A number is read as eight bytes.
        return bytes + [UInt8](repeating: 0, count: 8)
    }
}

/// A column of numbers as it is read.
struct NumberColumn: Sendable {
    private let values: ByteRange
    let lowest: Int64
    private let width: Int
    private let mask: UInt64

    init(_ bytes: ByteRange) {
        self.lowest = Int64(bitPattern: bytes.load(0, as: UInt64.self))
        self.width = Int(min(8, bytes.load(8, as: UInt64.self)))
        self.mask = self.width == 8 ? .max : (1 << UInt64(self.width * 8)) - 1
        self.values = bytes.part(16, bytes.count - 16)
    }

    /// How many numbers there are; where all are the same, they take no bytes.
    func holds(_ count: Int) -> Bool { self.values.count == count * self.width + 8 }

    /// What no value is above; one may well be below.
    var highest: Int64 {
        guard self.width < 8 else { return .max }
        let (sum, isTooLarge) = self.lowest.addingReportingOverflow(Int64(clamping: self.mask))
        return isTooLarge ? .max : sum
    }

    @inline(__always)
    func value(_ document: Int) -> Int64 {
        self.lowest &+ Int64(bitPattern: self.values.load(document &* self.width, as: UInt64.self) & self.mask)
    }
}
