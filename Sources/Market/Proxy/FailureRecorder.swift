import HTTPTypes
import Kernel
import NIOCore
import Platform
import Storage

/// Writes failed calls down for their providers, so many a minute of each service that a flood of them costs little.
struct FailureRecorder: Sendable {
    private static let perMinute = 60

    private let buckets = TokenBuckets(policy: "failed calls", perMinute: Self.perMinute, burst: FailureStore.limit)
    private let redaction = Redaction(secrets: [])

    /// The call as it is kept; nil where it went well, or too many have failed within the minute.
    func note(
        _ call: ProxyCall,
        _ result: CallResult,
        reason: FailedCall.Reason? = nil,
        _ body: ByteBuffer? = nil
    ) -> FailedCall? {
        guard result.status >= 400, self.buckets.take(call.listing.id.text, now: call.startedAt).isAllowed else {
            return nil
        }
        return FailedCall(
            usage: call.usage,
            listing: call.listing.id,
            calledAt: call.startedAt,
            method: call.method.rawValue,
            path: self.redaction.of(String(call.target.bytewise.cut(at: "?").before)).bytewise.replacing(
                "\0",
                with: ""
            ),
            status: result.status,
            latencyMilliseconds: result.latencyMilliseconds,
            reason: reason,
            head: body.map { self.head(of: $0) } ?? ""
        )
    }

    /// More bytes than are shown, so that a secret at the end is known as one.
    private func head(of body: ByteBuffer) -> String {
        let bytes = body.readableBytesView.prefix(FailedCall.headLimit * 8)
        let text = String(decoding: bytes, as: UTF8.self).bytewise.replacing("\0", with: "")
        return String(String.UnicodeScalarView(self.redaction.of(text).unicodeScalars.prefix(FailedCall.headLimit)))
    }
}
