import Hummingbird
import Kernel
import NIOCore

/// A long answer that is complete in memory. It counts against the body budget until the client has read it. It is written in pieces, so
/// that this moment is known.
enum LongAnswer {
    private static let length = 256 * 1024
    private static let pieceLength = 64 * 1024

    static func isLong(_ response: Response) -> Bool { response.body.contentLength ?? 0 > self.length }

    /// Throws the problems of ``BodyBudget``.
    static func holding(_ response: Response, _ context: AppContext) async throws -> Response {
        let length = response.body.contentLength ?? 0
        let lease = BodyLease(context.bodies, address: context.limitKey)
        try lease.grow(by: length)
        let whole = try await response.collect(upTo: length)
        var held = response
        held.body = ResponseBody(contentLength: length) { writer in
            var rest = whole
            while let piece = rest.readSlice(length: min(Self.pieceLength, rest.readableBytes)), piece.readableBytes > 0
            {
                try await writer.write(piece)
            }
            try await writer.finish(nil)
            withExtendedLifetime(lease) {}
        }
        return held
    }
}
