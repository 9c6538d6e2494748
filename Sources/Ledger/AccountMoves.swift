import Kernel
package import Storage

/// What the postings of one commit do to accounts, added up: an account that every call uses is written once a commit.
///
/// It expects that every account covers its postings, in their order. Otherwise each body runs again by itself, and each posting is judged
/// alone.
package final class AccountMoves: BatchPart {
    struct Move {
        var debitsPending: Int64 = 0
        var debitsPosted: Int64 = 0
        var creditsPending: Int64 = 0
        var creditsPosted: Int64 = 0
        let currency: Currency
        var debitLimit = LedgerStore.accountLimit
        /// What the account can spend more, or less, after the postings so far; and the lowest that this has been.
        private var change: Int64 = 0
        private(set) var lowest: Int64 = 0

        init(_ currency: Currency) { self.currency = currency }

        mutating func debit(pending: Int64, posted: Int64, limit: Int64) {
            self.debitsPending += pending
            self.debitsPosted += posted
            self.debitLimit = min(self.debitLimit, limit)
            self.change -= pending + posted
            self.lowest = min(self.lowest, self.change)
        }

        mutating func credit(pending: Int64, posted: Int64) {
            self.creditsPending += pending
            self.creditsPosted += posted
            self.change += posted
        }

        var debits: Int64 { self.debitsPending + self.debitsPosted }
        var credits: Int64 { self.creditsPending + self.creditsPosted }
    }

    package static let table: StaticString = "ledger_account"

    private var moves: [AccountNumber: Move] = [:]
    private var isMixed = false

    package init() {}

    /// - Parameters:
    ///   - pending: more that is reserved; less, with a minus.
    ///   - posted: more that is moved.
    func add(_ posting: Posting, pending: Int64, posted: Int64) {
        let currency = posting.amount.currency
        for account in [posting.debit, posting.credit] {
            let known = self.moves[account]?.currency
            if known == nil { self.moves[account] = Move(currency) }
            if let known, known != currency { self.isMixed = true }
        }
        self.moves[posting.debit]?.debit(pending: pending, posted: posted, limit: posting.debitLimit)
        self.moves[posting.credit]?.credit(pending: pending, posted: posted)
    }

    /// In the order of the numbers, so that no two commits wait for each other.
    package func flush(in tx: Transaction) throws {
        let moves = self.moves.sorted { $0.key.value < $1.key.value }
        self.moves = [:]
        if self.isMixed { throw Rejection.currenciesDiffer }
        for (account, move) in moves { try tx.ledger.apply(move, to: account) }
    }
}
