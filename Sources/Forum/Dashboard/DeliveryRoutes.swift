import HTTPTypes
import Kernel
import Platform
import Storage
import Web

/// Where a partner's events go, what was delivered there, and sending it again: its own endpoint and those of its agents.
struct DeliveryRoutes: Sendable {
    private static let base = "/api/forum/v1/partner/webhooks"
    private static let replayLimit = 10_000

    let database: any Database

    var endpoints: [Endpoint] {
        let one = "\(Self.base)/{webhookId}"
        return [
            Endpoint(.get, Self.base, tag: PartnerRoutes.tag, self.list),
            Endpoint(.post, "\(one)/enable", tag: PartnerRoutes.tag, self.enable),
            Endpoint(.get, "\(one)/deliveries", tag: PartnerRoutes.tag, self.deliveries),
            Endpoint(.post, "\(one)/deliveries/{deliveryId}/redeliver", tag: PartnerRoutes.tag, self.redeliver),
            Endpoint(.post, "\(one)/replay", tag: PartnerRoutes.tag, self.replay),
        ]
    }

    var list: Operation<NoInput, EndpointList> {
        Operation("List where events go", access: .partnerPeople) { (_: NoInput, caller: Caller, _: Call) in
            try await self.database.read { tx in
                EndpointList(endpoints: try tx.endpoints(of: try Self.partner(caller, in: tx)))
            }
        }
    }

    private static func partner(_ caller: Caller, in tx: Transaction) throws -> Partner {
        guard let partner = try tx.partners.find(caller.identity) else { throw ForumProblems.partnerNotFound }
        return partner
    }

    /// - Parameter changing: whoever is suspended or refused only reads.
    private static func require(
        _ id: ID<WebhookEndpoint>,
        _ caller: Caller,
        changing: Bool = false,
        in tx: Transaction
    ) throws -> WebhookEndpoint {
        let partner = try Self.partner(caller, in: tx)
        guard !changing || partner.status == .approved else { throw ForumProblems.notApproved(partner.status) }
        let known = try tx.endpoints(of: partner).first { $0.endpoint.id == id }
        guard let known else { throw ForumProblems.webhookNotFound }
        return known.endpoint
    }

    struct EndpointInput: Input {
        let endpoint: ID<WebhookEndpoint>
        init(_ read: inout InputReader) { self.endpoint = ID(read.path("webhookId", "The endpoint")) }
    }

    var enable: Operation<EndpointInput, DoneOutput> {
        Operation("Let a disabled endpoint receive again", access: .partnerPeople, effect: .write) { input, caller, _ in
            try await self.database.write { tx in
                let endpoint = try Self.require(input.endpoint, caller, changing: true, in: tx)
                _ = try tx.webhooks.enable(endpoint.id, of: endpoint.owner, surface: ForumContract.name)
            }
            return DoneOutput()
        }.refusing(ForumProblems.webhookNotFound)
    }

    struct DeliveriesInput: Input {
        let endpoint: ID<WebhookEndpoint>
        let cursor: Cursor?
        let limit: Int

        init(_ read: inout InputReader) {
            self.endpoint = ID(read.path("webhookId", "The endpoint"))
            self.cursor = read.cursor()
            self.limit = read.pageLimit(default: 50)
        }
    }

    var deliveries: Operation<DeliveriesInput, CursorList<DeliveryLine>> {
        Operation("List an endpoint's deliveries, the newest first", access: .partnerPeople) { input, caller, _ in
            try await self.database.read { tx in
                let endpoint = try Self.require(input.endpoint, caller, in: tx)
                let page = try tx.webhooks.list(deliveriesOf: endpoint.id, before: input.cursor, limit: input.limit)
                return try CursorList(page) { delivery in
                    DeliveryLine(delivery: delivery, attempts: try tx.webhooks.list(attemptsOf: delivery.id))
                }
            }
        }.refusing(ForumProblems.webhookNotFound)
    }

    struct DeliveryInput: Input {
        let endpoint: ID<WebhookEndpoint>
        let delivery: ID<WebhookDelivery>

        init(_ read: inout InputReader) {
            self.endpoint = ID(read.path("webhookId", "The endpoint"))
            self.delivery = ID(read.path("deliveryId", "The delivery"))
        }
    }

