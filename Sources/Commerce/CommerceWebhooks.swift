import Kernel
import Platform
import Web

/// How commerce words its webhooks: the event as it stands in the log, with the headers of Standard Webhooks.
enum CommerceWebhooks {
    static let dialect = WebhookDialect(
        surface: CommerceContract.name,
        retryDelaysSeconds: [5, 30, 120, 600, 3600],
        body: { event, _, _ in
            let text = """
                {"event":"\(event.type)","sent_at":"\(event.createdAt.utc.text)","version":"0.2","data":\(event.payload)}
                """
            return Array(text.utf8)
        },
        headers: { _, _, _ in [] }
    )
}
