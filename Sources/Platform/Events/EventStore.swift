import Kernel
package import Storage

/// The event log. Appending also queues the deliveries, in the same commit.
package struct EventStore {
    let tx: Transaction

    package func append(_ event: Event) throws {
        let audience = event.audience.map(\.text).joined(separator: " ")
        let number = try self.tx.value(
            """
            INSERT INTO event (surface, type, subject, audience, payload, trace_id, request_id, created_at)
            VALUES (\(event.surface), \(event.type), \(event.subject), \(audience), \(event.payload),
                \(event.trace.traceID), \(event.trace.requestID), \(self.tx.now))
            RETURNING number
            """,
            as: Int64.self
        )!
        try self.tx.webhooks.enqueue(event: number, surface: event.surface, type: event.type, audience: event.audience)
    }

    /// What happened to one record, in order.
    package func list(subject: String) throws -> [RecordedEvent] {
        try self.tx.rows("SELECT \(raw: RecordedEvent.columns) FROM event WHERE subject = \(subject) ORDER BY number")
    }

    package func find(_ number: Int64) throws -> RecordedEvent? {
        try self.tx.row("SELECT \(raw: RecordedEvent.columns) FROM event WHERE number = \(number)")
    }
}

extension Transaction {
    package var events: EventStore { EventStore(tx: self) }
}
