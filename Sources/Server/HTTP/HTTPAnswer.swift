import HTTPTypes
import HummingbirdCore
import NIOCore
import NIOHTTP1
import Web

/// The answer to one request on its way out: its head, its framing, and how much of it has been written.
struct HTTPAnswer {
    /// Bodies up to this size are written together with what stands before them.
    private static let copiedBytes = 16 * 1024

    private enum Framing {
        /// The status or the method has no body.
        case none
        case length(left: Int)
        case chunked
        /// Until the connection ends: for HTTP/1.0.
        case untilClose
    }

    private let isHead: Bool
    private let isOld: Bool
    /// Whether the client wants to use the connection again.
    private let keepsAlive: Bool
    private var framing = Framing.none
    private(set) var closes = false
    private(set) var hasEnded = false
    /// The head, until something is written after it.
    private var head: ByteBuffer?

    init(to request: HTTPRequestHead) {
        self.isHead = request.method == .HEAD
        self.isOld = request.version != .http1_1
        // The parser reads nothing after what could have become another protocol.
        let isUpgrade = request.method == .CONNECT || request.headers.contains(name: "upgrade")
        self.keepsAlive = request.isKeepAlive && !isUpgrade
    }

    /// - Parameters:
    ///   - date: of the header `Date`.
    ///   - isLast: whether the connection ends with it.
    mutating func begin(_ response: Response, date: String, isLast: Bool) {
        let status = response.status
        let given = status.reasonPhrase
        let reason = given.isEmpty ? HTTPResponseStatus(statusCode: status.code).reasonPhrase : given
        self.closes = isLast || !self.keepsAlive
        var length: Int?
        var size = 256 + reason.utf8.count
        // How the answer is framed is decided here.
        for field in response.headers {
            switch field.name {
            case .contentLength: length = Int(field.value)
            case .connection: self.closes = self.closes || field.value.lowercased() == "close"
            default: size += field.name.rawName.utf8.count + field.value.utf8.count + 4
            }
        }
        self.framing = self.framing(of: status, length)
        if case .untilClose = self.framing { self.closes = true }
        let body = response.body.contentLength ?? 0
        var bytes = ByteBufferAllocator().buffer(capacity: size + (body <= Self.copiedBytes ? body : 0))
        bytes.writeWithUnsafeMutableBytes(minimumWritableBytes: size) { bytes in
            var head = HeadWriter(bytes)
            head.write("HTTP/1.1 ")
            head.write(String(status.code))
            head.write(" ")
            head.write(reason)
            head.write("\r\n")
            for field in response.headers {
                switch field.name {
                case .contentLength, .connection, .transferEncoding, .date, .server: break
                default: head.write(field.name.rawName, field.value)
                }
            }
            if let length, status.hasBody { head.write("Content-Length", String(length)) }
            if case .chunked = self.framing { head.write("Transfer-Encoding", "chunked") }
            head.write("Date", date)
            head.write("Server", "Souk")
            if self.closes {
                head.write("Connection", "close")
            } else if self.isOld {
                head.write("Connection", "keep-alive")
            }
            head.write("\r\n")
            return head.count
        }
        self.head = bytes
    }

    private func framing(of status: HTTPResponse.Status, _ length: Int?) -> Framing {
        if !status.hasBody || self.isHead { return .none }
        if let length { return .length(left: length) }
        return self.isOld ? .untilClose : .chunked
    }

    /// What a chunk of the body adds to the connection, and whether the body is complete with it, so that only its end follows.
    mutating func add(_ chunk: ByteBuffer) throws -> (bytes: [ByteBuffer], isComplete: Bool) {
        var first = self.head.take() ?? ByteBuffer()
        var isComplete = false
        switch self.framing {
        case .none: return ([first], true)
        case .length(let left):
            guard chunk.readableBytes <= left else { throw HTTPAnswerError.tooLong }
            self.framing = .length(left: left - chunk.readableBytes)
            isComplete = chunk.readableBytes == left
        case .chunked:
            guard chunk.readableBytes > 0 else { return ([first], false) }
            first.writeString(String(chunk.readableBytes, radix: 16))
            first.writeStaticString("\r\n")
        case .untilClose: break
        }
        guard chunk.readableBytes > Self.copiedBytes else {
            first.writeImmutableBuffer(chunk)
            if case .chunked = self.framing { first.writeStaticString("\r\n") }
            return ([first], isComplete)
        }
        if case .chunked = self.framing { return ([first, chunk, ByteBuffer(staticString: "\r\n")], false) }
        return (first.readableBytes == 0 ? [chunk] : [first, chunk], isComplete)
    }

    /// What is written last; throws when the body has been shorter than its head says.
    mutating func end() throws -> ByteBuffer {
        self.hasEnded = true
        var last = self.head.take() ?? ByteBuffer()
        switch self.framing {
        case .length(let left): guard left == 0 else { throw HTTPAnswerError.tooShort }
        case .chunked: last.writeStaticString("0\r\n\r\n")
        case .none, .untilClose: break
        }
        return last
    }
}

/// A body whose length is not what its head says. The client is not left to guess: its connection ends.
enum HTTPAnswerError: Error {
    case tooLong
    case tooShort
}

/// Writes the body of the connection's present answer.
struct HTTPAnswerWriter: SharedBodyWriter {
    let connection: NIOLoopBound<HTTPConnection>

    func write(_ chunk: ByteBuffer) async throws {
        try await self.connection.run { connection in
            guard let (bytes, isComplete) = try connection.answer?.add(chunk) else { return }
            for part in bytes where part.readableBytes > 0 { try connection.write(part) }
            // With its end, which follows at once.
            if isComplete { return }
            connection.flush()
            try await connection.untilWritable()
        }
    }

    consuming func finish(_: HTTPFields?) async throws {
        try await self.connection.run { connection in
            guard let last = try connection.answer?.end() else { return }
            if last.readableBytes > 0 { try connection.write(last) }
            connection.flush()
            // Answers to somebody who does not read must not heap up.
            try await connection.untilWritable()
        }
    }
}

/// Writes lines into memory that has room for them.
private struct HeadWriter {
    private let bytes: UnsafeMutableRawBufferPointer
    private(set) var count = 0

    init(_ bytes: UnsafeMutableRawBufferPointer) { self.bytes = bytes }

    mutating func write(_ text: String) {
        var text = text
        text.withUTF8 { text in
            UnsafeMutableRawBufferPointer(rebasing: self.bytes[self.count...]).copyBytes(from: text)
            self.count += text.count
        }
    }

    mutating func write(_ name: String, _ value: String) {
        self.write(name)
        self.write(": ")
        self.write(value)
        self.write("\r\n")
    }
}

extension HTTPResponse.Status {
    fileprivate var hasBody: Bool { self.code >= 200 && self.code != 204 && self.code != 304 }
}
