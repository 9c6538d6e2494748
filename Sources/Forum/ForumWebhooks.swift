import Kernel
import Platform
import Web

/// How the forum words and signs its webhooks: the contract's header is over the body, with the bytes of the whole secret as the key.
enum ForumWebhooks {
    static let dialect = WebhookDialect(
        surface: ForumContract.name,
        retryDelaysSeconds: [240, 960, 3840, 15_360, 61_440],
        body: { event, _ in
            let moment = event.createdAt.utc.secondsText
            return Array("{\"event\":\"\(event.type)\",\"timestamp\":\"\(moment)\",\"data\":\(event.payload)}".utf8)
        },
        headers: { event, body, secret in
            [
                .init("X-GoJapan-Event", event.type),
                .init("X-GoJapan-Signature", "sha256=\(WebhookSignature.hex(body, secret: secret))"),
            ]
        }
    )
}
