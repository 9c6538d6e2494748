import Hummingbird
import Kernel
import NIOCore

/// An answer that is made whole and is long: it has its place in the budget of bodies until its client has taken it, and is written
/// piece by piece, so that it is known when that is.
enum LongAnswer {
    private static let length = 256 * 1024
    private static let pieceLength = 64 * 1024

    static func isLong(_ response: Response) -> Bool { response.body.contentLength ?? 0 > self.length }

    /// Throws what the budget has to say.
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
