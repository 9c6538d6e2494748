package import Kernel

/// Ties together what one request did, here and elsewhere: the trace of W3C Trace Context and the request's own id.
package struct Trace: Sendable, Equatable {
    /// 32 lower-case hexadecimal digits.
    package let traceID: String
    package let requestID: String

    package init(traceID: String, requestID: String) {
        self.traceID = traceID
        self.requestID = requestID
    }

    /// For what no request causes: workers and the command line.
    package static let none = Trace(traceID: "", requestID: "")

    /// Takes the caller's trace over when its `traceparent` is well formed, else begins one.
    package static func begin(traceparent: String?, ids: IDGenerator) -> Trace {
        let request = ids.rawUUID()
        return Trace(traceID: traceparent.flatMap(Self.traceID) ?? request.hex, requestID: request.text)
    }

    /// `version-traceid-parentid-flags`; an all-zero trace id is invalid.
    private static func traceID(_ header: String) -> String? {
        let bytes = Array(header.utf8)
        guard bytes.count >= 55, bytes[2] == dash, bytes[35] == dash, bytes[52] == dash,
            !(bytes[0] == UInt8(ascii: "f") && bytes[1] == UInt8(ascii: "f"))
        else { return nil }
        let id = bytes[3..<35]
        guard id.allSatisfy(isLowerHex), id.contains(where: { $0 != UInt8(ascii: "0") }) else { return nil }
        return String(decoding: id, as: UTF8.self)
    }

    /// A `traceparent` for what this request calls.
    package var traceparent: String {
        // The last 16 digits of the request's id, around its last dash.
        "00-\(self.traceID)-\(self.requestID.dropFirst(19).prefix(4))\(self.requestID.suffix(12))-01"
    }
}

private let dash = UInt8(ascii: "-")
private func isLowerHex(_ byte: UInt8) -> Bool {
    (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) || (UInt8(ascii: "a")...UInt8(ascii: "f")).contains(byte)
}
