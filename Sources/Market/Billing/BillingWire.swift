import HTTPTypes
import Kernel
import Web

// The wire types of the billing routes: too many to stand at the bottom of their file.

struct UsageSummary: ExampleAnswer {
    let buyerID: String
    let totalCalls: Int
    let totalSpent: String
    let averageLatency: Double

    static let members: [Member<Self>] = [
        Member("buyer_id", \.buyerID, "Who buys"),
        Member("total_calls", \.totalCalls, "Calls so far"),
        Member("total_spent_usd", \.totalSpent, "Paid so far", unit: "USDC"),
        Member("avg_latency_ms", \.averageLatency, "Mean time to the answer", unit: "ms"),
    ]
    static let example = UsageSummary(buyerID: "my-agent", totalCalls: 42, totalSpent: "2.10", averageLatency: 205.3)
}

struct ListUsage: Input {
    let service: String?
    let from: Timestamp?
    let to: Timestamp?
    let cursor: String?
    let limit: Int

    init(_ read: inout InputReader) {
        self.service = read.query("service_id", .string, "Only calls of this service")
        self.from = read.time("from", "Calls at or after this moment (RFC 3339)")
        self.to = read.time("to", "Calls before this moment (RFC 3339)")
        self.cursor = read.query(
            "cursor",
            .string,
            "`next_cursor` of the page before",
            Rule(FieldRule("cursor"), schema: ["pattern": "^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$"]) { text in
                text.utf8.count == 36
                    && text.utf8.allSatisfy { $0 == 45 || (48...57).contains($0) || (97...102).contains($0) }
            }
        )
        self.limit = read.pageLimit(default: 50)
    }
}

struct ExportUsage: Input {
    let service: String?
    let from: Timestamp?
    let to: Timestamp?

    init(_ read: inout InputReader) {
        self.service = read.query("service_id", .string, "Only calls of this service")
        self.from = read.time("from", "Calls at or after this moment (RFC 3339)")
        self.to = read.time("to", "Calls before this moment (RFC 3339)")
    }
}

extension InputReader {
    mutating func time(_ name: String, _ summary: String) -> Timestamp? {
        let text = self.query(name, .string.describing(["format": "date-time"]), summary)
        guard let text else { return nil }
        let time = Timestamp(text: text)
        self.require(time != nil, name, FieldRule("moment", ["field": name]))
        return time
    }
}

struct UsageList: ExampleAnswer {
    let usage: [UsageOutput]
    let count: Int
    let nextCursor: String?

    static let members: [Member<Self>] = [
        Member("usage", \.usage, "Calls, newest first"),
        Member("count", \.count, "How many stand here"),
        Member("next_cursor", \.nextCursor, "Where the next page begins; missing on the last", leavesOutNull: true),
    ]
    static let example = UsageList(usage: [.example], count: 1, nextCursor: "0198c5d2-7b40-7000-8000-000000000001")
}

struct UsageOutput: ExampleAnswer {
    let id: ID<Usage>
    let listing: ID<Listing>
    let calledAt: Timestamp
    let statusCode: Int
    let latencyMilliseconds: Int64
    let amount: String
    let isFree: Bool
    let outcome: Usage.Outcome
    let requestID: String

    static let members: [Member<Self>] = [
        Member("id", \.id, "The call"),
        Member("service_id", \.listing, "The service"),
        Member("called_at", \.calledAt, "When it was called"),
        Member("status_code", \.statusCode, "HTTP status of the answer"),
        Member("latency_ms", \.latencyMilliseconds, "Time to the answer", unit: "ms"),
        Member("amount", \.amount, "What it cost", unit: "USDC"),
        Member("free_tier", \.isFree, "Whether the call was free"),
        Member("outcome", \.outcome, "answered, failed or broken_off"),
        Member("request_id", \.requestID, "The X-Request-Id of the answer"),
    ]

    static let example = UsageOutput(
        id: ID("0198c5d2-7b40-7000-8000-000000000001"),
        listing: ID("550e8400-e29b-41d4-a716-446655440000"),
        calledAt: Timestamp(text: "2026-03-19T10:00:01Z")!,
        statusCode: 200,
        latencyMilliseconds: 150,
        amount: "0.05",
        isFree: false,
        outcome: .answered,
        requestID: "0198c5d2-7b40-7000-8000-000000000002"
    )
}

extension UsageOutput {
    init(_ usage: Usage) {
        self.init(
            id: usage.id,
            listing: usage.listing,
            calledAt: usage.calledAt,
            statusCode: usage.statusCode,
            latencyMilliseconds: usage.latencyMilliseconds,
            amount: usage.amount.text,
            isFree: usage.isFree,
            outcome: usage.outcome,
            requestID: usage.requestID
        )
    }
}

struct Balance: ExampleAnswer {
    let buyerID: String
    /// All that was paid in and not spent, also what is reserved.
    let balance: String
    let reserved: String
    let currency: String

    static let members: [Member<Self>] = [
        Member("buyer_id", \.buyerID, "Who buys"),
        Member("balance", \.balance, "Paid in and not spent, what is reserved included", unit: "USDC"),
        Member("reserved", \.reserved, "Held for calls under way", unit: "USDC"),
        Member("currency", \.currency, "The currency of the amounts"),
    ]
    static let example = Balance(buyerID: "my-agent", balance: "12.50", reserved: "0.05", currency: "USDC")
}

struct GrantCredit: Input {
    let buyerID: String
    let amount: Amount<USDC>
    let reason: String

    init(_ read: inout InputReader) {
        self.buyerID = read.body(
            "buyer_id",
            .string,
            "The owner whose balance grows",
            .notBlank()
        )
        let amount = read.body("amount", .string, "Amount in USDC, such as \"10.00\"", rules: AmountRules.amount)
        self.reason = read.body(
            "reason",
            .string,
            "Why; kept in the audit log",
            .notBlank(),
            .atMost(500)
        )
        self.amount = (try? Amount<USDC>(decimal: amount)) ?? 0
    }
}

struct CreditOutput: ExampleAnswer {
    let id: String
    let buyerID: String
    let amount: String
    let balance: String

    static let members: [Member<Self>] = [
        Member("id", \.id, "The credit"),
        Member("buyer_id", \.buyerID, "Who buys"),
        Member("amount", \.amount, "What was credited", unit: "USDC"),
        Member("balance", \.balance, "The balance after it", unit: "USDC"),
    ]
    static let example = CreditOutput(
        id: "0198c5d2-7b40-7000-8000-000000000004",
        buyerID: "my-agent",
        amount: "10.00",
        balance: "22.50"
    )
}

extension CreditOutput {
    init(_ credit: DepositService.Credit) {
        self.init(
            id: credit.id,
            buyerID: credit.buyerName,
            amount: credit.amount.text,
            balance: credit.balance.text
        )
    }
}
