import Kernel
import Platform
import Web

// The wire types of the deposit routes.

struct BeginDeposit: Input {
    let amount: Amount<USDC>
    let method: PaymentMethod

    init(_ read: inout InputReader) {
        let amount = read.body("amount", .string, "Amount in USDC, such as \"10.00\"", rules: AmountRules.amount)
        let method = read.body("payment_method", .string, "x402, paypal or nowpayments", ListingRules.paymentMethod)
        self.amount = (try? Amount<USDC>(decimal: amount)) ?? 0
        self.method = PaymentMethod(rawValue: method) ?? .x402
    }
}

struct DepositPath: Input {
    let id: String
    init(_ read: inout InputReader) { self.id = read.path("deposit_id", "The deposit") }
}

struct ListDeposits: Input {
    let cursor: Cursor?
    let limit: Int

    init(_ read: inout InputReader) {
        self.cursor = read.cursor()
        self.limit = read.pageLimit(default: 50)
    }
}

struct DepositOutput: ExampleAnswer, Listed {
    let id: ID<Deposit>
    let status: Deposit.Status
    let amount: DecimalText
    let paymentMethod: PaymentMethod
    let reason: String?
    let refunded: DecimalText
    let createdAt: Timestamp
    let pay: [String: JSONValue]

    static let listName = "deposits"
    static let listSummary = "Newest first"
    static let members: [Member<Self>] = [
        Member("id", \.id, "The deposit"),
        Member("status", \.status, "Its state"),
        Member("amount", \.amount, "What is paid in", unit: "USDC"),
        Member("currency", { _ in Currency.usdc }, "The currency of the amounts"),
        Member("payment_method", \.paymentMethod, "The rail that it is paid over"),
        Member("reason", \.reason, "Why it failed or waits for the operator"),
        Member("refunded", \.refunded, "What of it was given back, or will be", unit: "USDC"),
        Member("created_at", \.createdAt, "When it was begun"),
        Member("pay", \.pay, "How to pay, while it is open: a url, and what the rail adds"),
    ]

    static let example = DepositOutput(
        id: ID("0198c5d2-7b40-7000-8000-000000000003"),
        status: .pending,
        amount: DecimalText(10_000_000),
        paymentMethod: .x402,
        reason: "not paid in time",
        refunded: DecimalText(0),
        createdAt: Timestamp(text: "2026-03-19T10:00:00Z")!,
        pay: ["url": "http://localhost:8080/market/api/v1/deposits/0198c5d2-7b40-7000-8000-000000000003/pay"]
    )
}

extension DepositOutput {
    init(_ deposit: Deposit, refunded: Amount<USDC>, pay: [String: JSONValue]) {
        self.init(
            id: deposit.id,
            status: deposit.status,
            amount: DecimalText(deposit.amount),
            paymentMethod: deposit.paymentMethod,
            reason: deposit.reason,
            refunded: DecimalText(refunded),
            createdAt: deposit.createdAt,
            pay: pay
        )
    }
}

extension Deposit.Status: Wire {}
extension PaymentMethod: Wire {}

struct ListAllDeposits: Input {
    let status: Deposit.Status?
    let cursor: Cursor?
    let limit: Int

    init(_ read: inout InputReader) {
        let states = Deposit.Status.allCases.map(\.rawValue)
        self.status = read.query(
            "status",
            .string,
            "Only deposits in this state",
            .oneOf(states)
        ).flatMap(Deposit.Status.init)
        self.cursor = read.cursor()
        self.limit = read.pageLimit(default: 50)
    }
}

/// As the operator's list has it: it says whose each is.
struct OwnedDeposit: ExampleAnswer, Listed {
    let deposit: DepositOutput
    let buyer: String

    static let listName = DepositOutput.listName
    static let listSummary = DepositOutput.listSummary
    static let members = Member.all(of: \.deposit) + [Member<Self>("buyer_id", \.buyer, "Who pays in")]
    static let example = OwnedDeposit(deposit: .example, buyer: "my-agent")
}
