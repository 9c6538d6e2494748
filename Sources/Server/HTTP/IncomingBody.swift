import HTTPTypes
import NIOCore
import NIOHTTP1
import NIOHTTPTypesHTTP1

/// A body that is still coming. It can be read once.
struct IncomingBody: AsyncSequence, Sendable {
    typealias Element = ByteBuffer

    private let connection: NIOLoopBound<HTTPConnection>
    private let number: Int

    init(_ connection: NIOLoopBound<HTTPConnection>, of number: Int) {
        self.connection = connection
        self.number = number
    }

    func makeAsyncIterator() -> AsyncIterator { AsyncIterator(connection: self.connection, number: self.number) }

    struct AsyncIterator: AsyncIteratorProtocol {
        let connection: NIOLoopBound<HTTPConnection>
        let number: Int

        func next() async throws -> ByteBuffer? {
            try await self.connection.run { try await $0.nextChunk(of: self.number) }
        }
    }
}

extension HTTPRequest {
    /// The path of nearly every request needs no conversion.
    init(reading head: HTTPRequestHead) throws {
        guard head.uri.utf8.first == UInt8(ascii: "/") else {
            try self.init(head, secure: false, splitCookie: false)
            return
        }
        self.init(
            method: try Method(head.method),
            scheme: "http",
            authority: head.headers.first(name: "host"),
            path: head.uri,
            headerFields: HTTPFields(head.headers, splitCookie: false)
        )
    }
}
