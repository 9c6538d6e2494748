import Foundation
package import Kernel
package import Storage

/// What subscribers do, on any surface: subscribe, look at deliveries, send again.
package struct WebhookSubscriptions: Sendable {
    package static let perOwnerLimit = 20
    private static let replayLimit = 10_000

    private let database: any Database
    private let outbound: Outbound
    private let secrets: SecretBox
    private let ids: IDGenerator
    private let dialect: WebhookDialect
    private var surface: String { self.dialect.surface }
    package let problems: Problems

    /// The surface's words.
    package struct Problems: Sendable {
        package let limit: Problem
        package let webhookNotFound: Problem
        package let deliveryNotFound: Problem
        package let privateAddress: Problem
        package let replayRange: Problem
        package static let notHTTPS = Problem(.invalid, "webhook_https")
        /// Nothing is sent to it until it is enabled.
        package static let disabled = Problem(.conflict, "webhook_disabled")
        package static let notURL = Problem(.invalid, "webhook_url")

        package init(
            limit: Problem,
            webhookNotFound: Problem,
            deliveryNotFound: Problem,
            privateAddress: Problem,
            replayRange: Problem
        ) {
            self.limit = limit
            self.webhookNotFound = webhookNotFound
            self.deliveryNotFound = deliveryNotFound
            self.privateAddress = privateAddress
            self.replayRange = replayRange
        }
    }

    package init(
        database: any Database,
        outbound: Outbound,
        secrets: SecretBox,
        ids: IDGenerator,
        dialect: WebhookDialect,
        problems: Problems
    ) {
        self.database = database
        self.outbound = outbound
        self.secrets = secrets
        self.ids = ids
        self.dialect = dialect
        self.problems = problems
    }

    /// A delivery with its tries, in order.
    package struct Entry: Sendable {
        package let delivery: WebhookDelivery
        package let attempts: [WebhookAttempt]
    }

    /// A delivery with what was sent: in the last try, else as it would be sent now.
    package struct Sent: Sendable {
        package let entry: Entry
        package let url: String
        /// Nil where the event is in the archive.
        package let type: String?
        package let message: WebhookMessage?
    }

    /// 32 random bytes, as Standard Webhooks writes them.
    package func makeSecret() -> String { "whsec_\(Data(self.ids.bytes(32)).base64EncodedString())" }

    /// Throws the problems of the address, then the limit's.
    package func subscribe(_ url: String, to events: [String], secret: String, by owner: ID<Identity>) async throws
        -> WebhookEndpoint
    {
        try await self.check(url)
        let id: ID<WebhookEndpoint> = self.ids.next()
        let sealed = try self.secrets.seal(Array(secret.utf8), context: id.text)
        return try await self.database.write { tx in
            guard try tx.webhooks.list(of: owner, surface: self.surface).count < Self.perOwnerLimit else {
                throw self.problems.limit
            }
            let endpoint = WebhookEndpoint(
                id: id,
                surface: self.surface,
                owner: owner,
                url: url,
                events: Set(events),
                sealedSecret: sealed,
                createdAt: tx.now
            )
            try tx.webhooks.insert(endpoint)
            return endpoint
        }
    }

    /// Plain http is for hosts that the operator allows, in development; everything else must be https.
    private func check(_ url: String) async throws {
        guard url.lowercased().bytewise.starts(with: "https://") || self.outbound.isAllowed(url) else {
            throw Problems.notHTTPS
        }
        do { try await self.outbound.check(url) } catch OutboundError.forbiddenAddress {
            throw self.problems.privateAddress
        } catch OutboundError.badURL {
            throw Problems.notURL
        } catch OutboundError.cannotResolve { return }
    }

    package func list(of owner: ID<Identity>) async throws -> [WebhookEndpoint] {
        try await self.database.read { try $0.webhooks.list(of: owner, surface: self.surface) }
    }

    /// Throws *webhook not found*, also for somebody else's, as everything below.
    package func delete(_ id: ID<WebhookEndpoint>, of owner: ID<Identity>) async throws {
        try await self.database.write { tx in
            guard try tx.webhooks.delete(id, of: owner, surface: self.surface) else {
                throw self.problems.webhookNotFound
            }
        }
    }

    package func enable(_ id: ID<WebhookEndpoint>, of owner: ID<Identity>) async throws -> WebhookEndpoint {
        try await self.database.write { tx in
            _ = try tx.webhooks.enable(id, of: owner, surface: self.surface)
            return try self.require(id, of: owner, in: tx)
        }
    }

    /// Newest first.
    package func deliveries(
        of id: ID<WebhookEndpoint>,
        of owner: ID<Identity>,
        before cursor: Cursor?,
        limit: Int
    ) async throws -> Page<Entry> {
        try await self.database.read { tx in
            _ = try self.require(id, of: owner, in: tx)
            let page = try tx.webhooks.list(deliveriesOf: id, before: cursor, limit: limit)
            return Page(
                items: try page.items.map { Entry(delivery: $0, attempts: try tx.webhooks.list(attemptsOf: $0.id)) },
                next: page.next
            )
        }
    }

    /// Throws *delivery not found*.
    package func delivery(_ id: ID<WebhookDelivery>, of webhook: ID<WebhookEndpoint>, of owner: ID<Identity>)
        async throws -> Sent
    {
        try await self.database.read { tx in
            let endpoint = try self.require(webhook, of: owner, in: tx)
            let entry = try self.entry(id, of: endpoint, in: tx)
            let event = try tx.events.find(entry.delivery.event)?.told(as: entry.delivery.eventType)
            return Sent(
                entry: entry,
                url: endpoint.url,
                type: event?.type,
                message: try event.map { event in
                    try WebhookMessage(
                        id,
                        of: event,
                        to: endpoint,
                        in: self.dialect,
                        secrets: self.secrets,
                        at: entry.attempts.last?.at ?? tx.now
                    )
                }
            )
        }
    }

    private func entry(_ id: ID<WebhookDelivery>, of endpoint: WebhookEndpoint, in tx: Transaction) throws -> Entry {
        guard let delivery = try tx.webhooks.find(delivery: id, of: endpoint.owner), delivery.endpoint == endpoint.id
        else { throw self.problems.deliveryNotFound }
        return Entry(delivery: delivery, attempts: try tx.webhooks.list(attemptsOf: id))
    }

    /// Sends an event that tells nothing, to see whether the receiver takes it. Throws *webhook not found*, then *disabled*.
    package func test(_ id: ID<WebhookEndpoint>, of owner: ID<Identity>) async throws -> Entry {
        try await self.database.write { tx in
            let endpoint = try self.requireActive(id, of: owner, in: tx)
            return try self.entry(try tx.webhooks.sendTest(to: endpoint), of: endpoint, in: tx)
        }
    }

    /// Whether a receiver was sent these bytes by us, by the signatures that a try carries under the present secret.
    package func check(_ shown: ShownSignature, of id: ID<WebhookEndpoint>, of owner: ID<Identity>) async throws
        -> ShownSignature.Outcome
    {
        let endpoint = try await self.database.read { try self.require(id, of: owner, in: $0) }
        return shown.outcome(secret: try self.secrets.open(endpoint.sealedSecret, context: endpoint.id.text))
    }

    /// Throws *delivery not found*, *webhook not found*, then *disabled*.
    package func redeliver(_ id: ID<WebhookDelivery>, of webhook: ID<WebhookEndpoint>, of owner: ID<Identity>)
        async throws -> Entry
    {
        try await self.database.write { tx in
            guard let delivery = try tx.webhooks.find(delivery: id, of: owner), delivery.endpoint == webhook else {
                throw self.problems.deliveryNotFound
            }
            let endpoint = try self.requireActive(webhook, of: owner, in: tx)
            try tx.webhooks.redeliver(delivery.id)
            return try self.entry(id, of: endpoint, in: tx)
        }
    }

    /// How many events were queued. Throws also *disabled*, *replay range*.
    package func replay(_ id: ID<WebhookEndpoint>, of owner: ID<Identity>, from: Timestamp, to: Timestamp) async throws
        -> Int
    {
        try await self.database.write { tx in
            let endpoint = try self.requireActive(id, of: owner, in: tx)
            guard from < to else { throw self.problems.replayRange }
            return try tx.webhooks.replay(endpoint, from: from, to: to, limit: Self.replayLimit)
        }
    }

    private func requireActive(_ id: ID<WebhookEndpoint>, of owner: ID<Identity>, in tx: Transaction) throws
        -> WebhookEndpoint
    {
        let endpoint = try self.require(id, of: owner, in: tx)
        guard endpoint.state == .active else { throw Problems.disabled }
        return endpoint
    }

    private func require(_ id: ID<WebhookEndpoint>, of owner: ID<Identity>, in tx: Transaction) throws
        -> WebhookEndpoint
    {
        guard let endpoint = try tx.webhooks.find(id, of: owner, surface: self.surface) else {
            throw self.problems.webhookNotFound
        }
        return endpoint
    }
}
