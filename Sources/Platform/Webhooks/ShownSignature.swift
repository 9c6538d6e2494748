import Kernel

/// What a receiver of webhooks shows, to find out why it takes a signature for wrong.
package struct ShownSignature: Sendable {
    private let body: [UInt8]
    private let signature: String
    private let standard: WebhookSignature.Shown?

    package enum Outcome: String, Sendable, CaseIterable {
        /// The signature is the webhook's over this body.
        case valid
        /// It is, but the body was sent with spaces or line ends around it.
        case validTrimmed = "valid_trimmed"
        /// The body, the id, the time or the secret is another one.
        case invalid
    }

    /// - Parameters:
    ///   - signature: `v1,…` of Standard Webhooks, which needs the id and the time, or 64 hexadecimal digits over the body alone.
    ///   - id: of the header `webhook-id`; empty where there was none.
    package init(body: String, signature: String, id: String, timestamp: String) {
        self.body = Array(body.utf8)
        self.signature = signature.trimmed
        self.standard =
            signature.bytewise.contains("v1,")
            ? WebhookSignature.Shown(id: id.trimmed, timestamp: timestamp.trimmed, signatures: signature.trimmed) : nil
    }

    func outcome(secret: [UInt8]) -> Outcome {
        if self.isSigned(self.body, secret) { return .valid }
        let trimmed = Array(String(decoding: self.body, as: UTF8.self).trimmed.utf8)
        return trimmed != self.body && self.isSigned(trimmed, secret) ? .validTrimmed : .invalid
    }

    private func isSigned(_ body: [UInt8], _ secret: [UInt8]) -> Bool {
        if let standard { return standard.isSigned(body, secret: secret) }
        guard let shown = [UInt8](hex: self.signature.lowercased()) else { return false }
        return WebhookSignature.isHexSignature(shown, of: body, secret: secret)
    }
}
