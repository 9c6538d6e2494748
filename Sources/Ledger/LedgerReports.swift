package import Kernel
package import Storage

/// What the book tells: a transfer, an account's history, the trial balance, and whether the balances are true.
extension LedgerStore {
    package func find(transfer reference: TransferReference) throws -> Transfer? {
        try self.tx.row("SELECT \(raw: Transfer.columns) FROM ledger_transfer WHERE reference = \(reference)")
    }

    /// An account's transfers, newest first.
    package func history(of account: AccountNumber, before cursor: Cursor?, limit: Int) throws -> Page<Transfer> {
        let last = cursor?.key ?? Int64.max
        let fetched = try self.tx.rows(
            """
            SELECT \(raw: Transfer.columns) FROM ledger_transfer
            WHERE (debit_account = \(account) OR credit_account = \(account)) AND number < \(last)
            ORDER BY number DESC LIMIT \(limit + 1)
            """,
            as: Transfer.self
        )
        return Page(fetched: fetched, limit: limit) { Cursor(key: $0.number, id: $0.reference.text) }
    }

    /// Accounts by number.
    package func listAccounts(after cursor: Cursor?, limit: Int) throws -> Page<Account> {
        let fetched = try self.tx.rows(
            """
            SELECT \(raw: Account.columns) FROM ledger_account WHERE number > \(cursor?.key ?? 0)
            ORDER BY number LIMIT \(limit + 1)
            """,
            as: Account.self
        )
        return Page(fetched: fetched, limit: limit) { Cursor(key: $0.number.value, id: "\($0.number.value)") }
    }

    /// The transfer, what it follows from, and so on to the first cause.
    package func why(_ reference: TransferReference) throws -> [Transfer] {
        var chain: [Transfer] = []
        var next: TransferReference? = reference
        while let current = next, let transfer = try self.find(transfer: current),
            !chain.contains(where: { $0.number == transfer.number })
        {
            chain.append(transfer)
            next = transfer.origin.causedBy
        }
        return chain
    }

    /// Debits minus credits by currency, posted and pending: always 0.
    package func trialBalance() throws -> [TrialBalance] {
        // Units and their fractions apart: the sum over all accounts may not fit into 64 bits.
        try self.tx.rows(
            """
            SELECT currency, CAST(SUM(debits_posted / 1000000) AS BIGINT), CAST(SUM(debits_posted % 1000000) AS BIGINT),
                CAST(SUM(credits_posted / 1000000) AS BIGINT), CAST(SUM(credits_posted % 1000000) AS BIGINT),
                CAST(SUM(debits_pending / 1000000) AS BIGINT), CAST(SUM(debits_pending % 1000000) AS BIGINT),
                CAST(SUM(credits_pending / 1000000) AS BIGINT), CAST(SUM(credits_pending % 1000000) AS BIGINT)
            FROM ledger_account GROUP BY currency ORDER BY currency
            """
        )
    }

    /// Recomputes every balance from the transfers; what differs. A true book gives an empty list.
    package func verify() throws -> [Difference] {
        let computed = try self.tx.rows(
            """
            SELECT a.number, a.owner || ' ' || a.purpose || ' ' || a.currency,
                a.debits_pending, a.debits_posted, a.credits_pending, a.credits_posted,
                COALESCE(d.pending, 0), COALESCE(d.posted, 0), COALESCE(c.pending, 0), COALESCE(c.posted, 0)
            FROM ledger_account a
            LEFT JOIN (
                SELECT debit_account AS account, CAST(SUM(posted_amount) AS BIGINT) AS posted,
                    CAST(SUM(CASE WHEN state = 'pending' THEN amount ELSE 0 END) AS BIGINT) AS pending
                FROM ledger_transfer GROUP BY debit_account
            ) d ON d.account = a.number
            LEFT JOIN (
                SELECT credit_account AS account, CAST(SUM(posted_amount) AS BIGINT) AS posted,
                    CAST(SUM(CASE WHEN state = 'pending' THEN amount ELSE 0 END) AS BIGINT) AS pending
                FROM ledger_transfer GROUP BY credit_account
            ) c ON c.account = a.number
            ORDER BY a.number
            """
        ) { row in
            _ = try row.column(Int64.self)
            let name = try row.column(String.self)
            let values = try (0..<8).map { _ in try row.column(Int64.self) }
            return zip(["debits_pending", "debits_posted", "credits_pending", "credits_posted"], 0..<4).map {
                Difference(account: name, what: $0, stored: values[$1], computed: values[$1 + 4])
            }
        }
        let sums = try self.trialBalance().flatMap { balance in
            [
                Difference(
                    account: balance.currency,
                    what: "trial balance, posted",
                    stored: balance.debitsPosted,
                    computed: balance.creditsPosted
                ),
                Difference(
                    account: balance.currency,
                    what: "trial balance, pending",
                    stored: balance.debitsPending,
                    computed: balance.creditsPending
                ),
            ]
        }
        return (computed.flatMap { $0 } + sums).filter { $0.stored != $0.computed }
    }
}

/// The sums over all accounts of one currency.
package struct TrialBalance: Sendable, Equatable, RowDecodable {
    package let currency: String
    package let debitsPosted: Int64
    package let creditsPosted: Int64
    package let debitsPending: Int64
    package let creditsPending: Int64

    package static let columns: StaticString = """
        currency, debits_posted, credits_posted, debits_pending, credits_pending, each in units and in their fractions
        """

    /// What does not fit is the largest number: two such sums are then told apart by their fractions no more.
    package init(row: inout Row) throws {
        self.currency = try row.column()
        let parts = try (0..<8).map { _ in try row.column(Int64.self) }
        let sums = stride(from: 0, to: 8, by: 2).map { index in
            let (units, overflowed) = parts[index].multipliedReportingOverflow(by: Micros.perUnit)
            let (sum, carried) = units.addingReportingOverflow(parts[index + 1])
            return overflowed || carried ? Int64.max : sum
        }
        (self.debitsPosted, self.creditsPosted, self.debitsPending, self.creditsPending) = (
            sums[0], sums[1], sums[2], sums[3]
        )
    }
}

/// A balance that is not what its transfers add up to.
package struct Difference: Sendable, Equatable, CustomStringConvertible {
    package let account: String
    package let what: String
    package let stored: Int64
    package let computed: Int64

    package init(account: String, what: String, stored: Int64, computed: Int64) {
        self.account = account
        self.what = what
        self.stored = stored
        self.computed = computed
    }

    package var description: String {
        "\(self.account): \(self.what) is \(Micros.text(self.stored)), its transfers say \(Micros.text(self.computed))"
    }
}
