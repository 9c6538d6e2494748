import Kernel
import Platform
import Web

// The wire types of the deposit routes.

struct BeginDeposit: Input {
    let amount: Int64
    let method: PaymentMethod

    init(_ read: inout InputReader) {
        let amount = read.body("amount", .string, "Amount in USDC, such as \"10.00\"", rules: AmountRules.amount)
        let method = read.body("payment_method", .string, "x402, paypal or nowpayments", ListingRules.paymentMethod)
        self.amount = (try? Micros.parse(amount)) ?? 0
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

struct DepositOutput: ObjectOutput {
    let json: JSONValue

    init(_ deposit: Deposit, refunded: Int64, pay: [String: JSONValue]) {
        self.json = [
            "id": .string(deposit.id.text), "status": .string(deposit.status.rawValue),
            "amount": .string(Micros.text(deposit.amount)), "currency": .string(Currency.usdc.code),
            "payment_method": .string(deposit.paymentMethod.rawValue), "reason": .text(deposit.reason),
            "refunded": .string(Micros.text(refunded)), "created_at": .time(deposit.createdAt), "pay": .object(pay),
        ]
    }

    private init(json: JSONValue) { self.json = json }

    static let optionalFields: Set<String> = ["reason"]
    static let example = DepositOutput(json: [
        "id": "0198c5d2-7b40-7000-8000-000000000003", "status": "pending", "amount": "10.00", "currency": "USDC",
        "payment_method": "x402", "reason": "not paid in time", "refunded": "0.00",
        "created_at": "2026-03-19T10:00:00.000000+00:00",
        "pay": ["url": "http://localhost:8080/market/api/v1/deposits/0198c5d2-7b40-7000-8000-000000000003/pay"],
    ])
}

struct DepositList: ObjectOutput {
    let json: JSONValue

    init(_ deposits: [DepositOutput], next: Cursor?) {
        self.json = [
            "deposits": .array(deposits.map(\.json)), "count": .count(deposits), "next_cursor": .text(next?.text),
        ]
    }

    static let optionalFields: Set<String> = ["next_cursor", "reason"]
    static let example = DepositList(
        [.example],
        next: Cursor(key: 1_773_914_400_000_000, id: "0198c5d2-7b40-7000-8000-000000000003")
    )
}

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
            .oneOf(states, "status must be one of \(states.joined(separator: ", "))")
        ).flatMap(Deposit.Status.init)
        self.cursor = read.cursor()
        self.limit = read.pageLimit(default: 50)
    }
}

/// The operator's list says whose each is.
struct AllDeposits: ObjectOutput {
    let json: JSONValue

    init(_ deposits: [(output: DepositOutput, buyer: String)], next: Cursor?) {
        self.json = [
            "deposits": .array(deposits.map { $0.output.json.adding("buyer_id", .string($0.buyer)) }),
            "count": .count(deposits), "next_cursor": .text(next?.text),
        ]
    }

    static let optionalFields: Set<String> = ["next_cursor", "reason"]
    static let example = AllDeposits(
        [(.example, "my-agent")],
        next: Cursor(key: 1_773_914_400_000_000, id: "0198c5d2-7b40-7000-8000-000000000003")
    )
}
