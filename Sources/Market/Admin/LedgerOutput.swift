import Kernel
import Ledger
import Web

/// An account of the ledger.
struct AccountPart: Answer {
    let number: Int64
    let owner: String
    let purpose: String
    let currency: Currency
    let balance: DecimalText
    let debits: DecimalText
    let credits: DecimalText
    let pendingDebits: DecimalText
    let pendingCredits: DecimalText

    static let members: [Member<Self>] = [
        Member("number", \.number, "The account"),
        Member("owner", \.owner, "Whose it is; empty for the operator's own"),
        Member("purpose", \.purpose, "What it is for"),
        Member("currency", \.currency, "The currency of the amounts"),
        Member("balance", \.balance, "What it holds"),
        Member("debits", \.debits, "Posted debits"),
        Member("credits", \.credits, "Posted credits"),
        Member("pending_debits", \.pendingDebits, "Reserved debits"),
        Member("pending_credits", \.pendingCredits, "Reserved credits"),
    ]

    fileprivate static let example = AccountPart(
        number: 5,
        owner: "my-agent",
        purpose: "prepaid",
        currency: .usdc,
        balance: DecimalText(10_000_000),
        debits: DecimalText(2_000_000),
        credits: DecimalText(12_000_000),
        pendingDebits: DecimalText(50_000),
        pendingCredits: DecimalText(0)
    )
}

extension AccountPart {
    init(_ account: Account, owner: String) {
        self.init(
            number: account.number.value,
            owner: owner,
            purpose: account.key.purpose.rawValue,
            currency: account.key.currency,
            balance: DecimalText(account.balance),
            debits: DecimalText(account.debitsPosted),
            credits: DecimalText(account.creditsPosted),
            pendingDebits: DecimalText(account.debitsPending),
            pendingCredits: DecimalText(account.creditsPending)
        )
    }
}

/// A transfer of the ledger.
struct TransferPart: Answer {
    let number: Int64
    let reference: String
    let debit: Int64
    let credit: Int64
    let amount: DecimalText
    let postedAmount: DecimalText
    let state: Transfer.State
    let origin: Origin
    let createdAt: Timestamp
    let resolvedAt: Timestamp?

    static let members: [Member<Self>] = [
        Member("number", \.number, "The transfer"),
        Member("reference", \.reference, "Its name, which no other transfer has"),
        Member("debit_account", \.debit, "The account that gives"),
        Member("credit_account", \.credit, "The account that gets"),
        Member("amount", \.amount, "What was reserved or posted"),
        Member("posted_amount", \.postedAmount, "What was posted"),
        Member("state", \.state, "Its state"),
        Member("kind", \.origin.kind, "What it is for"),
        Member("subject", \.origin.subject, "The call, deposit or payout that it belongs to"),
        Member("trace_id", \.origin.traceID, "The trace of the request"),
        Member("request_id", \.origin.requestID, "The X-Request-Id of the request"),
        Member("caused_by", \.origin.causedBy?.text, "The transfer that it follows from"),
        Member("created_at", \.createdAt, "When it was made"),
        Member("resolved_at", \.resolvedAt, "When its reservation ended"),
    ]

    fileprivate static let example = TransferPart(
        number: 7,
        reference: "deposit:0198c5d2-7b40-7000-8000-000000000003",
        debit: 2,
        credit: 5,
        amount: DecimalText(10_000_000),
        postedAmount: DecimalText(10_000_000),
        state: .posted,
        origin: Origin(
            kind: "deposit",
            subject: "0198c5d2-7b40-7000-8000-000000000003",
            traceID: "4bf92f3577b34da6a3ce929d0e0e4736",
            requestID: "0198c5d2-7b40-7000-8000-000000000002",
            causedBy: "x402:0198c5d2"
        ),
        createdAt: Timestamp(text: "2026-03-19T10:00:00Z")!,
        resolvedAt: Timestamp(text: "2026-03-19T10:00:01Z")
    )
}

