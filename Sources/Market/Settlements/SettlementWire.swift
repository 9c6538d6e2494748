import Kernel
import Web

struct CreateSettlement: Input {
    let provider: String
    let start: Timestamp
    let end: Timestamp

    init(_ read: inout InputReader) {
        self.provider = read.body("provider_id", .string, "Provider to settle")
        self.start = read.moment("period_start", "From this moment on (ISO 8601)")
        self.end = read.moment("period_end", "Up to this moment (ISO 8601)")
    }
}

struct ListSettlements: Input {
    let provider: String?
    let status: Settlement.Status?
    let limit: Int

    init(_ read: inout InputReader) {
        self.provider = read.query("provider_id", .string, "Filter by provider; for administrators")
        let status = read.query(
            "status",
            .string,
            "pending, processing, completed or failed",
            .oneOf(
                Settlement.Status.allCases.map(\.rawValue),
                "status must be one of pending, processing, completed, failed"
            )
        )
        self.status = status.flatMap { Settlement.Status(rawValue: $0) }
        self.limit = read.pageLimit(default: 50)
    }
}

struct SettlementPath: Input {
    let id: ID<Settlement>
    init(_ read: inout InputReader) { self.id = read.settlement() }
}

extension InputReader {
    fileprivate mutating func settlement() -> ID<Settlement> { ID(self.path("settlement_id", "The settlement")) }
}

struct PaySettlement: Input {
    let id: ID<Settlement>
    let reference: String

    init(_ read: inout InputReader) {
        self.id = read.settlement()
        self.reference = read.body(
            "payment_tx",
            .string,
            "Transaction hash or reference",
            .notBlank("payment_tx is required"),
            .line("payment_tx must not contain control characters"),
            .atMost(200, "payment_tx too long (max 200)")
        )
    }
}

struct FailSettlement: Input {
    let id: ID<Settlement>
    let reason: String

    init(_ read: inout InputReader) {
        self.id = read.settlement()
        self.reason = read.body(
            "reason",
            .string,
            "Why the payment came to nothing",
            .notBlank("reason is required"),
            .atMost(500, "reason too long (max 500)")
        )
    }
}

struct SettlementUsagePage: Input {
    let id: ID<Settlement>
    let cursor: Cursor?
    let limit: Int

    init(_ read: inout InputReader) {
        self.id = read.settlement()
        self.cursor = read.cursor()
        self.limit = read.pageLimit(default: 100)
    }
}

struct SettlementCreated: ObjectOutput {
    let json: JSONValue

    init(_ settlement: Settlement) {
        self.json = [
            "id": .string(settlement.id.text),
            "provider_id": .string(settlement.providerName),
            "total_amount": .string(Micros.text(settlement.total)),
            "platform_fee": .string(Micros.text(settlement.fee)),
            "net_amount": .string(Micros.text(settlement.net)),
            "call_count": .integer(settlement.callCount),
            "status": .string(settlement.status.rawValue),
        ]
    }

    static let example = SettlementCreated(.example)
}

extension Settlement {
    /// As a list shows it.
    var listed: JSONValue {
        [
            "id": .string(self.id.text),
            "provider_id": .string(self.providerName),
            "period_start": .string(self.start.text),
            "period_end": .string(self.end.text),
            "total_amount": .string(Micros.text(self.total)),
            "platform_fee": .string(Micros.text(self.fee)),
            "net_amount": .string(Micros.text(self.net)),
            "status": .string(self.status.rawValue),
            "payment_tx": .text(self.paymentReference),
            "reason": .text(self.failure),
        ]
    }

    /// For the document.
    static let example = Settlement(
        id: ID("550e8400-e29b-41d4-a716-446655440020"),
        provider: ID("acc_550e8400-e29b-41d4-a716-446655440001"),
        providerName: "provider-1",
        period: SettlementPeriod(start: Timestamp(text: "2026-03-01")!, end: Timestamp(text: "2026-04-01")!),
        coveredUntil: Timestamp(text: "2026-04-01")!,
        figures: Figures(calls: 210, revenue: 10_500_000, fee: 1_050_000),
        createdAt: Timestamp(text: "2026-04-01")!
    )
}

struct SettlementList: ObjectOutput {
    let json: JSONValue

    init(_ settlements: [Settlement]) {
        self.json = ["settlements": .array(settlements.map(\.listed)), "count": .count(settlements)]
    }

    static let optionalFields: Set<String> = ["payment_tx", "reason"]
    static let example = SettlementList([.example])
}

struct SettlementPaid: ObjectOutput {
    let json: JSONValue

    init(_ settlement: Settlement) {
        self.json = [
            "status": .string(settlement.status.rawValue),
            "payment_tx": .string(settlement.paymentReference ?? "0xabc123"),
        ]
    }

    static let example = SettlementPaid(.example)
}

struct SettlementFailed: ObjectOutput {
    let json: JSONValue

    init(_ settlement: Settlement) {
        self.json = ["status": .string(settlement.status.rawValue), "reason": .string(settlement.failure ?? "")]
    }

    static let example = SettlementFailed(.example)
}

struct SettlementUsage: ObjectOutput {
    let json: JSONValue

    init(_ settlement: Settlement, _ page: Page<Usage>) {
        let records: [JSONValue] = page.items.map { usage in
            [
                "usage_id": .string(usage.id.text), "called_at": .string(usage.calledAt.text),
                "service_id": .string(usage.listing.text), "amount": .string(Micros.text(usage.amount)),
                "platform_fee": .string(Micros.text(usage.fee)),
            ]
        }
        self.json = [
            "settlement_id": .string(settlement.id.text), "covered_until": .string(settlement.coveredUntil.text),
            "usage": .array(records), "count": .count(records),
            "next_cursor": .text(page.next?.text),
        ]
    }

    static let optionalFields: Set<String> = ["next_cursor"]
    static let example = SettlementUsage(.example, Page(items: [], next: nil))
}
