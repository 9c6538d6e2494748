import Kernel
import Storage

/// The worker's side of the outbox: what is due, and what became of it.
struct WebhookOutbox {
    let tx: Transaction

    /// A delivery with all that sending it takes.
    struct Claim: Sendable {
        /// As it was before this try.
        let delivery: WebhookDelivery
        let endpoint: WebhookEndpoint
        let event: RecordedEvent
        /// Names this claim: a later one, or a redelivery, has another.
        let until: Timestamp
        /// The server's run that has it.
        let run: String
        /// How many tries may follow the first one.
        let retries: Int
    }

    /// How long a claim holds: a worker that died leaves its deliveries to the next one after this time.
    static let claimSeconds: Int64 = 30

    /// Endpoints with something due, those that answer first: one endpoint's backlog cannot hide another's.
    func listDueEndpoints() throws
        -> [(endpoint: ID<WebhookEndpoint>, surface: String, owner: ID<Identity>, isFailing: Bool)]
    {
        try self.tx.rows(
            """
            SELECT id, surface, identity_id, CASE WHEN failing_since IS NULL THEN 0 ELSE 1 END FROM webhook_endpoint
            WHERE state = 'active' AND EXISTS (
                SELECT 1 FROM webhook_delivery WHERE endpoint_id = webhook_endpoint.id AND state = 'pending'
                    AND next_try_at <= \(self.tx.now) AND claimed_until <= \(self.tx.now)
            ) ORDER BY 4, id
            """
        ) { (try $0.column(), try $0.column(), try $0.column(), try $0.column()) }
    }

    /// Takes up to `limit` due deliveries of the endpoint, oldest first. No other worker gets them meanwhile.
    ///
    /// The attempt counts from here on, and the next one is postponed as after a failure. So a delivery that ends the process is not the
    /// first to be retried after the restart. A delivery whose last attempt never ended is given up.
    ///
    /// - Parameters:
    ///   - run: the server's, whose work is noted.
    ///   - delays: seconds to wait after each try; no further one follows the last.
    func claim(_ id: ID<WebhookEndpoint>, limit: Int, delays: [Int64], run: String) throws -> [Claim] {
        guard
            let endpoint = try self.tx.row(
                "SELECT \(raw: WebhookEndpoint.columns) FROM webhook_endpoint WHERE id = \(id) AND state = 'active'",
                as: WebhookEndpoint.self
            )
        else { return [] }
        let deliveries = try self.tx.rows(
            """
            SELECT \(raw: WebhookDelivery.columns) FROM webhook_delivery
            WHERE endpoint_id = \(id) AND state = 'pending' AND next_try_at <= \(self.tx.now)
                AND claimed_until <= \(self.tx.now)
            ORDER BY next_try_at, event_number, LENGTH(id) LIMIT \(limit)
            """,
            as: WebhookDelivery.self
        )
        let until = self.tx.now.adding(seconds: Self.claimSeconds)
        return try deliveries.compactMap { delivery in
            guard delivery.attempts <= delays.count, let event = try self.tx.events.find(delivery.event) else {
                try self.giveUp(
                    delivery,
                    delivery.attempts > delays.count ? "the server stopped during the last try" : "the event is gone"
                )
                return nil
            }
            let delay = delivery.attempts < delays.count ? delays[delivery.attempts] : Self.claimSeconds
            try self.tx.execute(
                """
                UPDATE webhook_delivery SET claimed_until = \(until), attempts = attempts + 1,
                    next_try_at = \(self.tx.now.adding(seconds: delay)) WHERE id = \(delivery.id)
                """
            )
            try self.tx.serverRuns.begin(Self.workKind, delivery.id.text, of: run)
            return Claim(
                delivery: delivery,
                endpoint: endpoint,
                event: event.told(as: delivery.eventType),
                until: until,
                run: run,
                retries: delays.count
            )
        }
    }

    /// The run that claimed the delivery is dead. The attempt has failed; the next one does not begin before `until`.
    func putOff(_ id: ID<WebhookDelivery>, triedAt: Timestamp, until: Timestamp) throws {
        try self.tx.execute(
            """
            INSERT INTO webhook_attempt (delivery_id, at, status, error, duration_ms)
            VALUES (\(id), \(triedAt), NULL, 'the server stopped during the try', 0)
            """
        )
        try self.tx.execute(
            """
            UPDATE webhook_delivery SET claimed_until = 0,
                next_try_at = CASE WHEN next_try_at < \(until) THEN \(until) ELSE next_try_at END
            WHERE id = \(id) AND state = 'pending'
            """
        )
    }

    static let workKind = "webhook delivery"

    /// Its tries are used up, and of the last one nobody knows what became of it.
    private func giveUp(_ delivery: WebhookDelivery, _ reason: String) throws {
        try self.tx.execute(
            """
            UPDATE webhook_delivery SET state = 'failed', claimed_until = 0,
                last_error = \(reason) WHERE id = \(delivery.id)
            """
        )
        try self.letNextGo(after: delivery.id)
    }

