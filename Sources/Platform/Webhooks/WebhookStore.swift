package import Kernel
package import Storage

package struct WebhookStore {
    let tx: Transaction

    // MARK: Endpoints

    package func insert(_ endpoint: WebhookEndpoint) throws {
        try self.tx.execute(
            """
            INSERT INTO webhook_endpoint (id, surface, identity_id, url, events, sealed_secret, state, created_at)
            VALUES (\(endpoint.id), \(endpoint.surface), \(endpoint.owner), \(endpoint.url),
                \(endpoint.events.joined(separator: " ")), \(endpoint.sealedSecret), \(endpoint.state),
                \(endpoint.createdAt))
            """
        )
        try self.tx.invalidate(Self.subscribersTopic, "")
    }

    package func list(of owner: ID<Identity>, surface: String) throws -> [WebhookEndpoint] {
        try self.tx.rows(
            """
            SELECT \(raw: WebhookEndpoint.columns) FROM webhook_endpoint
            WHERE identity_id = \(owner) AND surface = \(surface) ORDER BY created_at, id
            """
        )
    }

    package func find(_ id: ID<WebhookEndpoint>, of owner: ID<Identity>, surface: String) throws -> WebhookEndpoint? {
        try self.tx.row(
            """
            SELECT \(raw: WebhookEndpoint.columns) FROM webhook_endpoint
            WHERE id = \(id) AND identity_id = \(owner) AND surface = \(surface)
            """
        )
    }

    /// Whether the owner had such an endpoint. Deliveries that wait go with it; the log of past ones stays.
    package func delete(_ id: ID<WebhookEndpoint>, of owner: ID<Identity>, surface: String) throws -> Bool {
        let deleted = try self.tx.count(
            "DELETE FROM webhook_endpoint WHERE id = \(id) AND identity_id = \(owner) AND surface = \(surface)"
        )
        if deleted == 1 {
            try self.tx.execute("DELETE FROM webhook_delivery WHERE endpoint_id = \(id) AND state = 'pending'")
            try self.tx.invalidate(Self.subscribersTopic, "")
        }
        return deleted == 1
    }

    /// What waits for it goes to the new address. One that was disabled begins anew there.
    package func update(_ id: ID<WebhookEndpoint>, url: String) throws {
        try self.tx.execute(
            """
            UPDATE webhook_endpoint SET url = \(url), state = 'active', disabled_reason = NULL, failing_since = NULL
            WHERE id = \(id) AND url <> \(url)
            """
        )
        try self.tx.invalidate(Self.subscribersTopic, "")
    }

    /// Signs with another secret from now on, and until a moment with the earlier one, too.
    package func update(
        _ id: ID<WebhookEndpoint>,
        sealedSecret: [UInt8],
        previous: [UInt8]?,
        previousUntil: Timestamp?
    ) throws {
        try self.tx.execute(
            """
            UPDATE webhook_endpoint SET sealed_secret = \(sealedSecret), previous_secret = \(previous),
                previous_until = \(previousUntil) WHERE id = \(id)
            """
        )
    }

    package func count(surface: String) throws -> Int {
        try self.tx.value("SELECT COUNT(*) FROM webhook_endpoint WHERE surface = \(surface) AND state = 'active'") ?? 0
    }

    /// Every endpoint of a surface with what waits for it, those in trouble first.
    package func listHealth(surface: String, limit: Int) throws -> [WebhookHealth] {
        try self.tx.rows(
            """
            SELECT w.id, identity.name, w.url, w.state, w.disabled_reason, w.failing_since,
                (SELECT COUNT(*) FROM webhook_delivery d WHERE d.endpoint_id = w.id AND d.state = 'pending')
            FROM webhook_endpoint w JOIN identity ON identity.id = w.identity_id WHERE w.surface = \(surface)
            ORDER BY CASE WHEN w.state = 'disabled' THEN 0 WHEN w.failing_since IS NOT NULL THEN 1 ELSE 2 END,
                w.created_at, w.id
            LIMIT \(limit)
            """
        ) { row in
            WebhookHealth(
                endpoint: try row.column(),
                owner: try row.column(),
                url: try row.column(),
                state: try row.column(),
                disabledReason: try row.optional(),
                failingSince: try row.optional(),
                pending: try row.column()
            )
        }
    }

    /// What waits at each surface that has webhooks.
    package func listBacklogs() throws -> [(surface: String, pending: Int, oldest: Timestamp?, disabled: Int)] {
        let pending = try self.tx.rows(
            """
            SELECT e.surface, COUNT(*), MIN(d.created_at) FROM webhook_delivery d
            JOIN webhook_endpoint e ON e.id = d.endpoint_id WHERE d.state = 'pending' GROUP BY e.surface
            """
        ) { row in
            (
                surface: try row.column(String.self), count: try row.column(Int.self),
                oldest: try row.column(Timestamp.self)
            )
        }
        let disabled = try self.tx.rows(
            "SELECT surface, SUM(CASE WHEN state = 'disabled' THEN 1 ELSE 0 END) FROM webhook_endpoint GROUP BY surface"
        ) { row in (surface: try row.column(String.self), count: try row.column(Int.self)) }
        return disabled.map { surface, count in
            let waiting = pending.first { $0.surface == surface }
            return (surface, waiting?.count ?? 0, waiting?.oldest, count)
        }
    }

    /// Lets a disabled endpoint receive again.
    package func enable(_ id: ID<WebhookEndpoint>, of owner: ID<Identity>, surface: String) throws -> Bool {
        try self.tx.invalidate(Self.subscribersTopic, "")
        return try self.tx.count(
            """
            UPDATE webhook_endpoint SET state = 'active', disabled_reason = NULL, failing_since = NULL
            WHERE id = \(id) AND identity_id = \(owner) AND surface = \(surface)
            """
        ) == 1
    }

    // MARK: Deliveries

    /// What every change of who is subscribed invalidates.
    static let subscribersTopic = "webhook.subscribers"
    /// More subscribers are not kept in memory.
    private static let rememberedLimit = 10_000

    /// Queues the event for every active endpoint of its audience that asked for it.
    func enqueue(_ event: Event, number: Int64) throws {
        let endpoints = try self.tx.rows(
            """
            SELECT \(raw: WebhookEndpoint.columns) FROM webhook_endpoint
            WHERE identity_id IN (\(list: event.audience)) AND surface = \(event.surface) AND state = 'active' ORDER BY id
            """,
            as: WebhookEndpoint.self
        )
        for endpoint in endpoints {
            for index in event.types.indices where endpoint.events.contains(event.types[index]) {
                let subject = event.isOrdered ? event.subject : nil
                _ = try self.insertDelivery(number, event.types, index, to: endpoint.id, subject: subject)
            }
        }
    }

    /// Writes the event down and does what ``enqueue(_:number:)`` does, in one statement of PostgreSQL.
    func appendAndEnqueue(_ event: Event) throws {
        let types = event.types.enumerated().map { index, type -> SQL in
            "(CAST(\(type) AS TEXT), CAST(\(WebhookDelivery.mark(index)) AS TEXT))"
        }
        let subject = event.isOrdered ? event.subject : nil
        try self.tx.later(
            """
            WITH written AS (
                INSERT INTO event (surface, type, subject, audience, payload, trace_id, request_id, created_at)
                VALUES (\(event.surface), \(event.types.joined(separator: " ")), \(event.subject),
                    \(event.audience.map(\.text).joined(separator: " ")), \(event.payload), \(event.trace.traceID),
                    \(event.trace.requestID), \(self.tx.now))
                RETURNING number
            ), queued AS (
                INSERT INTO webhook_delivery (id, endpoint_id, event_number, event_type, state, attempts, next_try_at,
                    claimed_until, created_at, subject)
                SELECT \(WebhookDelivery.idPrefix) || '_' || written.number || told.mark || '_' || RIGHT(w.id, 12), w.id,
                    written.number, told.type, 'pending', 0,
                    CASE WHEN EXISTS (SELECT 1 FROM webhook_delivery d WHERE d.endpoint_id = w.id
                        AND d.subject = CAST(\(subject) AS TEXT) AND d.state = 'pending')
                    THEN CAST(\(WebhookDelivery.heldUp) AS BIGINT) ELSE CAST(\(self.tx.now) AS BIGINT) END, 0, \(self.tx.now), CAST(\(subject) AS TEXT)
                FROM written CROSS JOIN webhook_endpoint w
                JOIN (VALUES \(SQL.joined(types, separator: ", "))) told (type, mark)
                    ON POSITION(' ' || told.type || ' ' IN ' ' || w.events || ' ') > 0
                WHERE w.identity_id IN (\(list: event.audience)) AND w.surface = \(event.surface) AND w.state = 'active'
                ON CONFLICT (id) DO NOTHING RETURNING 1
            )
            SELECT pg_notify(\(Invalidation.channel), \(Invalidation.payload(WebhookWorker.topic))) FROM queued LIMIT 1
            """
        )
    }

    /// False if none of them certainly has an endpoint: most have none, and events are written with every call.
    func haveSubscribers(_ audience: [ID<Identity>]) throws -> Bool {
        let subscribers = try self.tx.remembered(Self.subscribersTopic) {
            let owners = try self.tx.rows(
                """
                SELECT DISTINCT identity_id FROM webhook_endpoint WHERE state = 'active'
                LIMIT \(Self.rememberedLimit + 1)
                """
            ) { try $0.column(String.self) }
            return Subscribers(owners.count > Self.rememberedLimit ? nil : Set(owners))
        }
        guard let owners = subscribers?.owners else { return true }
        return audience.contains { owners.contains($0.text) }
    }

    private final class Subscribers {
        /// Nil when there are too many to keep.
        let owners: Set<String>?
        init(_ owners: Set<String>?) { self.owners = owners }
    }

    private func insertDelivery(
        _ event: Int64,
        _ types: [String],
        _ index: Int,
        to endpoint: ID<WebhookEndpoint>,
        subject: String? = nil
    ) throws -> ID<WebhookDelivery> {
        let id = WebhookDelivery.id(event: event, index: index, endpoint: endpoint)
        try self.tx.execute(
            """
            INSERT INTO webhook_delivery (id, endpoint_id, event_number, event_type, state, attempts, next_try_at,
                claimed_until, created_at, subject)
            VALUES (\(id), \(endpoint), \(event), \(types[index]), 'pending', 0,
                \(try self.isHeldUp(subject, at: endpoint) ? WebhookDelivery.heldUp : self.tx.now), 0, \(self.tx.now),
                \(subject))
            ON CONFLICT (id) DO NOTHING
            """
        )
        try self.tx.invalidate(WebhookWorker.topic, "")
        return id
    }

    /// Whether something earlier of the subject is on its way.
    private func isHeldUp(_ subject: String?, at endpoint: ID<WebhookEndpoint>) throws -> Bool {
        guard let subject else { return false }
        return try self.tx.value(
            """
            SELECT COUNT(*) FROM webhook_delivery
            WHERE endpoint_id = \(endpoint) AND subject = \(subject) AND state = 'pending'
            """,
            as: Int.self
        ) != 0
    }

    package func find(delivery id: ID<WebhookDelivery>, of owner: ID<Identity>) throws -> WebhookDelivery? {
        try self.tx.row(
            """
            SELECT \(raw: WebhookDelivery.columns) FROM webhook_delivery
            JOIN webhook_endpoint ON webhook_endpoint.id = webhook_delivery.endpoint_id
            WHERE webhook_delivery.id = \(id) AND webhook_endpoint.identity_id = \(owner)
            """
        )
    }

    /// An endpoint's deliveries, newest first.
    package func list(deliveriesOf endpoint: ID<WebhookEndpoint>, before cursor: Cursor?, limit: Int) throws -> Page<
        WebhookDelivery
    > {
        let last = cursor?.key ?? Int64.max
        let fetched = try self.tx.rows(
            """
            SELECT \(raw: WebhookDelivery.columns) FROM webhook_delivery
            WHERE endpoint_id = \(endpoint)
                AND (event_number < \(last) OR event_number = \(last) AND id < \(cursor?.id ?? ""))
            ORDER BY event_number DESC, id DESC LIMIT \(limit + 1)
            """,
            as: WebhookDelivery.self
        )
        return Page(fetched: fetched, limit: limit) { Cursor(key: $0.event, id: $0.id.text) }
    }

    /// Tells one endpoint alone, whatever it has subscribed to, that it works.
    package func sendTest(to endpoint: WebhookEndpoint) throws -> ID<WebhookDelivery> {
        let payload = try JSON.text(["message": "This is a test.", "webhook_id": endpoint.id.text])
        let number = try self.tx.insert(
            """
            INSERT INTO event (surface, type, subject, audience, payload, trace_id, request_id, created_at)
            VALUES (\(endpoint.surface), \(WebhookDelivery.testType), \(endpoint.id), '', \(payload), '', '',
                \(self.tx.now))
            """,
            counting: "number"
        )
        return try self.insertDelivery(number, [WebhookDelivery.testType], 0, to: endpoint.id)
    }

    /// Sends it again from the first try, whatever became of it.
    package func redeliver(_ id: ID<WebhookDelivery>) throws {
        try self.tx.execute(
            """
            UPDATE webhook_delivery SET state = 'pending', attempts = 0, next_try_at = \(self.tx.now), claimed_until = 0
            WHERE id = \(id)
            """
        )
        try self.tx.invalidate(WebhookWorker.topic, "")
    }

    /// Sends again what happened in `[from, to)`, also what the endpoint missed while it was disabled. At most `limit` events.
    package func replay(_ endpoint: WebhookEndpoint, from: Timestamp, to: Timestamp, limit: Int) throws -> Int {
        try self.replay(endpoint, events: try self.range(from: from, to: to), limit: limit)
    }

    /// The numbers of the events in `[from, to)`: the first, and the one after the last.
    package func range(from: Timestamp, to: Timestamp) throws -> Range<Int64> {
        let first = try self.tx.events.firstNumber(since: from)
        return first..<max(first, try self.tx.events.firstNumber(since: to))
    }

    /// Sends again what happened in a part of the log; how many events the endpoint gets.
    package func replay(_ endpoint: WebhookEndpoint, events numbers: Range<Int64>, limit: Int = .max) throws -> Int {
        let types = endpoint.events.map { SQL("' ' || type || ' ' LIKE \("% \($0) %")") }
        let wanted = try self.tx.rows(
            """
            SELECT \(raw: RecordedEvent.columns) FROM event
            WHERE number >= \(numbers.lowerBound) AND number < \(numbers.upperBound) AND surface = \(endpoint.surface)
                AND audience LIKE \("%\(endpoint.owner.text)%") AND (\(SQL.joined(types, separator: " OR ")))
            ORDER BY number LIMIT \(limit)
            """,
            as: RecordedEvent.self
        )
        for event in wanted {
            for index in event.types.indices where endpoint.events.contains(event.types[index]) {
                try self.requeue(event, index, endpoint)
            }
        }
        return wanted.count
    }

    private func requeue(_ event: RecordedEvent, _ index: Int, _ endpoint: WebhookEndpoint) throws {
        let id = try self.insertDelivery(event.number, event.types, index, to: endpoint.id)
        try self.tx.execute(
            """
            UPDATE webhook_delivery SET state = 'pending', attempts = 0, next_try_at = \(self.tx.now), claimed_until = 0
            WHERE id = \(id) AND state <> 'pending'
            """
        )
    }

    /// Every try of a delivery, in order.
    package func list(attemptsOf id: ID<WebhookDelivery>) throws -> [WebhookAttempt] {
        try self.tx.rows(
            """
            SELECT \(raw: WebhookAttempt.columns) FROM webhook_attempt WHERE delivery_id = \(id) ORDER BY number
            """
        )
    }
}

extension Transaction {
    package var webhooks: WebhookStore { WebhookStore(tx: self) }
}
