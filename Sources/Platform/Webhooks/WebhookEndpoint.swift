package import Kernel
package import Storage

/// Where a subscriber wants events to go.
package struct WebhookEndpoint: Sendable, RowDecodable, Identified {
    package static let idPrefix = ""

    package let id: ID<WebhookEndpoint>
    package let surface: String
    package let owner: ID<Identity>
    package let url: String
    /// Sorted, without repetition.
    package let events: [String]
    /// Sealed under the operator's key.
    package let sealedSecret: [UInt8]
    /// The earlier one, for receivers that do not know the new one yet.
    let sealedPreviousSecret: [UInt8]?
    let previousUntil: Timestamp?
    package let state: State
    package let disabledReason: String?
    /// Since when every delivery has failed.
    package let failingSince: Timestamp?
    package let createdAt: Timestamp

    package enum State: String, Sendable, SQLConvertible, CaseIterable {
        case active, disabled
    }

    package static let columns: StaticString = """
        webhook_endpoint.id, webhook_endpoint.surface, webhook_endpoint.identity_id, webhook_endpoint.url,
        webhook_endpoint.events, webhook_endpoint.sealed_secret, webhook_endpoint.state,
        webhook_endpoint.disabled_reason, webhook_endpoint.failing_since, webhook_endpoint.created_at,
        webhook_endpoint.previous_secret, webhook_endpoint.previous_until
        """

    package init(
        id: ID<WebhookEndpoint>,
        surface: String,
        owner: ID<Identity>,
        url: String,
        events: Set<String>,
        sealedSecret: [UInt8],
        createdAt: Timestamp
    ) {
        self.id = id
        self.surface = surface
        self.owner = owner
        self.url = url
        self.events = events.sorted()
        self.sealedSecret = sealedSecret
        self.sealedPreviousSecret = nil
        self.previousUntil = nil
        self.state = .active
        self.disabledReason = nil
        self.failingSince = nil
        self.createdAt = createdAt
    }

    package init(row: inout Row) throws {
        self.id = try row.column()
        self.surface = try row.column()
        self.owner = try row.column()
        self.url = try row.column()
        self.events = try row.column(String.self).bytewise.split(" ").map(String.init)
        self.sealedSecret = try row.column()
        self.state = try row.column()
        self.disabledReason = try row.optional()
        self.failingSince = try row.optional()
        self.createdAt = try row.column()
        self.sealedPreviousSecret = try row.optional()
        self.previousUntil = try row.optional()
    }
}

/// One event on its way to one endpoint.
package struct WebhookDelivery: Sendable, RowDecodable, Identified {
    package static let idPrefix = "msg"

    /// Names what is told and to whom, so that queueing the same twice is one delivery.
    ///
    /// - Parameter index: of the type among the event's.
    static func id(event: Int64, index: Int, endpoint: ID<WebhookEndpoint>) -> ID<WebhookDelivery> {
        ID("\(self.idPrefix)_\(event)\(self.mark(index))_\(endpoint.text.suffix(12))")
    }

    /// Tells the types of one event apart.
    static func mark(_ index: Int) -> String { index == 0 ? "" : ".\(index + 1)" }

    /// The type of what is sent to try an endpoint out.
    package static let testType = "webhook.test"

    /// Until when waits what comes after another delivery, which lets it go.
    static let heldUp = Timestamp(seconds: 253_402_300_799)

    /// Stable over all tries: receivers drop repeats by it.
    package let id: ID<WebhookDelivery>
    package let endpoint: ID<WebhookEndpoint>
    package let event: Int64
    /// Which of the event's types it tells; nil for the first one.
    package let eventType: String?
    package let state: State
    /// Tries so far.
    package let attempts: Int
    package let nextTryAt: Timestamp
    package let lastStatus: Int?
    package let lastError: String?
    package let createdAt: Timestamp
    package let deliveredAt: Timestamp?

    package enum State: String, Sendable, SQLConvertible, CaseIterable {
        case pending, delivered
        /// All tries have failed; can be sent again by hand.
        case failed
    }

    package static let columns: StaticString = """
        webhook_delivery.id, webhook_delivery.endpoint_id, webhook_delivery.event_number, webhook_delivery.event_type,
        webhook_delivery.state, webhook_delivery.attempts, webhook_delivery.next_try_at, webhook_delivery.last_status,
        webhook_delivery.last_error, webhook_delivery.created_at, webhook_delivery.delivered_at
        """

    package init(row: inout Row) throws {
        self.id = try row.column()
        self.endpoint = try row.column()
        self.event = try row.column()
        self.eventType = try row.optional()
        self.state = try row.column()
        self.attempts = try row.column()
        self.nextTryAt = try row.column()
        self.lastStatus = try row.optional()
        self.lastError = try row.optional()
        self.createdAt = try row.column()
        self.deliveredAt = try row.optional()
    }
}

/// How a surface words and signs its webhooks, and how often it tries.
package struct WebhookDialect: Sendable {
    package let surface: String
    /// Seconds to wait before each further try.
    package let retryDelaysSeconds: [Int64]
    /// By how many percent a wait is longer by chance, so that many do not come back at once.
    let retrySpread: Int64
    /// After an event, how long a receiver may ask to wait; nil for a day after each try.
    let retryWindowSeconds: Int64?
    /// The body, made of the event, the endpoint and the delivery's id alone, so that every try sends the same bytes.
    package let body: @Sendable (RecordedEvent, WebhookEndpoint, ID<WebhookDelivery>) throws -> [UInt8]
    /// The contract's own headers, beside those of Standard Webhooks.
    package let headers: @Sendable (RecordedEvent, _ body: [UInt8], _ secret: [UInt8]) -> [Problem.Header]
    /// Those that an earlier secret signs, as long as it holds.
    let previousHeaders: @Sendable (_ body: [UInt8], _ secret: [UInt8]) -> [Problem.Header]

    package init(
        surface: String,
        retryDelaysSeconds: [Int64],
        retrySpread: Int64 = 0,
        retryWindowSeconds: Int64? = nil,
        body: @escaping @Sendable (RecordedEvent, WebhookEndpoint, ID<WebhookDelivery>) throws -> [UInt8],
        headers: @escaping @Sendable (RecordedEvent, _ body: [UInt8], _ secret: [UInt8]) -> [Problem.Header],
        previousHeaders: @escaping @Sendable (_ body: [UInt8], _ secret: [UInt8]) -> [Problem.Header] = { _, _ in [] }
    ) {
        self.previousHeaders = previousHeaders
        self.surface = surface
        self.retryDelaysSeconds = retryDelaysSeconds
        self.retrySpread = retrySpread
        self.retryWindowSeconds = retryWindowSeconds
        self.body = body
        self.headers = headers
    }
}