    var redeliver: Operation<DeliveryInput, DoneOutput> {
        Operation("Send a delivery again", access: .partnerPeople, effect: .write) { input, caller, _ in
            try await self.database.write { tx in
                let endpoint = try Self.require(input.endpoint, caller, changing: true, in: tx)
                let found = try tx.webhooks.find(delivery: input.delivery, of: endpoint.owner)
                guard let found, found.endpoint == endpoint.id else { throw ForumProblems.webhookNotFound }
                try tx.webhooks.redeliver(found.id)
            }
            return DoneOutput()
        }.refusing(ForumProblems.webhookNotFound)
    }

    struct ReplayInput: Input {
        let endpoint: ID<WebhookEndpoint>
        let from: Timestamp

        init(_ read: inout InputReader) {
            self.endpoint = ID(read.path("webhookId", "The endpoint"))
            let from = read.body("from", .string, "An instant as RFC 3339, at most 30 days ago", .instant)
            self.from = Timestamp(text: from) ?? Timestamp(seconds: 0)
        }
    }

    var replay: Operation<ReplayInput, ReplayedOutput> {
        Operation("Send again what has happened since", access: .partnerPeople, effect: .write) { input, caller, _ in
            try await self.database.write { tx in
                let endpoint = try Self.require(input.endpoint, caller, changing: true, in: tx)
                let from = max(input.from, tx.now.adding(seconds: -30 * 86_400))
                let to = tx.now.adding(seconds: 1)
                return ReplayedOutput(
                    count: try tx.webhooks.replay(endpoint, from: from, to: to, limit: Self.replayLimit)
                )
            }
        }.refusing(ForumProblems.webhookNotFound)
    }
}

extension Rule where Value == String {
    static var instant: Rule {
        Rule(FieldRule("moment"), schema: ["format": "date-time"]) { Timestamp(text: $0) != nil }
    }
}

/// An endpoint, and of which agent it is; nil for the partner's own.
struct PartnerEndpoint: Sendable {
    let endpoint: WebhookEndpoint
    let agent: Agent?
}

extension Transaction {
    func endpoints(of partner: Partner) throws -> [PartnerEndpoint] {
        let own = try self.webhooks.list(of: partner.identity, surface: ForumContract.name)
        return try own.map { PartnerEndpoint(endpoint: $0, agent: nil) }
            + self.agents.list(of: partner.id).flatMap { agent in
                try self.webhooks.list(of: agent.identity, surface: ForumContract.name).map {
                    PartnerEndpoint(endpoint: $0, agent: agent)
                }
            }
    }
}

struct EndpointList: Answer {
    let endpoints: [PartnerEndpoint]
    static let members: [Member<Self>] = [
        Member("webhooks", { $0.endpoints.map { EndpointOutput(known: $0) } }, "The partner's own first")
    ]
}

struct EndpointOutput: Answer {
    let known: PartnerEndpoint

    static let members: [Member<Self>] = [
        Member("webhookId", \.known.endpoint.id, "The endpoint"),
        Member("url", \.known.endpoint.url, "Where events go", example: "https://hooks.klook.com/forum"),
        Member("username", { $0.known.agent?.username }, "Of which agent; null for the partner's own", example: nil),
        Member("state", \.known.endpoint.state.rawValue, "active or disabled", example: "active"),
        Member("disabledReason", \.known.endpoint.disabledReason, "Why it is disabled", example: nil),
        Member("failingSince", { $0.known.endpoint.failingSince.map(\.utc) }, "Since when every delivery fails"),
    ]
}

struct DeliveryLine: Listed {
    let delivery: WebhookDelivery
    let attempts: [WebhookAttempt]

    static let listName = "deliveries"
    static let listSummary = "The newest first"

    static let members: [Member<Self>] = [
        Member("deliveryId", \.delivery.id, "Also its webhook-id"),
        Member("event", { $0.delivery.eventType ?? "" }, "What it tells", example: "post.created"),
        Member("state", \.delivery.state.rawValue, "pending, delivered or failed", example: "delivered"),
        Member("attempts", \.delivery.attempts, "Tries so far", example: 1),
        Member("lastStatus", \.delivery.lastStatus, "Of the last try", example: 200),
        Member("lastError", \.delivery.lastError, "Of the last try", example: nil),
        Member("createdAt", { $0.delivery.createdAt.utc }, "When it happened"),
        Member("deliveredAt", { $0.delivery.deliveredAt.map(\.utc) }, "When it was delivered"),
    ]
}

struct ReplayedOutput: Answer {
    let count: Int
    static let members: [Member<Self>] = [Member("replayed", \.count, "How many events are sent again", example: 3)]
}
