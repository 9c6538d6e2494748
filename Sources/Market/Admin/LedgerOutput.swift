import Kernel
import Ledger
import Web

/// What stands in the book, in micro-units of its currency. Pages group its thousands, and show no places that the currency has not.
struct LedgerAmount: Wire {
    let micros: Int64
    let currency: Currency

    init(_ micros: Int64, _ currency: Currency) { (self.micros, self.currency) = (micros, currency) }

    static let shape = Shape<LedgerAmount>(
        ["type": "string", "pattern": "^-?[0-9]+\\.[0-9]{2,6}$"],
        example: "0.05",
        show: { amount, display in display.money(amount.micros, amount.currency) }
    ) {
        $1.write(Micros.text($0.micros))
    }
}

/// An account of the ledger.
struct AccountPart: Answer {
    let number: Int64
    let owner: String
    let purpose: String
    let currency: Currency
    let balance: LedgerAmount
    let debits: LedgerAmount
    let credits: LedgerAmount
    let pendingDebits: LedgerAmount
    let pendingCredits: LedgerAmount

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
        balance: LedgerAmount(10_000_000, .usdc),
        debits: LedgerAmount(2_000_000, .usdc),
        credits: LedgerAmount(12_000_000, .usdc),
        pendingDebits: LedgerAmount(50_000, .usdc),
        pendingCredits: LedgerAmount(0, .usdc)
    )
}

extension AccountPart {
    init(_ account: Account, owner: String) {
        self.init(
            number: account.number.value,
            owner: owner,
            purpose: account.key.purpose.rawValue,
            currency: account.key.currency,
            balance: LedgerAmount(account.balance.micros, account.key.currency),
            debits: LedgerAmount(account.debitsPosted, account.key.currency),
            credits: LedgerAmount(account.creditsPosted, account.key.currency),
            pendingDebits: LedgerAmount(account.debitsPending, account.key.currency),
            pendingCredits: LedgerAmount(account.creditsPending, account.key.currency)
        )
    }
}

/// A transfer of the ledger.
struct TransferPart: Answer {
    let number: Int64
    let reference: String
    let debit: Int64
    let credit: Int64
    let currency: Currency
    let amount: LedgerAmount
    let postedAmount: LedgerAmount
    let state: Transfer.State
    let origin: Origin
    let createdAt: Timestamp
    let resolvedAt: Timestamp?

    static let members: [Member<Self>] = [
        Member("number", \.number, "The transfer"),
        Member("reference", \.reference, "Its name, which no other transfer has"),
        Member("debit_account", \.debit, "The account that gives"),
        Member("credit_account", \.credit, "The account that gets"),
        Member("currency", \.currency, "The currency of the amounts"),
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
        currency: .usdc,
        amount: LedgerAmount(10_000_000, .usdc),
        postedAmount: LedgerAmount(10_000_000, .usdc),
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
    init(_ transfer: Transfer, _ currency: Currency) {
        self.init(
            number: transfer.number,
            reference: transfer.reference.text,
            debit: transfer.debit.value,
            credit: transfer.credit.value,
            currency: currency,
            amount: LedgerAmount(transfer.amount, currency),
            postedAmount: LedgerAmount(transfer.postedAmount, currency),
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
        let currency: Currency
        let debits: Int64
        let credits: Int64
        let pendingDebits: Int64
        let pendingCredits: Int64

        static let members: [Member<Self>] = [
            Member("currency", \.currency, "The currency of the amounts"),
            Member("debits", { LedgerAmount($0.debits, $0.currency) }, "Posted debits of all accounts"),
            Member("credits", { LedgerAmount($0.credits, $0.currency) }, "Posted credits of all accounts"),
            Member("pending_debits", { LedgerAmount($0.pendingDebits, $0.currency) }, "Reserved debits"),
            Member("pending_credits", { LedgerAmount($0.pendingCredits, $0.currency) }, "Reserved credits"),
            Member(
                "difference",
                { LedgerAmount($0.debits - $0.credits, $0.currency) },
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
                currency: .usdc,
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
                    currency: Currency(code: balance.currency),
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
            transfers: transfers.items.map { TransferPart($0, account.key.currency) },
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
    init(_ chain: [(transfer: Transfer, currency: Currency)], archive: String?) {
        self.init(chain: chain.map { TransferPart($0.transfer, $0.currency) }, archive: archive)
    }
}
