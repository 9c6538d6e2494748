import Kernel
import Platform
import Web

/// How the network words its webhooks. The contract has none: they carry the headers of Standard Webhooks alone.
enum AffiliateWebhooks: WebhookCatalogue {
    static let leastSecret: Int? = 24

    static let described = NoticeType.allCases.map { type in
        let title = type.title(in: .english)
        return switch type {
        case .partnershipApplied: event(type, title, PartnershipRequest.self)
        case .partnershipApproved, .partnershipRejected, .partnershipSuspended:
            event(type, title, PartnershipOutput.self)
        case .conversionRecorded: event(type, title, ConversionEvent.self)
        case .conversionApproved, .conversionRejected, .conversionReleased, .conversionClawedBack:
            event(type, title, DecisionEvent.self)
        case .payoutCreated, .payoutPaid: event(type, title, PayoutOutput.self)
        case .programChanged: event(type, title, ProgramEvent.self)
        }
    }

    private static func event<Payload: Answer>(_ type: NoticeType, _ summary: String, _: Payload.Type)
        -> WebhookEvent
    {
        WebhookEvent(type.rawValue, summary, of: Body<Payload>.self, named: "type")
    }

    /// What ``dialect`` writes.
    private struct Body<Payload: Answer>: Answer {
        let type: String
        let timestamp: Timestamp
        let data: Payload
        let webhook: ID<WebhookEndpoint>

        static var members: [Member<Self>] {
            [
                Member("type", \.type, "The type of the event"),
                Member("timestamp", \.timestamp, "When it happened"),
                Member("data", \.data, "What happened"),
                Member("webhook_id", \.webhook, "The webhook"),
            ]
        }
    }

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
        body: { event, endpoint, _ in
            let text = """
                {"type":"\(event.type)","timestamp":"\(event.createdAt.text)","data":\(event.payload),\
                "webhook_id":"\(endpoint.id.text)"}
                """
            return Array(text.utf8)
        },
        headers: { _, _, _ in [] }
    )
}
