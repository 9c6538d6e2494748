import Kernel
import Ledger
import Platform
import Web

struct BeginRefund: Input {
    let deposit: ID<Deposit>
    /// Nil for all that is left.
    let amount: Int64?

    init(_ read: inout InputReader) {
        self.deposit = ID(read.path("deposit_id", "The deposit that the money came with"))
        self.amount = read.optionalBody(
            "amount",
            .string,
            "Amount in USDC; all that is unspent when missing",
            rules: AmountRules.amount
        ).flatMap { try? Micros.parse($0) }
    }
}

struct ListRefunds: Input {
    let status: Refund.Status?
    let cursor: Cursor?
    let limit: Int

    init(_ read: inout InputReader) {
        self.status = read.query(
            "status",
            .string,
            "Only refunds in this state",
            .oneOf(
                Refund.Status.allCases.map(\.rawValue),
                "status must be one of pending, processing, completed, failed"
            )
        ).flatMap(Refund.Status.init)
        self.cursor = read.cursor()
        self.limit = read.pageLimit(default: 50)
    }
}

struct PayRefund: Input {
    let id: ID<Refund>
    let reference: String

    init(_ read: inout InputReader) {
        self.id = ID(read.path("refund_id", "The refund"))
        self.reference = read.body(
            "payment_tx",
            .string,
            "What it was paid with, such as a transaction's hash",
            .notBlank("payment_tx is required"),
            .atMost(200, "payment_tx too long (max 200)"),
            .line("payment_tx must be one line of visible text")
        )
    }
}

struct FailRefund: Input {
    let id: ID<Refund>
    let reason: String

    init(_ read: inout InputReader) {
        self.id = ID(read.path("refund_id", "The refund"))
        self.reason = read.body(
            "reason",
            .string,
            "Why it is not paid; the buyer sees it",
            .notBlank("reason is required"),
            .atMost(500, "reason too long (max 500)")
        )
    }
}

struct RefundOutput: ObjectOutput {
    let json: JSONValue

    init(_ refund: Refund) {
        self.json = [
            "id": .string(refund.id.text), "deposit_id": .string(refund.deposit.text),
            "buyer_id": .string(refund.buyerName), "payment_method": .string(refund.paymentMethod.rawValue),
            "amount": .string(Micros.text(refund.amount)), "currency": .string(Currency.usdc.code),
            "status": .string(refund.status.rawValue), "payment_tx": .text(refund.payment),
            "reason": .text(refund.reason), "created_at": .time(refund.createdAt),
            "closed_at": .time(refund.closedAt),
        ]
    }

    private init(json: JSONValue) { self.json = json }

    static let optionalFields: Set<String> = ["payment_tx", "reason", "closed_at"]
    static let example = RefundOutput(json: [
        "id": "0198c5d2-7b40-7000-8000-000000000005", "deposit_id": "0198c5d2-7b40-7000-8000-000000000003",
        "buyer_id": "my-agent", "payment_method": "paypal", "amount": "7.50", "currency": "USDC",
        "status": "completed", "payment_tx": "1JU08902781691411", "reason": "the account is closed",
        "created_at": "2026-03-19T10:00:00.000000+00:00", "closed_at": "2026-03-19T10:00:02.000000+00:00",
    ])
}

struct RefundList: ObjectOutput {
    let json: JSONValue

    init(_ refunds: [RefundOutput], next: Cursor?) {
        self.json = [
            "refunds": .array(refunds.map(\.json)), "count": .count(refunds), "next_cursor": .text(next?.text),
        ]
    }

    static let optionalFields: Set<String> = ["next_cursor", "payment_tx", "reason", "closed_at"]
    static let example = RefundList(
        [.example],
        next: Cursor(key: 1_773_914_400_000_000, id: "0198c5d2-7b40-7000-8000-000000000005")
    )
}
