import Kernel
import Storage

/// Postings whose outcome is expected, and which a commit makes together.
extension LedgerStore {
    func postLater(_ posting: Posting) throws {
        let amount = posting.amount.micros
        let isPending = posting.phase != .posted
        self.tx.together(AccountMoves.self)
            .add(posting, pending: isPending ? amount : 0, posted: isPending ? 0 : amount)
        try self.tx.later(self.insertion(of: posting), expecting: 1)
    }

    /// Moves the whole of what the posting has reserved.
    package func settle(_ posting: Posting) throws {
        guard self.tx.canWait else {
            try self.settle(posting.reference)
            return
        }
        let amount = posting.amount.micros
        self.tx.together(AccountMoves.self).add(posting, pending: -amount, posted: amount)
        try self.tx.later(
            """
            UPDATE ledger_transfer SET state = 'posted', posted_amount = amount, resolved_at = \(self.tx.now)
            WHERE reference = \(posting.reference) AND state = 'pending' AND amount = \(amount)
                AND debit_account = \(posting.debit) AND credit_account = \(posting.credit)
            """,
            expecting: 1
        )
    }

    /// By the end of the commit, which expects that the account may.
    func apply(_ move: AccountMoves.Move, to account: AccountNumber) throws {
        try self.tx.later(
            """
            UPDATE ledger_account SET debits_pending = debits_pending + \(move.debitsPending),
                debits_posted = debits_posted + \(move.debitsPosted),
                credits_pending = credits_pending + \(move.creditsPending),
                credits_posted = credits_posted + \(move.creditsPosted)
            WHERE number = \(account) AND currency = \(move.currency.code)
                AND (never_below_zero = 0 OR credits_posted - debits_posted - debits_pending >= \(-move.lowest))
                AND debits_pending + debits_posted <= \(move.debitLimit - move.debits)
                AND credits_pending + credits_posted <= \(Self.accountLimit - move.credits)
            """,
            expecting: 1
        )
    }
}
