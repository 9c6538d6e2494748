import Kernel

/// Conversions as both sides see them.
enum ConversionOutput {
    /// - Parameter paidUntil: of the publisher.
    static func json(_ conversion: Conversion, at now: Timestamp, paidUntil: Timestamp) -> JSONValue {
        [
            "id": .integer(conversion.id), "conversion_id": .integer(conversion.id),
            "program_id": .integer(conversion.program), "partnership_id": .integer(conversion.partnership),
            "click_id": conversion.click.map { .integer($0) } ?? .null, "order_id": .string(conversion.orderID),
            "amount": .integer(conversion.amount), "reward": .integer(conversion.reward),
            "reward_amount": .integer(conversion.reward), "source": .string(conversion.source.rawValue),
            "status": .string(conversion.state(at: now, paidUntil: paidUntil).rawValue),
            "reason": .int(conversion.reason.rawValue),
            "reason_text": .string(conversion.reasonText ?? conversion.reason.text()),
            "flags": .strings(conversion.flags.map(\.rawValue)), "held": .bool(conversion.isHeld),
            "occurred_at": .time(conversion.occurredAt), "decided_at": .time(conversion.decidedAt),
            "payable_at": .time(conversion.payableAt),
        ]
    }

    /// As webhooks tell it.
    static func event(_ conversion: Conversion) -> JSONValue {
        [
            "conversion_id": .integer(conversion.id), "program_id": .integer(conversion.program),
            "partnership_id": .integer(conversion.partnership), "order_id": .string(conversion.orderID),
            "amount": .integer(conversion.amount), "reward": .integer(conversion.reward),
            "status": .string(conversion.status.rawValue), "reason": .int(conversion.reason.rawValue),
        ]
    }

    static let optionalFields: Set<String> = ["click_id", "decided_at", "payable_at"]

    static let example: JSONValue = [
        "id": 9, "conversion_id": 9, "program_id": 42, "partnership_id": 15, "click_id": 123, "order_id": "ORDER-001",
        "amount": 9800, "reward": 1200, "reward_amount": 1200, "source": "agent", "status": "pending", "reason": 0,
        "reason_text": "It counts", "flags": ["too_fast"], "held": false,
        "occurred_at": "2026-03-19T10:00:00.000000+00:00", "decided_at": "2026-03-19T10:00:00.000000+00:00",
        "payable_at": "2026-04-02T10:00:00.000000+00:00",
    ]
}
