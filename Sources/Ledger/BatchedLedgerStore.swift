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

    /// Moves what the posting has reserved, or a part of it; the rest is released. With nothing, all of it is.
    ///
    /// - Parameter posted: in micro-units; nil for the whole.
    package func settle(_ posting: Posting, posted: Int64? = nil) throws {
        let amount = posting.amount.micros
        let posted = min(amount, posted ?? amount)
        guard self.tx.canWait else {
            if posted > 0 {
                try self.settle(posting.reference, amount: posted == amount ? nil : posted)
            } else {
                try self.release(posting.reference)
            }
            return
        }
        self.tx.together(AccountMoves.self).add(posting, pending: -amount, posted: posted)
        let state: Transfer.State = posted > 0 ? .posted : .voided
        try self.tx.later(
            """
            UPDATE ledger_transfer SET state = \(state), posted_amount = \(posted), resolved_at = \(self.tx.now)
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
