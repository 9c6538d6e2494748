import HTTPTypes
import Hummingbird
package import NIOCore

/// A request's body that was read whole, and its place in the budget.
package struct BufferedBody: Sendable {
    package let bytes: ByteBuffer
    private let lease: BodyLease?

    fileprivate init(bytes: ByteBuffer, lease: BodyLease?) {
        self.bytes = bytes
        self.lease = lease
    }

    /// A body that did not come from a client.
    package init(holding bytes: ByteBuffer) { self.init(bytes: bytes, lease: nil) }

    package static let empty = BufferedBody(bytes: ByteBuffer(), lease: nil)
}

extension Call {
    /// Reads the body. Throws *too large*, and the problems of ``BodyBudget``.
    ///
    /// - Parameters:
    ///   - patience: bytes after which `isWanted` is asked, once, before any more is read.
    ///   - isWanted: throws when the request comes to nothing whatever else it holds.
    package func collectBody(
        upTo limit: Int,
        patience: Int = .max,
        isWanted: () async throws -> Void = {}
    ) async throws -> BufferedBody {
        let length = self.request.headers[.contentLength].flatMap { Int($0) } ?? 0
        guard length <= limit else { throw NIOTooManyBytesError(maxBytes: limit) }
        var mustAsk = true
        if length > patience {
            try await isWanted()
            mustAsk = false
        }
        let lease = BodyLease(self.context.bodies, address: self.context.limitKey)
        var bytes = ByteBuffer()
        for try await chunk in self.request.body {
            guard bytes.readableBytes + chunk.readableBytes <= limit else {
                throw NIOTooManyBytesError(maxBytes: limit)
            }
            try lease.grow(by: chunk.readableBytes)
            if bytes.readableBytes == 0 { bytes = chunk } else { bytes.writeImmutableBuffer(chunk) }
            if mustAsk, bytes.readableBytes > patience {
                try await isWanted()
                mustAsk = false
            }
        }
        return BufferedBody(bytes: bytes, lease: lease)
    }
}
