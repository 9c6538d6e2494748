import Kernel
import Storage

extension ArchiveKind {
    /// Events by day, but for those that somebody is still to be told of, and the last, whose number must not be given out again.
    static let events = ArchiveKind("events") { tx in
        try tx.value("SELECT created_at FROM event ORDER BY number LIMIT 1")
    } list: { time, after, limit, tx in
        let numbers = try tx.webhooks.range(from: time.lowerBound, to: time.upperBound)
        let first = max(numbers.lowerBound, after?["number"]?.integer.map { $0 + 1 } ?? 0)
        return try Self.event.list(
            """
            number >= \(first) AND number < \(numbers.upperBound)
                AND number < (SELECT MAX(number) FROM event)
                AND number NOT IN (SELECT event_number FROM webhook_delivery WHERE state = 'pending')
            ORDER BY number LIMIT \(limit)
            """,
            in: tx
        )
    } delete: { lines, tx in
        for line in lines {
            try Self.event.delete(
                """
                number = \(SQLValue(line["number"] ?? .null))
                    AND number NOT IN (SELECT event_number FROM webhook_delivery WHERE state = 'pending')
                """,
                in: tx
            )
        }
    } insert: { lines, tx in
        for line in lines { try Self.event.insert(line, in: tx) }
    }

    private static let event = ArchivedTable(
        "event",
        columns: "number, surface, type, subject, audience, payload, trace_id, request_id, created_at"
    )

    /// Deliveries of the events of a day, with their attempts, once nothing more is tried; but for the last attempt, whose number must
    /// not be given out again.
    static let deliveries = ArchiveKind("deliveries") { tx in
        try tx.value("SELECT created_at FROM event ORDER BY number LIMIT 1")
    } list: { time, after, limit, tx in
        let numbers = try tx.webhooks.range(from: time.lowerBound, to: time.upperBound)
        var lines: [JSONValue] = []
        var endpoint = after?["endpoint_id"]?.string ?? ""
        var (number, id) = (after?["event_number"]?.integer ?? numbers.lowerBound, after?["id"]?.string ?? "")
        while lines.count < limit {
            let left = limit - lines.count
            let found = try Self.delivery.list(
                """
                endpoint_id = \(endpoint) AND event_number >= \(number) AND event_number < \(numbers.upperBound)
                    AND (event_number > \(number) OR id > \(id)) AND state <> 'pending'
                    AND id <> COALESCE((SELECT delivery_id FROM webhook_attempt ORDER BY number DESC LIMIT 1), '')
                ORDER BY event_number, id LIMIT \(left)
                """,
                in: tx
            )
            lines += try found.map { line in
                let attempts = try Self.attempt.list(
                    "delivery_id = \(SQLValue(line["id"] ?? .null)) ORDER BY number",
                    in: tx
                )
                return line.adding("tries", .array(attempts))
            }
            guard found.count < left else { break }
            let next = try tx.row("SELECT MIN(endpoint_id) FROM webhook_delivery WHERE endpoint_id > \(endpoint)") {
                try $0.optional(String.self)
            }
            guard let next = next ?? nil else { break }
            (endpoint, number, id) = (next, numbers.lowerBound, "")
        }
        return lines
    } delete: { lines, tx in
        for line in lines {
            let id = SQLValue(line["id"] ?? .null)
            guard try Self.delivery.delete("id = \(id) AND state <> 'pending'", in: tx) else { continue }
            try Self.attempt.delete("delivery_id = \(id)", in: tx)
        }
    } insert: { lines, tx in
        for line in lines {
            try Self.delivery.insert(line, in: tx)
            for attempt in line["tries"]?.array ?? [] { try Self.attempt.insert(attempt, in: tx) }
        }
    }

    private static let delivery = ArchivedTable(
        "webhook_delivery",
        columns: """
            id, endpoint_id, event_number, event_type, state, attempts, next_try_at, claimed_until, last_status, last_error, \
            created_at, delivered_at
            """
    )
    private static let attempt = ArchivedTable(
        "webhook_attempt",
        columns: "number, delivery_id, at, status, error, duration_ms"
    )

    /// What every surface has.
    package static let ofHouse = [Self.deliveries, Self.events]
}
