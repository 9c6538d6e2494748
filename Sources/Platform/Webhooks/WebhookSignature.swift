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
        let signed = self.standardText(id: id, timestamp: "\(timestamp.seconds)", body)
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

    /// The headers of Standard Webhooks 1.0, as somebody has sent them.
    package struct Shown: Sendable {
        /// How far their time may be from this server's.
        package static let toleranceSeconds: Int64 = 300

        let id: String
        let timestamp: String
        let signatures: String

        /// Nil where none of them was sent.
        package init?(id: String?, timestamp: String?, signatures: String?) {
            guard id != nil || timestamp != nil || signatures != nil else { return nil }
            (self.id, self.timestamp, self.signatures) = (id ?? "", timestamp ?? "", signatures ?? "")
        }

        /// Whether one of the signatures is the secret's over the body, and not old.
        package func isValid(for body: [UInt8], secret: [UInt8], at now: Timestamp) -> Bool {
            guard !self.id.isEmpty, let seconds = Int64(self.timestamp),
                (now.seconds - Self.toleranceSeconds...now.seconds + Self.toleranceSeconds).contains(seconds)
            else { return false }
            return self.isSigned(body, secret: secret)
        }

        /// Whether one of the signatures is the secret's over the body, at whatever time.
        func isSigned(_ body: [UInt8], secret: [UInt8]) -> Bool {
            let signed = WebhookSignature.standardText(id: self.id, timestamp: self.timestamp, body)
            let key = WebhookSignature.standardKey(secret)
            return self.signatures.bytewise.split(" ").contains { shown in
                guard let text = shown.bytewise.dropping(prefix: "v1,"), let code = Data(base64Encoded: String(text))
                else { return false }
                return HMAC<SHA256>.isValidAuthenticationCode(code, authenticating: signed, using: key)
            }
        }
    }

    private static func standardText(id: String, timestamp: String, _ body: [UInt8]) -> [UInt8] {
        Array("\(id).\(timestamp).".utf8) + body
    }

    /// Hexadecimal HMAC-SHA256 over the body.
    package static func hex(_ body: [UInt8], secret: [UInt8]) -> String {
        HMAC<SHA256>.authenticationCode(for: body, using: SymmetricKey(data: secret)).hex
    }

    /// Takes the same time for a wrong one at any place.
    static func isHexSignature(_ shown: [UInt8], of body: [UInt8], secret: [UInt8]) -> Bool {
        HMAC<SHA256>.isValidAuthenticationCode(shown, authenticating: body, using: SymmetricKey(data: secret))
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
