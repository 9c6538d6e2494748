import Foundation
import Kernel
import NIOCore
import NIOHTTP1

/// What two servers could read in two ways (RFC 9112, sections 3.2 and 6.1): HTTP/1.1 names one host, the only transfer coding is chunked, and
/// HTTP/1.0 knows none.
enum RequestHeadRules {
    static func isClear(_ head: HTTPRequestHead) -> Bool {
        var hosts = 0
        var codings = 0
        for (name, value) in head.headers {
            switch name.utf8.count {
            case 4 where name.lowercased() == "host":
                hosts += 1
                if !Self.isHost(value) { return false }
            case 17 where name.lowercased() == "transfer-encoding":
                codings += 1
                if value.lowercased() != "chunked" { return false }
            default: break
            }
        }
        return head.version == .http1_1 ? hosts == 1 && codings <= 1 : hosts <= 1 && codings == 0
    }

    /// RFC 3986, section 3.2.2, with a port; also empty.
    private static func isHost(_ value: String) -> Bool { value.utf8.allSatisfy { Self.ofHosts[Int($0)] } }

    private static let ofHosts: [Bool] = (0..<256).map { byte in
        switch UInt8(byte) {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"): true
        case UInt8(ascii: "0")...UInt8(ascii: "9"): true
        case let other: "-._~%!$&'()*+,;=:[]".utf8.contains(other)
        }
    }
}

/// An answer to what is no request, which no surface words.
struct BareAnswer {
    let status: HTTPResponseStatus
    let text: String

    init(status: HTTPResponseStatus, _ text: String) {
        self.status = status
        self.text = text
    }

    var bytes: ByteBuffer {
        ByteBuffer(
            string: """
                HTTP/1.1 \(self.status.code) \(self.status.reasonPhrase)\r
                Date: \(HTTPDate().text)\r
                Connection: close\r
                Content-Type: text/plain; charset=utf-8\r
                Content-Length: \(self.text.utf8.count + 1)\r
                X-Request-Id: \(UUID().uuidString.lowercased())\r
                X-Souk-Problem: bad_request\r
                \r
                \(self.text)

                """
        )
    }
}
