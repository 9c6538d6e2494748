import Kernel
package import Storage

/// What the postings of one commit do to accounts, added up: an account that every call uses is written once a commit.
///
/// It expects that every account has what all of the commit takes from it, without what the commit brings. Otherwise each body runs
/// again by itself, and each posting is judged alone.
package final class AccountMoves: BatchPart {
    struct Move {
        var debitsPending: Int64 = 0
        var debitsPosted: Int64 = 0
        var creditsPending: Int64 = 0
        var creditsPosted: Int64 = 0
        let currency: Currency
        var debitLimit = LedgerStore.accountLimit

        var debits: Int64 { self.debitsPending + self.debitsPosted }
        var credits: Int64 { self.creditsPending + self.creditsPosted }
    }

    private var moves: [AccountNumber: Move] = [:]
    private var isMixed = false

    package init() {}

    /// - Parameters:
    ///   - pending: more that is reserved; less, with a minus.
    ///   - posted: more that is moved.
    func add(_ posting: Posting, pending: Int64, posted: Int64) {
        let currency = posting.amount.currency
        for account in [posting.debit, posting.credit] where self.moves[account] == nil {
            self.moves[account] = Move(currency: currency)
        }
        self.change(posting.debit, currency) { move in
            move.debitsPending += pending
            move.debitsPosted += posted
            move.debitLimit = min(move.debitLimit, posting.debitLimit)
        }
        self.change(posting.credit, currency) { move in
            move.creditsPending += pending
            move.creditsPosted += posted
        }
    }

    private func change(_ account: AccountNumber, _ currency: Currency, _ change: (inout Move) -> Void) {
        if self.moves[account]?.currency != currency { self.isMixed = true }
        self.moves[account].map { move in
            var changed = move
            change(&changed)
            self.moves[account] = changed
        }
    }

    /// In the order of the numbers, so that no two commits wait for each other.
    package func flush(in tx: Transaction) throws {
        let moves = self.moves.sorted { $0.key.value < $1.key.value }
        self.moves = [:]
        if self.isMixed { throw Rejection.currenciesDiffer }
        for (account, move) in moves { try tx.ledger.apply(move, to: account) }
    }
}
