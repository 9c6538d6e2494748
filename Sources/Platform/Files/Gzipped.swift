import CZlib

/// A text as gzip, for clients that take it so.
package enum Gzipped {
    package static func bytes(of text: [UInt8]) -> [UInt8] {
        var stream = z_stream()
        precondition(souk_gzip_begin(&stream) == Z_OK, "there is memory for a window")
        defer { deflateEnd(&stream) }
        let bound = Int(deflateBound(&stream, UInt(text.count)))
        return [UInt8](unsafeUninitializedCapacity: bound) { buffer, count in
            let result = text.withUnsafeBufferPointer { text in
                stream.next_in = UnsafeMutablePointer(mutating: text.baseAddress)
                stream.avail_in = UInt32(text.count)
                stream.next_out = buffer.baseAddress!
                stream.avail_out = UInt32(bound)
                return deflate(&stream, Z_FINISH)
            }
            precondition(result == Z_STREAM_END, "a buffer of the bound suffices")
            count = bound - Int(stream.avail_out)
        }
    }
}
