import CZlib
import Foundation

/// Bytes of a segment: in memory, or a file that is mapped.
///
/// Reading beyond the end gives zeros, so that a damaged file cannot harm the process.
final class SegmentBytes: Sendable {
    nonisolated(unsafe) let start: UnsafeRawPointer
    let count: Int
    private let isMapped: Bool

    init(_ bytes: [UInt8]) {
        let copy = UnsafeMutableRawPointer.allocate(byteCount: max(bytes.count, 1), alignment: 16)
        bytes.withUnsafeBytes { if let base = $0.baseAddress { copy.copyMemory(from: base, byteCount: bytes.count) } }
        self.start = UnsafeRawPointer(copy)
        self.count = bytes.count
        self.isMapped = false
    }

    /// Throws `SearchDamage` when the file cannot be mapped.
    init(path: String) throws {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw SearchDamage("\(path) cannot be opened") }
        defer { close(descriptor) }
        var status = stat()
        guard fstat(descriptor, &status) == 0, status.st_size > 0,
            let start = mmap(nil, Int(status.st_size), PROT_READ, MAP_SHARED, descriptor, 0), start != MAP_FAILED
        else { throw SearchDamage("\(path) cannot be mapped") }
        self.start = UnsafeRawPointer(start)
        self.count = Int(status.st_size)
        self.isMapped = true
    }

    deinit {
        if self.isMapped {
            munmap(UnsafeMutableRawPointer(mutating: self.start), self.count)
        } else {
            UnsafeMutableRawPointer(mutating: self.start).deallocate()
        }
    }

    var all: ByteRange { ByteRange(owner: self, start: 0, count: self.count) }

    /// Of all bytes but the last `tail`.
    func checksum(without tail: Int) -> UInt32 {
        var crc: UInt = 0
        var offset = 0
        let end = max(0, self.count - tail)
        while offset < end {
            let length = min(1 << 20, end - offset)
            crc = crc32(crc, (self.start + offset).assumingMemoryBound(to: UInt8.self), UInt32(length))
            offset += length
        }
        return UInt32(truncatingIfNeeded: crc)
    }
}

/// A file of the index does not hold what it should.
struct SearchDamage: Error, CustomStringConvertible {
    let description: String
    init(_ description: String) { self.description = description }
}

/// A part of a segment. Offsets are checked: whatever lies outside is zero or empty.
struct ByteRange: Sendable {
    private let owner: SegmentBytes
    let start: Int
    let count: Int

    init(owner: SegmentBytes, start: Int, count: Int) {
        self.owner = owner
        self.start = max(0, min(start, owner.count))
        self.count = max(0, min(count, owner.count - self.start))
    }

    func part(_ offset: Int, _ count: Int) -> ByteRange {
        let offset = max(0, min(offset, self.count))
        return ByteRange(owner: self.owner, start: self.start + offset, count: min(max(0, count), self.count - offset))
    }

    /// Valid as long as the segment lives.
    var pointer: UnsafeRawPointer { self.owner.start + self.start }

    @inline(__always)
    func load<T: FixedWidthInteger & BitwiseCopyable>(_ offset: Int, as _: T.Type = T.self) -> T {
        guard offset >= 0, offset <= self.count &- MemoryLayout<T>.size else { return 0 }
        return T(littleEndian: self.pointer.loadUnaligned(fromByteOffset: offset, as: T.self))
    }

    @inline(__always)
    func byte(_ offset: Int) -> UInt8 { self.load(offset) }

    /// A number of seven bits a byte, and what follows it.
    @inline(__always)
    func varint(_ offset: inout Int) -> Int {
        var value: UInt64 = 0
        var shift: UInt64 = 0
        while offset < self.count, shift < 63 {
            let byte = self.pointer.load(fromByteOffset: offset, as: UInt8.self)
            offset &+= 1
            value |= UInt64(byte & 0x7F) << shift
            if byte < 0x80 { return Int(truncatingIfNeeded: value & 0x7FFF_FFFF_FFFF_FFFF) }
            shift &+= 7
        }
        return 0
    }

    func bytes(_ offset: Int, _ count: Int) -> UnsafeRawBufferPointer {
        let part = self.part(offset, count)
        return UnsafeRawBufferPointer(start: part.pointer, count: part.count)
    }
}

/// Writes a segment, into memory or piece by piece into a file.
final class ByteWriter {
    private(set) var count = 0
    private var buffer: [UInt8] = []
    private let file: FileHandle?
    private var crc: UInt = 0

    private static let pieceBytes = 1 << 20

    init(file: FileHandle? = nil) { self.file = file }

    func append(_ bytes: some Collection<UInt8>) throws {
        self.buffer.append(contentsOf: bytes)
        self.count += bytes.count
        if self.file != nil, self.buffer.count >= Self.pieceBytes { try self.flush() }
    }

    func append(_ bytes: UnsafeRawBufferPointer) throws {
        self.buffer.append(contentsOf: bytes)
        self.count += bytes.count
        if self.file != nil, self.buffer.count >= Self.pieceBytes { try self.flush() }
    }

    func append<T: FixedWidthInteger>(_ value: T) throws {
        try withUnsafeBytes(of: value.littleEndian) { try self.append($0) }
    }

    /// The checksum of everything so far.
    func checksum() throws -> UInt32 {
        try self.flush()
        return UInt32(truncatingIfNeeded: self.crc)
    }

    /// What stands in memory.
    func finish() throws -> [UInt8] {
        if self.file != nil { try self.flush() }
        return self.buffer
    }

    private var summed = 0

    private func flush() throws {
        self.buffer.withUnsafeBufferPointer { bytes in
            guard let base = bytes.baseAddress, bytes.count > self.summed else { return }
            self.crc = crc32(self.crc, base + self.summed, UInt32(bytes.count - self.summed))
        }
        self.summed = self.buffer.count
        guard let file else { return }
        try file.write(contentsOf: self.buffer)
        self.buffer.removeAll(keepingCapacity: true)
        self.summed = 0
    }
}

extension [UInt8] {
    mutating func appendVarint(_ value: Int) {
        var rest = UInt64(truncatingIfNeeded: value)
        while rest >= 0x80 {
            self.append(UInt8(rest & 0x7F) | 0x80)
            rest >>= 7
        }
        self.append(UInt8(rest))
    }

    mutating func appendInteger<T: FixedWidthInteger>(_ value: T) {
        Swift.withUnsafeBytes(of: value.littleEndian) { self.append(contentsOf: $0) }
    }
}
