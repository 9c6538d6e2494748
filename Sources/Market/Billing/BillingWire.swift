import HTTPTypes
import Kernel
import Web

// The wire types of the billing routes: too many to stand at the bottom of their file.

struct UsageSummary: Output {
    let buyerID: String
    let totalCalls: Int
    let totalSpent: String
    let averageLatency: Double

    enum CodingKeys: String, CodingKey {
        case buyerID = "buyer_id"
        case totalCalls = "total_calls"
        case totalSpent = "total_spent_usd"
        case averageLatency = "avg_latency_ms"
    }
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
            Rule("Invalid cursor", schema: ["pattern": "^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$"]) { text in
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
        self.require(time != nil, name, "Invalid ISO 8601 date format for \(name)")
        return time
    }
}

struct UsageList: Output {
    let usage: [UsageOutput]
    let count: Int
    let nextCursor: String?

    enum CodingKeys: String, CodingKey {
        case usage, count
        case nextCursor = "next_cursor"
    }
    static let optionalFields: Set<String> = ["next_cursor"]
    static let example = UsageList(usage: [.example], count: 1, nextCursor: "0198c5d2-7b40-7000-8000-000000000001")
}

struct UsageOutput: Encodable, Sendable {
    let id: String
    let serviceID: String
    let calledAt: String
    let statusCode: Int
    let latencyMilliseconds: Int64
    let amount: String
    let isFree: Bool
    let outcome: String
    let requestID: String

    enum CodingKeys: String, CodingKey {
        case id
        case serviceID = "service_id"
        case calledAt = "called_at"
        case statusCode = "status_code"
        case latencyMilliseconds = "latency_ms"
        case amount
        case isFree = "free_tier"
        case outcome
        case requestID = "request_id"
    }

    static let example = UsageOutput(
        id: "0198c5d2-7b40-7000-8000-000000000001",
        serviceID: "550e8400-e29b-41d4-a716-446655440000",
        calledAt: "2026-03-19T10:00:01.000000+00:00",
        statusCode: 200,
        latencyMilliseconds: 150,
        amount: "0.05",
        isFree: false,
        outcome: "answered",
        requestID: "0198c5d2-7b40-7000-8000-000000000002"
    )
}

extension UsageOutput {
    init(_ usage: Usage) {
        self.init(
            id: usage.id.text,
            serviceID: usage.listing.text,
            calledAt: usage.calledAt.text,
            statusCode: usage.statusCode,
            latencyMilliseconds: usage.latencyMilliseconds,
            amount: Micros.text(usage.amount),
            isFree: usage.isFree,
            outcome: usage.outcome.rawValue,
            requestID: usage.requestID
        )
    }
}

struct Balance: Output {
    let buyerID: String
    /// All that was paid in and not spent, also what is reserved.
    let balance: String
    let reserved: String
    let currency: String

    enum CodingKeys: String, CodingKey {
        case buyerID = "buyer_id"
        case balance, reserved, currency
    }
    static let example = Balance(buyerID: "my-agent", balance: "12.50", reserved: "0.05", currency: "USDC")
}

struct GrantCredit: Input {
    let buyerID: String
    let amount: Int64
    let reason: String

    init(_ read: inout InputReader) {
        self.buyerID = read.body(
            "buyer_id",
            .string,
            "The owner whose balance grows",
            .notBlank("buyer_id is required")
        )
        let amount = read.body("amount", .string, "Amount in USDC, such as \"10.00\"", rules: AmountRules.amount)
        self.reason = read.body(
            "reason",
            .string,
            "Why; kept in the audit log",
            .notBlank("reason is required"),
            .atMost(500, "reason too long (max 500)")
        )
        self.amount = (try? Micros.parse(amount)) ?? 0
    }
}

struct CreditOutput: Output {
    let id: String
    let buyerID: String
    let amount: String
    let balance: String

    enum CodingKeys: String, CodingKey {
        case id
        case buyerID = "buyer_id"
        case amount, balance
    }
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
            amount: Micros.text(credit.amount),
            balance: Micros.text(credit.balance)
        )
    }
}
