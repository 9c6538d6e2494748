import HTTPTypes
package import Hummingbird
import Kernel
import NIOCore
import Platform

/// A text that is the same for everybody until the server ends: with its tag, and compressed for whoever takes it so.
package struct KeptText: Sendable {
    private let type: String
    private let plain: ByteBuffer
    private let gzipped: ByteBuffer

    package init(_ bytes: [UInt8], type: String) {
        self.type = type
        self.plain = ByteBuffer(bytes: bytes)
        self.gzipped = ByteBuffer(bytes: Gzipped.bytes(of: bytes))
    }

    package init(_ text: String, type: String) { self.init(Array(text.utf8), type: type) }

    package func response(to request: Request) -> Response {
        let takesGzip = Self.takesGzip(request.headers[.acceptEncoding] ?? "")
        let body = takesGzip ? self.gzipped : self.plain
        var response = Response(
            status: .ok,
            headers: [
                .contentType: self.type, .vary: "Accept-Encoding", .cacheControl: "public, max-age=300",
            ],
            body: ResponseBody(byteBuffer: body)
        )
        if takesGzip { response.headers[.contentEncoding] = "gzip" }
        // Each encoding has a tag of its own.
        return response.tagged(takesGzip ? "gzip" : "1", body, for: request)
    }

    private static func takesGzip(_ header: String) -> Bool {
        let codings = header.lowercased().bytewise.list(",").map { $0.bytewise.list(";") }
        // characters: members of a list, not of a text
        return codings.contains { $0.first == "gzip" && $0.dropFirst().allSatisfy { $0 != "q=0" && $0 != "q=0.0" } }
    }
}
