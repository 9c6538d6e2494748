import CZlib
import Kernel

/// Text that is kept compressed in a row (zlib).
package enum Deflated {
    package struct Damaged: Error {
        package init() {}
    }

    package static func bytes(of text: [UInt8]) -> [UInt8] {
        var length = compressBound(UInt(text.count))
        var buffer = [UInt8](repeating: 0, count: Int(length) + 4)
        // The length stands before it, so that reading needs one try.
        for index in 0..<4 { buffer[index] = UInt8(truncatingIfNeeded: text.count >> (8 * index)) }
        let result = buffer.withUnsafeMutableBufferPointer { buffer in
            text.withUnsafeBufferPointer { text in
                compress2(buffer.baseAddress! + 4, &length, text.baseAddress, UInt(text.count), Z_BEST_SPEED)
            }
        }
        precondition(result == Z_OK, "a buffer of the bound suffices")
        return Array(buffer.prefix(4 + Int(length)))
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
