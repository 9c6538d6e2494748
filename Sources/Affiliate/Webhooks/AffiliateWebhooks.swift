import Kernel
import Platform

/// How the network words its webhooks. The contract has none: they carry the headers of Standard Webhooks alone.
enum AffiliateWebhooks {
    static let events = Set(NoticeType.allCases.map(\.rawValue))

    static let problems = WebhookSubscriptions.Problems(
        limit: AffiliateProblems.webhookLimit,
        webhookNotFound: AffiliateProblems.webhookNotFound,
        deliveryNotFound: AffiliateProblems.deliveryNotFound,
        privateAddress: AffiliateProblems.webhookPrivate,
        replayRange: AffiliateProblems.replayRange
    )

    static let dialect = WebhookDialect(
        surface: AffiliateContract.name,
        retryDelaysSeconds: [5, 60, 600, 3600, 6 * 3600, 24 * 3600],
        body: { event, endpoint in
            let text = """
                {"type":"\(event.type)","timestamp":"\(event.createdAt.text)","data":\(event.payload),\
                "webhook_id":"\(endpoint.id.text)"}
                """
            return Array(text.utf8)
        },
        headers: { _, _, _ in [] }
    )
}
