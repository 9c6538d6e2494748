import Kernel
import Platform
import Web

/// How the forum words and signs its webhooks: the contract's header is over the body, with the bytes of the whole secret as the key.
enum ForumWebhooks {
    static let dialect = WebhookDialect(
        surface: ForumContract.name,
        retryDelaysSeconds: [240, 960, 3840, 15_360, 61_440],
        body: { event, _, delivery in
            let text = """
                {"id":"\(delivery.text)","event":"\(event.type)","timestamp":"\(event.createdAt.utc.secondsText)",\
                "data":\(event.payload)}
                """
            return Array(text.utf8)
        },
        headers: { event, body, secret in
            [
                .init("X-GoJapan-Event", event.type),
                .init("X-GoJapan-Signature", Self.signature(body, secret)),
            ]
        },
        previousHeaders: { body, secret in [.init("X-GoJapan-Signature-Previous", Self.signature(body, secret))] }
    )

    private static func signature(_ body: [UInt8], _ secret: [UInt8]) -> String {
        "sha256=\(WebhookSignature.hex(body, secret: secret))"
    }
}
