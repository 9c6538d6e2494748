import Kernel
import Ledger
import Platform
import Web

// The wire types of the operations routes.

struct LedgerPage: Input {
    let after: Int64
    let limit: Int

    init(_ read: inout InputReader) {
        let after = read.query(
            "after",
            .integer,
            "`next_after` of the page before",
            .range(0...Int(Int32.max), "after must not be negative")
        )
        self.after = Int64(after ?? 0)
        self.limit = read.pageLimit(default: 100)
    }
}

struct AccountPage: Input {
    let number: Int64?
    let cursor: Cursor?
    let limit: Int

    init(_ read: inout InputReader) {
        self.number = Int64(read.path("number", "The account's number"))
        self.cursor = read.cursor()
        self.limit = read.pageLimit(default: 50)
    }
}

struct TransferPath: Input {
    let reference: String
    init(_ read: inout InputReader) { self.reference = read.path("reference", "The transfer's reference") }
}

struct WebhookHealthList: ObjectOutput {
    let json: JSONValue

    init(_ endpoints: [WebhookHealth]) {
        let entries: [JSONValue] = endpoints.map { endpoint in
            [
                "webhook_id": .string(endpoint.endpoint.text), "owner_id": .string(endpoint.owner),
                "url": .string(endpoint.url), "state": .string(endpoint.state.rawValue),
                "disabled_reason": .text(endpoint.disabledReason), "failing_since": .time(endpoint.failingSince),
                "pending": .int(endpoint.pending),
            ]
        }
        self.json = ["webhooks": .array(entries), "count": .count(entries)]
    }

    static let optionalFields: Set<String> = ["disabled_reason", "failing_since"]
    private init(json: JSONValue) { self.json = json }

    static let example = WebhookHealthList(json: [
        "webhooks": [
            [
                "webhook_id": "0198c5d2-7b40-7000-8000-000000000005", "owner_id": "my-agent",
                "url": "https://my-agent.example.com/webhook", "state": "active",
                "disabled_reason": "failing for 5 days", "failing_since": "2026-03-19T10:00:00.000000+00:00",
                "pending": 3,
            ]
        ],
        "count": 1,
    ])
}

extension Account {
    fileprivate func json(owner: String) -> JSONValue {
        [
            "number": .integer(self.number.value), "owner": .string(owner),
            "purpose": .string(self.key.purpose.rawValue), "currency": .string(self.key.currency.code),
            "balance": .string(Micros.text(self.balance)), "debits": .string(Micros.text(self.debitsPosted)),
            "credits": .string(Micros.text(self.creditsPosted)),
            "pending_debits": .string(Micros.text(self.debitsPending)),
            "pending_credits": .string(Micros.text(self.creditsPending)),
        ]
    }
}

extension Transfer {
    fileprivate var json: JSONValue {
        [
            "number": .integer(self.number), "reference": .string(self.reference),
            "debit_account": .integer(self.debit.value), "credit_account": .integer(self.credit.value),
            "amount": .string(Micros.text(self.amount)), "posted_amount": .string(Micros.text(self.postedAmount)),
            "state": .string(self.state.rawValue), "kind": .string(self.origin.kind),
            "subject": .string(self.origin.subject), "trace_id": .text(self.origin.traceID),
            "request_id": .text(self.origin.requestID), "caused_by": .text(self.origin.causedBy),
            "created_at": .time(self.createdAt), "resolved_at": .time(self.resolvedAt),
        ]
    }

    fileprivate static let example: JSONValue = [
        "number": 7, "reference": "deposit:0198c5d2-7b40-7000-8000-000000000003", "debit_account": 2,
        "credit_account": 5, "amount": "10.00", "posted_amount": "10.00", "state": "posted", "kind": "deposit",
        "subject": "0198c5d2-7b40-7000-8000-000000000003", "trace_id": "4bf92f3577b34da6a3ce929d0e0e4736",
        "request_id": "0198c5d2-7b40-7000-8000-000000000002", "caused_by": "x402:0198c5d2",
        "created_at": "2026-03-19T10:00:00.000000+00:00", "resolved_at": "2026-03-19T10:00:01.000000+00:00",
    ]
    fileprivate static let optionalFields: Set<String> = ["trace_id", "request_id", "caused_by", "resolved_at"]
}

private let accountExample: JSONValue = [
    "number": 5, "owner": "my-agent", "purpose": "prepaid", "currency": "USDC", "balance": "10.00", "debits": "2.00",
    "credits": "12.00", "pending_debits": "0.05", "pending_credits": "0.00",
]

struct LedgerOutput: ObjectOutput {
    let json: JSONValue

    init(_ balances: [TrialBalance], _ accounts: [(account: Account, owner: String)], next: Int64?) {
        let sums: [JSONValue] = balances.map { balance in
            [
                "currency": .string(balance.currency), "debits": .string(Micros.text(balance.debitsPosted)),
                "credits": .string(Micros.text(balance.creditsPosted)),
                "pending_debits": .string(Micros.text(balance.debitsPending)),
                "pending_credits": .string(Micros.text(balance.creditsPending)),
                "difference": .string(Micros.text(balance.debitsPosted - balance.creditsPosted)),
            ]
        }
        self.json = [
            "trial_balance": .array(sums), "accounts": .array(accounts.map { $0.account.json(owner: $0.owner) }),
            "next_after": next.map { .integer($0) } ?? .null,
        ]
    }

    private init(json: JSONValue) { self.json = json }

    static let optionalFields: Set<String> = ["next_after"]
    static let example = LedgerOutput(json: [
        "trial_balance": [
            [
                "currency": "USDC", "debits": "12.00", "credits": "12.00", "pending_debits": "0.05",
                "pending_credits": "0.05", "difference": "0.00",
            ]
        ],
        "accounts": [accountExample], "next_after": 5,
    ])
}

struct AccountOutput: ObjectOutput {
    let json: JSONValue

    init(_ account: Account, owner: String, _ transfers: Page<Transfer>) {
        self.json = [
            "account": account.json(owner: owner), "transfers": .array(transfers.items.map(\.json)),
            "next_cursor": .text(transfers.next?.text),
        ]
    }

    private init(json: JSONValue) { self.json = json }

    static let optionalFields = Transfer.optionalFields.union(["next_cursor"])
    static let example = AccountOutput(json: [
        "account": accountExample, "transfers": [Transfer.example], "next_cursor": "7.deposit:0198c5d2",
    ])
}

/// A transfer, and the transfers that it follows from, back to the first.
struct TransferOutput: ObjectOutput {
    let json: JSONValue

    init(_ chain: [Transfer]) {
        self.json = ["transfer": chain[0].json, "why": .array(chain.dropFirst().map(\.json))]
    }

    private init(json: JSONValue) { self.json = json }

    static let optionalFields = Transfer.optionalFields
    static let example = TransferOutput(json: ["transfer": Transfer.example, "why": [Transfer.example]])
}