    /// Writes down a try and what follows from it. Why the endpoint is disabled now; nil where it is not.
    func record(_ claim: Claim, _ attempt: WebhookAttempt, _ next: Next) throws -> String? {
        try self.tx.execute(
            """
            INSERT INTO webhook_attempt (delivery_id, at, status, error, answer, duration_ms)
            VALUES (\(claim.delivery.id), \(attempt.at), \(attempt.status), \(attempt.error), \(attempt.answer),
                \(attempt.durationMilliseconds))
            """
        )
        try self.tx.serverRuns.end(Self.workKind, claim.delivery.id.text, of: claim.run)
        let (state, nextTryAt): (WebhookDelivery.State, Timestamp) =
            switch next {
            case .done: (.delivered, self.tx.now)
            case .retry(let time): (.pending, time)
            case .giveUp, .disable: (.failed, self.tx.now)
            }
        let deliveredAt = state == .delivered ? self.tx.now : nil
        try self.tx.execute(
            """
            UPDATE webhook_delivery
            SET state = \(state), next_try_at = \(nextTryAt), claimed_until = 0,
                last_status = \(attempt.status), last_error = \(attempt.error), delivered_at = \(deliveredAt)
            WHERE id = \(claim.delivery.id) AND claimed_until = \(claim.until)
            """
        )
        if state != .pending { try self.letNextGo(after: claim.delivery.id) }
        return try self.noteHealth(claim, next)
    }

    /// What comes next of the same subject has waited for this one.
    private func letNextGo(after id: ID<WebhookDelivery>) throws {
        try self.tx.execute(
            """
            UPDATE webhook_delivery SET next_try_at = \(self.tx.now)
            WHERE next_try_at = \(WebhookDelivery.heldUp) AND id = (
                SELECT n.id FROM webhook_delivery n
                JOIN webhook_delivery d ON d.endpoint_id = n.endpoint_id AND d.subject = n.subject
                WHERE d.id = \(id) AND n.state = 'pending' ORDER BY n.event_number, LENGTH(n.id), n.id LIMIT 1
            )
            """
        )
    }

    enum Next: Sendable, Equatable {
        case done
        case retry(Timestamp)
        case giveUp
        /// The receiver is gone (410).
        case disable(reason: String)
    }

    /// Endpoints whose every delivery has failed for this long are disabled.
    static let failingDaysLimit: Int64 = 5

    /// A receiver that was away for so long answers again; less is one that answers now and then.
    private static let outageSeconds: Int64 = 60

    private func noteHealth(_ claim: Claim, _ next: Next) throws -> String? {
        let endpoint = claim.endpoint
        switch next {
        case .done:
            guard let since = endpoint.failingSince else { return nil }
            try self.tx.execute("UPDATE webhook_endpoint SET failing_since = NULL WHERE id = \(endpoint.id)")
            guard self.tx.now.seconds(since: since) >= Self.outageSeconds else { return nil }
            // What waits for its next try need not wait. Only the last try keeps its time, so that none are used up by a receiver that
            // answers now and then.
            try self.tx.execute(
                """
                UPDATE webhook_delivery SET next_try_at = \(self.tx.now)
                WHERE endpoint_id = \(endpoint.id) AND state = 'pending' AND claimed_until <= \(self.tx.now)
                    AND next_try_at > \(self.tx.now) AND next_try_at < \(WebhookDelivery.heldUp)
                    AND attempts < \(Int64(claim.retries))
                """
            )
        case .disable(let reason): return try self.disable(endpoint, reason)
        case .retry, .giveUp:
            let since = endpoint.failingSince ?? self.tx.now
            if since.adding(seconds: Self.failingDaysLimit * 86_400) <= self.tx.now {
                return try self.disable(endpoint, "failing for \(Self.failingDaysLimit) days")
            } else if endpoint.failingSince == nil {
                try self.tx.execute(
                    "UPDATE webhook_endpoint SET failing_since = \(since) WHERE id = \(endpoint.id) AND failing_since IS NULL"
                )
            }
        }
        return nil
    }

    /// The owner is told by an event of the log and by the endpoint's own state.
    private func disable(_ endpoint: WebhookEndpoint, _ reason: String) throws -> String? {
        let disabled = try self.tx.count(
            """
            UPDATE webhook_endpoint SET state = 'disabled', disabled_reason = \(reason)
            WHERE id = \(endpoint.id) AND state = 'active'
            """
        )
        guard disabled == 1 else { return nil }
        try self.tx.invalidate(WebhookStore.subscribersTopic, "")
        try self.tx.events.append(
            Event(
                surface: endpoint.surface,
                type: "webhook.disabled",
                subject: endpoint.id.text,
                audience: [endpoint.owner],
                payload: try JSON.text(["webhook_id": endpoint.id.text, "url": endpoint.url, "reason": reason]),
                trace: .none
            )
        )
        return reason
    }
}
