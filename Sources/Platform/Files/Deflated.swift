import CZlib
import Kernel

/// Text that is kept compressed in a row (zlib).
package enum Deflated {
    package struct Damaged: Error {
        package init() {}
    }

    package static func bytes(of text: [UInt8]) -> [UInt8] {
        var stream = z_stream()
        precondition(souk_deflate_begin(&stream) == Z_OK, "there is memory for a small window")
        defer { deflateEnd(&stream) }
        let bound = Int(deflateBound(&stream, UInt(text.count)))
        return [UInt8](unsafeUninitializedCapacity: bound + 4) { buffer, count in
            // The length stands before it, so that reading needs one try.
            for index in 0..<4 { buffer[index] = UInt8(truncatingIfNeeded: text.count >> (8 * index)) }
            let result = text.withUnsafeBufferPointer { text in
                stream.next_in = UnsafeMutablePointer(mutating: text.baseAddress)
                stream.avail_in = UInt32(text.count)
                stream.next_out = buffer.baseAddress! + 4
                stream.avail_out = UInt32(bound)
                return deflate(&stream, Z_FINISH)
            }
            precondition(result == Z_STREAM_END, "a buffer of the bound suffices")
            count = bound + 4 - Int(stream.avail_out)
        }
    }

    /// Throws ``Damaged``.
    package static func text(of bytes: [UInt8]) throws -> [UInt8] {
        guard bytes.count > 4 else { throw Damaged() }
        let count = (0..<4).reduce(0) { $0 | Int(bytes[$1]) << (8 * $1) }
        guard count <= 64 << 20 else { throw Damaged() }
        var length = UInt(count)
        var buffer = [UInt8](repeating: 0, count: max(1, count))
        let result = buffer.withUnsafeMutableBufferPointer { buffer in
            bytes.withUnsafeBufferPointer { bytes in
                uncompress(buffer.baseAddress, &length, bytes.baseAddress! + 4, UInt(bytes.count - 4))
            }
        }
        guard result == Z_OK, length == count else { throw Damaged() }
        return Array(buffer.prefix(count))
    }
}
