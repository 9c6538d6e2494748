import Kernel
import Ledger
import Platform
import Web

struct BeginRefund: Input {
    let deposit: ID<Deposit>
    /// Nil for all that is left.
    let amount: Amount<USDC>?

    init(_ read: inout InputReader) {
        self.deposit = ID(read.path("deposit_id", "The deposit that the money came with"))
        self.amount = read.optionalBody(
            "amount",
            .string,
            "Amount in USDC; all that is unspent when missing",
            rules: AmountRules.amount
        ).flatMap { try? Amount<USDC>(decimal: $0) }
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
            .oneOf(Refund.Status.allCases.map(\.rawValue))
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
            .notBlank(),
            .atMost(200),
            Rule<String>.line().saying(FieldRule("visible_line"))
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
            .notBlank(),
            .atMost(500)
        )
    }
}

struct RefundOutput: ExampleAnswer, Listed {
    let id: ID<Refund>
    let deposit: ID<Deposit>
    let buyer: String
    let paymentMethod: PaymentMethod
    let amount: DecimalText
    let status: Refund.Status
    let payment: String?
    let reason: String?
    let createdAt: Timestamp
    let closedAt: Timestamp?

    static let listName = "refunds"
    static let listSummary = "Newest first"
    static let members: [Member<Self>] = [
        Member("id", \.id, "The refund"),
        Member("deposit_id", \.deposit, "What is given back"),
        Member("buyer_id", \.buyer, "Who gets it"),
        Member("payment_method", \.paymentMethod, "The rail of the deposit"),
        Member("amount", \.amount, "What is given back", unit: "USDC"),
        Member("currency", { _ in Currency.usdc }, "The currency of the amount"),
        Member("status", \.status, "Its state"),
        Member("payment_tx", \.payment, "How it was paid: a hash, a reference"),
        Member("reason", \.reason, "Why it failed"),
        Member("created_at", \.createdAt, "When it was asked for"),
        Member("closed_at", \.closedAt, "When it was paid or failed"),
    ]

    static let example = RefundOutput(
        id: ID("0198c5d2-7b40-7000-8000-000000000005"),
        deposit: ID("0198c5d2-7b40-7000-8000-000000000003"),
        buyer: "my-agent",
        paymentMethod: .paypal,
        amount: DecimalText(7_500_000),
        status: .completed,
        payment: "1JU08902781691411",
        reason: "the account is closed",
        createdAt: Timestamp(text: "2026-03-19T10:00:00Z")!,
        closedAt: Timestamp(text: "2026-03-19T10:00:02Z")
    )
}

extension RefundOutput {
    init(_ refund: Refund) {
        self.init(
            id: refund.id,
            deposit: refund.deposit,
            buyer: refund.buyerName,
            paymentMethod: refund.paymentMethod,
            amount: DecimalText(refund.amount),
            status: refund.status,
            payment: refund.payment,
            reason: refund.reason,
            createdAt: refund.createdAt,
            closedAt: refund.closedAt
        )
    }
}

extension Refund.Status: Wire {}