extension TransferPart {
    init(_ transfer: Transfer) {
        self.init(
            number: transfer.number,
            reference: transfer.reference.text,
            debit: transfer.debit.value,
            credit: transfer.credit.value,
            amount: DecimalText(transfer.amount),
            postedAmount: DecimalText(transfer.postedAmount),
            state: transfer.state,
            origin: transfer.origin,
            createdAt: transfer.createdAt,
            resolvedAt: transfer.resolvedAt
        )
    }
}

struct LedgerOutput: ExampleAnswer {
    let balances: [Sums]
    let accounts: [AccountPart]
    let next: Cursor?

    /// Of all accounts of a currency.
    struct Sums: Answer {
        let currency: String
        let debits: Int64
        let credits: Int64
        let pendingDebits: Int64
        let pendingCredits: Int64

        static let members: [Member<Self>] = [
            Member("currency", \.currency, "The currency of the amounts"),
            Member("debits", { DecimalText($0.debits) }, "Posted debits of all accounts"),
            Member("credits", { DecimalText($0.credits) }, "Posted credits of all accounts"),
            Member("pending_debits", { DecimalText($0.pendingDebits) }, "Reserved debits"),
            Member("pending_credits", { DecimalText($0.pendingCredits) }, "Reserved credits"),
            Member(
                "difference",
                { DecimalText($0.debits - $0.credits) },
                "Debits less credits: 0.00, or the ledger is wrong"
            ),
        ]
    }

    static let members: [Member<Self>] = [
        Member("trial_balance", \.balances, "One for each currency"),
        Member("accounts", \.accounts, "By number"),
        Member("next_cursor", \.next, "Where the next page begins; null on the last"),
    ]

    static let example = LedgerOutput(
        balances: [
            Sums(
                currency: "USDC",
                debits: 12_000_000,
                credits: 12_000_000,
                pendingDebits: 50_000,
                pendingCredits: 50_000
            )
        ],
        accounts: [.example],
        next: Cursor(key: 5, id: "5")
    )
}

extension LedgerOutput {
    init(_ balances: [TrialBalance], _ accounts: [(account: Account, owner: String)], next: Cursor?) {
        self.init(
            balances: balances.map { balance in
                Sums(
                    currency: balance.currency,
                    debits: balance.debitsPosted,
                    credits: balance.creditsPosted,
                    pendingDebits: balance.debitsPending,
                    pendingCredits: balance.creditsPending
                )
            },
            accounts: accounts.map { AccountPart($0.account, owner: $0.owner) },
            next: next
        )
    }
}

struct AccountOutput: ExampleAnswer {
    let account: AccountPart
    let transfers: [TransferPart]
    let next: Cursor?

    static let members: [Member<Self>] = [
        Member("account", \.account, "The account"),
        Member("transfers", \.transfers, "Newest first"),
        Member("next_cursor", \.next, "Where the next page begins; null on the last"),
    ]

    static let example = AccountOutput(
        account: .example,
        transfers: [.example],
        next: Cursor(key: 7, id: "deposit:0198c5d2")
    )
}

extension AccountOutput {
    init(_ account: Account, owner: String, _ transfers: Page<Transfer>) {
        self.init(
            account: AccountPart(account, owner: owner),
            transfers: transfers.items.map(TransferPart.init),
            next: transfers.next
        )
    }
}

/// A transfer, and the transfers that it follows from, back to the first.
struct TransferOutput: ExampleAnswer {
    let chain: [TransferPart]
    let archive: String?

    var transfer: TransferPart { self.chain[0] }
    var causes: [TransferPart] { Array(self.chain.dropFirst()) }

    static let members: [Member<Self>] = [
        Member("transfer", \.transfer, "The transfer"),
        Member("why", \.causes, "What it follows from, back to the first"),
        Member(
            "record_file",
            \.archive,
            "The archive's file with the usage record, if that has left the database; null otherwise"
        ),
    ]

    static let example = TransferOutput(chain: [.example, .example], archive: nil)
}

extension TransferOutput {
    init(_ chain: [Transfer], archive: String?) { self.init(chain: chain.map(TransferPart.init), archive: archive) }
}
