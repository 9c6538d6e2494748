package import Hummingbird
package import NIOCore

/// A writer that several tasks may write to, each of them whole pieces.
package protocol SharedBodyWriter: ResponseBodyWriter, Sendable {}

extension Response {
    /// The whole body. Throws *too large* beyond the limit.
    package func collect(upTo limit: Int) async throws -> ByteBuffer {
        let (buffer, length) = try await self.collect(keeping: limit)
        guard length <= limit else { throw NIOTooManyBytesError(maxBytes: limit) }
        return buffer
    }

    /// The beginning of the body, and the length of the whole, which is read to its end.
    ///
    /// - Parameter most: bytes after which no more is read.
    package func collect(keeping limit: Int, most: Int = .max) async throws -> (beginning: ByteBuffer, length: Int) {
        let collected = Collected(limit: limit)
        do { try await self.body.write(Collector(collected: collected, most: most)) } catch is Collector.Enough {}
        return (collected.buffer, collected.length)
    }

    /// Written by one task, from beginning to end.
    private final class Collected {
        let limit: Int
        var buffer = ByteBuffer()
        var length = 0
        init(limit: Int) { self.limit = limit }
    }

    private struct Collector: ResponseBodyWriter {
        struct Enough: Error {}

        let collected: Collected
        let most: Int

        mutating func write(_ buffer: ByteBuffer) async throws {
            guard self.collected.length <= self.most else { throw Enough() }
            let room = self.collected.limit - self.collected.buffer.readableBytes
            self.collected.length += buffer.readableBytes
            if room > 0 {
                self.collected.buffer.writeImmutableBuffer(
                    buffer.getSlice(at: buffer.readerIndex, length: min(room, buffer.readableBytes))!
                )
            }
        }

        consuming func finish(_: HTTPFields?) async throws {}
    }
}
