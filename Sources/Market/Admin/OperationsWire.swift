import Kernel
import Platform
import Web

// The wire types of the operations routes.

struct LedgerPage: Input {
    let paging: CursorPaging
    init(_ read: inout InputReader) { self.paging = CursorPaging(&read, default: 100) }
}

struct AccountPage: Input {
    let number: Int64?
    let cursor: Cursor?
    let limit: Int

    init(_ read: inout InputReader) {
        self.number = Int64(read.path("number", "The account's number"))
        self.cursor = read.cursor()
        self.limit = read.pageLimit(default: 50)
    }
}

struct TransferPath: Input {
    let reference: String
    init(_ read: inout InputReader) { self.reference = read.path("reference", "The transfer's reference") }
}

struct WebhookHealthList: ExampleAnswer {
    let webhooks: [Entry]

    struct Entry: Answer {
        let id: ID<WebhookEndpoint>
        let owner: String
        let url: String
        let state: WebhookEndpoint.State
        let disabledReason: String?
        let failingSince: Timestamp?
        let pending: Int

        static let members: [Member<Self>] = [
            Member("webhook_id", \.id, "The webhook"),
            Member("owner_id", \.owner, "Whose it is"),
            Member("url", \.url, "Where deliveries go"),
            Member("state", \.state, "Whether deliveries go there"),
            Member("disabled_reason", \.disabledReason, "Why they do not"),
            Member("failing_since", \.failingSince, "Since when every delivery fails"),
            Member("pending", \.pending, "Deliveries that wait"),
        ]
    }

    static let members: [Member<Self>] = [
        Member("webhooks", \.webhooks, "Those that fail first"),
        Member("count", \.webhooks.count, "How many stand here"),
    ]

    static let example = WebhookHealthList(
        webhooks: [
            Entry(
                id: ID("0198c5d2-7b40-7000-8000-000000000005"),
                owner: "my-agent",
                url: "https://my-agent.example.com/webhook",
                state: .active,
                disabledReason: "failing for 5 days",
                failingSince: Timestamp(text: "2026-03-19T10:00:00Z"),
                pending: 3
            )
        ]
    )
}

extension WebhookHealthList {
    init(_ endpoints: [WebhookHealth]) {
        self.init(
            webhooks: endpoints.map { endpoint in
                Entry(
                    id: endpoint.endpoint,
                    owner: endpoint.owner,
                    url: endpoint.url,
                    state: endpoint.state,
                    disabledReason: endpoint.disabledReason,
                    failingSince: endpoint.failingSince,
                    pending: endpoint.pending
                )
            }
        )
    }
}

extension WebhookEndpoint.State: Wire {}
