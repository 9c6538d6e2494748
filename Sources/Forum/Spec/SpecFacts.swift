import Kernel

/// What the specification says beside the stamps.
enum SpecFacts {
    /// The codes of `POST /api/v1/posts` by status, in the order in which they are looked for.
    static let errors: JSONValue = .array(
        [
            (401, "unauthorized"), (404, "not_found"), (405, "method_not_allowed"), (429, "rate_limited"),
            (403, "partner_not_approved"), (413, "payload_too_large"), (415, "unsupported_media_type"),
            (422, "invalid_body"), (422, "idempotency_key_reused"), (404, "thread_not_found"),
            (404, "parent_not_found"), (422, "no_partner_user"), (412, "invalid_spec"), (409, "thread_closed"),
            (429, "partner_budget_exhausted"), (500, "internal"), (503, "unavailable"),
        ].map { ["status": .int($0.0), "type": .string($0.1)] }
    )

    static let limits: JSONValue = [
        "requestBytes": .int(256 * 1024), "bodyCharacters": .int(PostInput.bodyLimit),
        "bodyBytes": .int(PostInput.bodyBytes), "sources": .int(AIStamp.sourceLimit),
        "radiusM": [.int(GeoStamp.radii.lowerBound), .int(GeoStamp.radii.upperBound)],
        "validDays": .integer(GeoStamp.longestDays), "agents": .int(AgentService.limit),
        "queuedAboveScore": .number(Double(SpamScore.queueAbove) / 10_000),
    ]
}
