import Kernel
import Platform
import Web

/// The market's form of the shared webhook answers: it tells the owner, counts, and leaves out what there is not.
struct MarketWebhook: Answer {
    let webhook: WebhookOutput
    static let members =
        Member.all(of: \.webhook) + [Member<Self>("owner_id", \.webhook.owner, "Whose it is", example: "my-agent")]
}

struct MarketWebhookList: Answer {
    let list: WebhookList

    static let members: [Member<Self>] = [
        Member("webhooks", { $0.list.webhooks.map { MarketWebhook(webhook: $0) } }, "Your webhooks"),
        Member("count", \.list.webhooks.count, "How many stand here"),
    ]
}

struct MarketWebhookDeleted: Answer {
    let id: ID<WebhookEndpoint>

    static let members: [Member<Self>] = [
        Member("status", { _ in "deleted" }, "deleted", example: "deleted"),
        Member("webhook_id", \.id, "The webhook"),
    ]
}

struct MarketDelivery: Answer {
    let delivery: DeliveryOutput

    struct Attempt: Answer {
        let attempt: WebhookAttempt

        static let members: [Member<Self>] = [
            Member("at", \.attempt.at, "When it was tried"),
            Member(
                "status_code",
                \.attempt.status,
                "HTTP status of the answer; missing when there was none",
                example: 200,
                leavesOutNull: true
            ),
            Member(
                "error",
                \.attempt.error,
                "Why it failed; empty when it did not",
                example: "",
                leavesOutNull: true
            ),
            Member("answer", \.attempt.answer, "How the answer begins, 1,000 bytes at most", leavesOutNull: true),
            Member("duration_ms", \.attempt.durationMilliseconds, "How long it took", unit: "ms", example: 35),
        ]
    }

    static let members =
        Member.all(of: \.delivery, but: ["attempts"]) + [
            Member<Self>(
                "attempts",
                { $0.delivery.entry.attempts.map { Attempt(attempt: $0) } },
                "Oldest first"
            )
        ]
}

struct MarketDeliveryList: Answer {
    let list: DeliveryList

    static let members: [Member<Self>] = [
        Member("deliveries", { $0.list.deliveries.map { MarketDelivery(delivery: $0) } }, "Newest first"),
        Member("count", \.list.deliveries.count, "How many stand here"),
        Member("next_cursor", \.list.next, "Where the next page begins; missing on the last", leavesOutNull: true),
    ]
}

struct MarketReplayed: Answer {
    let replayed: Replayed

    static let members =
        Member.all(of: \.replayed) + [Member<Self>("webhook_id", \.replayed.webhook, "The webhook")]
}
