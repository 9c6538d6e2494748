import Crypto
import Foundation
package import Kernel

/// The signatures that webhooks carry.
package enum WebhookSignature {
    /// The headers of Standard Webhooks 1.0. `webhook-signature` holds one signature for each secret, separated by a space.
    package static func standardHeaders(
        id: String,
        timestamp: Timestamp,
        body: [UInt8],
        secrets: [[UInt8]]
    ) -> [Problem.Header] {
        let signed = Array("\(id).\(timestamp.seconds).".utf8) + body
        let signatures = secrets.map { secret in
            "v1,"
                + Data(HMAC<SHA256>.authenticationCode(for: signed, using: self.standardKey(secret)))
                .base64EncodedString()
        }
        return [
            .init("webhook-id", id),
            .init("webhook-timestamp", "\(timestamp.seconds)"),
            .init("webhook-signature", signatures.joined(separator: " ")),
        ]
    }

    /// Hexadecimal HMAC-SHA256 over the body.
    package static func hex(_ body: [UInt8], secret: [UInt8]) -> String {
        HMAC<SHA256>.authenticationCode(for: body, using: SymmetricKey(data: secret)).hex
    }

    /// `whsec_` and base64 is a key in its own right; any other secret is used by its bytes.
    private static func standardKey(_ secret: [UInt8]) -> SymmetricKey {
        let text = String(decoding: secret, as: UTF8.self)
        if let encoded = text.bytewise.dropping(prefix: "whsec_"), let key = Data(base64Encoded: String(encoded)),
            (24...64).contains(key.count)
        {
            return SymmetricKey(data: key)
        }
        return SymmetricKey(data: secret)
    }
}
