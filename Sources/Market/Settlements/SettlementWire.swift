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
            .oneOf(Settlement.Status.allCases.map(\.rawValue))
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
            .notBlank(),
            .line(),
            .atMost(200)
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
            .notBlank(),
            .atMost(500)
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

struct SettlementCreated: ExampleAnswer {
    let settlement: Settlement

    static let members: [Member<Self>] = [
        Member("id", \.settlement.id, "The settlement"),
        Member("provider_id", \.settlement.providerName, "Who is paid"),
        Member("total_amount", { DecimalText($0.settlement.total) }, "What buyers paid", unit: "USDC"),
        Member("platform_fee", { DecimalText($0.settlement.fee) }, "The commission", unit: "USDC"),
        Member("net_amount", { DecimalText($0.settlement.net) }, "What the provider gets", unit: "USDC"),
        Member("call_count", \.settlement.callCount, "Paid calls in it"),
        Member("status", \.settlement.status, "Its state"),
    ]

    static let example = SettlementCreated(settlement: .example)
}

extension Settlement.Status: Wire {}

/// As a list shows it.
struct SettlementOutput: ExampleAnswer {
    let settlement: Settlement

    static let members: [Member<Self>] = [
        Member("id", \.settlement.id, "The settlement"),
        Member("provider_id", \.settlement.providerName, "Who is paid"),
        Member("period_start", boundary: \.settlement.start, "Where its period begins"),
        Member("period_end", boundary: \.settlement.end, "Where its period ends, exclusive"),
        Member("total_amount", { DecimalText($0.settlement.total) }, "What buyers paid", unit: "USDC"),
        Member("platform_fee", { DecimalText($0.settlement.fee) }, "The commission", unit: "USDC"),
        Member("net_amount", { DecimalText($0.settlement.net) }, "What the provider gets", unit: "USDC"),
        Member("status", \.settlement.status, "Its state"),
        Member("payment_tx", \.settlement.paymentReference, "How it was paid: a hash, a reference"),
        Member("reason", \.settlement.failure, "Why it failed"),
    ]

    static let example = SettlementOutput(settlement: .example)
}

extension Settlement {
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

struct SettlementList: ExampleAnswer {
    let settlements: [SettlementOutput]

    init(_ settlements: [Settlement]) { self.settlements = settlements.map { SettlementOutput(settlement: $0) } }

    static let members: [Member<Self>] = [
        Member("settlements", \.settlements, "Newest period first"),
        Member("count", \.settlements.count, "How many stand here"),
    ]

    static let example = SettlementList([.example])
}

struct SettlementPaid: ExampleAnswer {
    let status: Settlement.Status
    let payment: String

    init(_ settlement: Settlement) {
        self.status = settlement.status
        self.payment = settlement.paymentReference ?? "0xabc123"
    }

    static let members: [Member<Self>] = [
        Member("status", \.status, "Its state"),
        Member("payment_tx", \.payment, "How it was paid: a hash, a reference"),
    ]

    static let example = SettlementPaid(.example)
}

struct SettlementFailed: ExampleAnswer {
    let status: Settlement.Status
    let reason: String

    init(_ settlement: Settlement) {
        self.status = settlement.status
        self.reason = settlement.failure ?? ""
    }

    static let members: [Member<Self>] = [
        Member("status", \.status, "Its state"),
        Member("reason", \.reason, "Why it failed"),
    ]

    static let example = SettlementFailed(.example)
}

/// The calls that a settlement pays.
struct SettlementUsage: ExampleAnswer {
    let settlement: Settlement
    let records: [Record]
    let next: Cursor?

    struct Record: Answer {
        let usage: Usage

        static let members: [Member<Self>] = [
            Member("usage_id", \.usage.id, "The call"),
            Member("called_at", \.usage.calledAt, "When it was called"),
            Member("service_id", \.usage.listing, "The service"),
            Member("amount", { DecimalText($0.usage.amount) }, "What the buyer paid", unit: "USDC"),
            Member("platform_fee", { DecimalText($0.usage.fee) }, "The commission", unit: "USDC"),
        ]
    }

    init(_ settlement: Settlement, _ page: Page<Usage>) {
        self.settlement = settlement
        self.records = page.items.map { Record(usage: $0) }
        self.next = page.next
    }

    static let members: [Member<Self>] = [
        Member("settlement_id", \.settlement.id, "The settlement"),
        Member("covered_until", \.settlement.coveredUntil, "Calls before this moment are in it"),
        Member("usage", \.records, "Oldest first"),
        Member("count", \.records.count, "How many this page holds"),
        Member("next_cursor", \.next, "Where the next page begins; null on the last"),
    ]

    static let example = SettlementUsage(.example, Page(items: [], next: nil))
}
