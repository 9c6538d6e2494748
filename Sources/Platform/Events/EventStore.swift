import Kernel
package import Storage

/// The event log. Appending also queues the deliveries, in the same commit.
package struct EventStore {
    let tx: Transaction

    package func append(_ event: Event) throws {
        // One statement that nobody waits for, where each one asked is a round trip.
        if self.tx.engine == .postgres { return try self.tx.webhooks.appendAndEnqueue(event) }
        let insertion: SQL = """
            INSERT INTO event (surface, type, subject, audience, payload, trace_id, request_id, created_at)
            VALUES (\(event.surface), \(event.types.joined(separator: " ")), \(event.subject),
                \(event.audience.map(\.text).joined(separator: " ")), \(event.payload), \(event.trace.traceID),
                \(event.trace.requestID), \(self.tx.now))
            """
        guard try self.tx.webhooks.haveSubscribers(event.audience) else { return try self.tx.later(insertion) }
        try self.tx.webhooks.enqueue(event, number: try self.tx.insert(insertion, counting: "number"))
    }

    /// The number of the first event at or after the moment. Numbers grow with time, so it is found by halving.
    func firstNumber(since moment: Timestamp) throws -> Int64 {
        var low: Int64 = 0
        var high = try self.tx.value("SELECT COALESCE(MAX(number), 0) FROM event", as: Int64.self) ?? 0
        high += 1
        while low < high {
            let middle = low + (high - low) / 2
            let isBefore = try self.tx.value(
                "SELECT created_at FROM event WHERE number >= \(middle) ORDER BY number LIMIT 1",
                as: Timestamp.self
            ).map { $0 < moment }
            if isBefore ?? false { low = middle + 1 } else { high = middle }
        }
        return low
    }

    package func find(_ number: Int64) throws -> RecordedEvent? {
        try self.tx.row("SELECT \(raw: RecordedEvent.columns) FROM event WHERE number = \(number)")
    }
}

extension Transaction {
    package var events: EventStore { EventStore(tx: self) }
}
