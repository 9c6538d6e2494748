package import Kernel
package import Storage

/// The book, inside a transaction. A rejection leaves it as it was.
package struct LedgerStore {
    let tx: Transaction

    /// A thousand million units, in micro-units: nine thousand such transfers fit into a balance.
    package static let amountLimit: Int64 = 1_000_000_000 * Micros.perUnit
    /// The same in a currency.
    package static func limit<Unit>(of _: Unit.Type) -> Amount<Unit> { Amount(micros: Self.amountLimit) }
    /// What one account may be debited or credited in all, so that its balance, and what is reserved of it, fit into 64 bits: SQLite
    /// would go on with rounded numbers.
    package static let accountLimit: Int64 = 4_000_000_000_000 * Micros.perUnit

    // MARK: Accounts

    /// The number of the account, which is opened when it does not exist.
    package func open(_ key: AccountKey) throws -> AccountNumber {
        try self.tx.execute(
            """
            INSERT INTO ledger_account (owner, purpose, currency, never_below_zero, created_at)
            VALUES (\(key.owner), \(key.purpose), \(key.currency.code), \(key.purpose.isNeverBelowZero), \(self.tx.now))
            ON CONFLICT (owner, purpose, currency) DO NOTHING
            """
        )
        return try self.find(key)!.number
    }

    package func find(_ key: AccountKey) throws -> Account? {
        try self.tx.row(
            """
            SELECT \(raw: Account.columns) FROM ledger_account
            WHERE owner = \(key.owner) AND purpose = \(key.purpose) AND currency = \(key.currency.code)
            """
        )
    }

    package func find(_ number: AccountNumber) throws -> Account? {
        try self.tx.row("SELECT \(raw: Account.columns) FROM ledger_account WHERE number = \(number)")
    }

    package func listAccounts() throws -> [Account] {
        try self.tx.rows("SELECT \(raw: Account.columns) FROM ledger_account ORDER BY number")
    }

    // MARK: Postings

    /// Makes all the postings or none. A posting that was made before is left as it is.
    ///
    /// Throws a `Rejection`; of several postings, that of the first that is refused.
    package func post(_ postings: [Posting]) throws {
        guard postings.count > 1, !self.tx.canWait else {
            for posting in postings { try self.post(posting) }
            return
        }
        try self.tx.execute("SAVEPOINT linked")
        do {
            for posting in postings { try self.post(posting) }
            try self.tx.execute("RELEASE SAVEPOINT linked")
        } catch let rejection as Rejection {
            try self.tx.execute("ROLLBACK TO SAVEPOINT linked")
            try self.tx.execute("RELEASE SAVEPOINT linked")
            throw rejection
        }
    }

    /// Makes one posting. Throws a `Rejection`: where the body can wait, not here but at the end of the batch, after which the body runs
    /// again and is refused here.
    package func post(_ posting: Posting) throws {
        guard posting.amount.micros > 0 else { throw Rejection.amountNotPositive }
        guard posting.amount.micros <= Self.amountLimit else { throw Rejection.overflow }
        guard posting.debit != posting.credit else { throw Rejection.accountsAreTheSame }
        if self.tx.canWait { return try self.postLater(posting) }
        guard try self.move(posting, sign: 1) else {
            // What was posted before is left as it is, also when the balance would not suffice again.
            if let existing = try self.find(transfer: posting.reference), existing.isSame(as: posting) { return }
            throw try self.whyRefused(posting)
        }
        guard try self.insert(posting) else {
            // The reference exists: take the movement back, and see whether it was this very posting.
            _ = try self.move(posting, sign: -1)
            try self.requireSame(posting)
            return
        }
    }

    /// Moves what was reserved, or a part of it; the rest is released. Settling twice alike is settling once.
    ///
    /// - Parameter amount: in micro-units; nil for all of it.
    @discardableResult
    package func settle(_ reference: TransferReference, amount: Int64? = nil) throws -> Transfer {
        if amount == nil, let settled = try self.close(reference, as: .posted) { return settled }
        let pending = try self.requirePending(reference, settling: amount)
        let posted = amount ?? pending.amount
        guard pending.state == .pending else { return pending }
        guard posted > 0 else { throw Rejection.amountNotPositive }
        guard posted <= pending.amount else { throw Rejection.exceedsPendingAmount }
        return try self.resolve(pending, to: .posted, posted: posted)
    }

    /// Gives a reservation back. Releasing twice is releasing once.
    @discardableResult
    package func release(_ reference: TransferReference) throws -> Transfer {
        if let released = try self.close(reference, as: .voided) { return released }
        return try self.requirePending(reference, settling: nil, releasing: true)
    }

    /// Releases the reservations whose time has passed, oldest first. Returns them.
    package func expire(limit: Int) throws -> [Transfer] {
        let due = try self.tx.rows(
            """
            SELECT \(raw: Transfer.columns) FROM ledger_transfer
            WHERE state = 'pending' AND expires_at <= \(self.tx.now) ORDER BY expires_at, number LIMIT \(limit)
            """,
            as: Transfer.self
        )
        return try due.map { try self.resolve($0, to: .expired, posted: 0) }
    }

    // MARK: Steps

    /// Adds to both accounts (or, with sign -1, takes away); false, and no change, when an account is missing, would fall below zero, or
    /// would have more than it may.
    private func move(_ posting: Posting, sign: Int64) throws -> Bool {
        let delta = sign * posting.amount.micros
        let isPending = posting.phase != .posted
        let pending = isPending ? delta : 0
        let posted = isPending ? 0 : delta
        // Two statements: SQLite makes a table for a list of numbers, which takes longer than the second one.
        let debited = try self.tx.count(
            """
            UPDATE ledger_account
            SET debits_pending = debits_pending + \(pending), debits_posted = debits_posted + \(posted)
            WHERE number = \(posting.debit) AND currency = \(posting.amount.currency.code)
                AND (never_below_zero = 0 OR credits_posted - debits_posted - debits_pending >= \(delta))
                AND debits_pending + debits_posted <= \(posting.debitLimit - delta)
            """
        )
        guard debited == 1 else { return false }
        let credited = try self.tx.count(
            """
            UPDATE ledger_account
            SET credits_pending = credits_pending + \(pending), credits_posted = credits_posted + \(posted)
            WHERE number = \(posting.credit)
                AND currency = \(posting.amount.currency.code)
                AND credits_pending + credits_posted <= \(Self.accountLimit - delta)
            """
        )
        if credited == 1 { return true }
        try self.tx.execute(
            """
            UPDATE ledger_account
            SET debits_pending = debits_pending - \(pending), debits_posted = debits_posted - \(posted)
            WHERE number = \(posting.debit)
            """
        )
        return false
    }

    /// False when the reference exists.
    private func insert(_ posting: Posting) throws -> Bool { try self.tx.count(self.insertion(of: posting)) == 1 }

    func insertion(of posting: Posting) -> SQL {
        let expiresAt: Timestamp? = if case .pending(let time) = posting.phase { time } else { nil }
        let isPending = posting.phase != .posted
        let origin = posting.origin
        return """
            INSERT INTO ledger_transfer (reference, debit_account, credit_account, amount, state, posted_amount,
                expires_at, kind, subject, trace_id, request_id, caused_by, created_at)
            VALUES (\(posting.reference), \(posting.debit), \(posting.credit), \(posting.amount.micros),
                \(isPending ? Transfer.State.pending : .posted), \(isPending ? 0 : posting.amount.micros), \(expiresAt),
                \(origin.kind), \(origin.subject), \(origin.traceID), \(origin.requestID), \(origin.causedBy),
                \(self.tx.now))
            ON CONFLICT (reference) DO NOTHING
            """
    }

    private func whyRefused(_ posting: Posting) throws -> Rejection {
        guard let debit = try self.find(posting.debit) else { return .debitAccountNotFound }
        guard let credit = try self.find(posting.credit) else { return .creditAccountNotFound }
        guard debit.key.currency == posting.amount.currency, credit.key.currency == posting.amount.currency else {
            return .currenciesDiffer
        }
        guard try self.find(transfer: posting.reference) == nil else { return .existsWithDifferentFields }
        let fits =
            debit.debitsPending + debit.debitsPosted <= posting.debitLimit - posting.amount.micros
            && credit.creditsPending + credit.creditsPosted <= Self.accountLimit - posting.amount.micros
        return fits ? .exceedsCredits : .overflow
    }

    private func requireSame(_ posting: Posting) throws {
        guard let existing = try self.find(transfer: posting.reference), existing.isSame(as: posting) else {
            throw Rejection.existsWithDifferentFields
        }
    }

    /// The transfer when it is pending or already has the wanted outcome.
    private func requirePending(_ reference: TransferReference, settling amount: Int64?, releasing: Bool = false) throws
        -> Transfer
    {
        guard let transfer = try self.find(transfer: reference) else { throw Rejection.pendingTransferNotFound }
        switch transfer.state {
        case .pending: return transfer
        case .posted where transfer.resolvedAt == nil: throw Rejection.transferNotPending
        case .posted:
            guard !releasing, transfer.postedAmount == amount ?? transfer.amount else { throw Rejection.alreadyPosted }
            return transfer
        case .voided:
            guard releasing else { throw Rejection.alreadyVoided }
            return transfer
        case .expired:
            guard releasing else { throw Rejection.pendingTransferExpired }
            return transfer
        }
    }

    /// Settles or releases the whole of a pending transfer at once; nil when there is no such transfer.
    private func close(_ reference: TransferReference, as state: Transfer.State) throws -> Transfer? {
        let transfer: Transfer? = try self.tx.row(
            """
            UPDATE ledger_transfer
            SET state = \(state), posted_amount = CASE WHEN \(state == .posted) = 1 THEN amount ELSE 0 END,
                resolved_at = \(self.tx.now)
            WHERE reference = \(reference) AND state = 'pending' RETURNING \(raw: Transfer.columns)
            """
        )
        if let transfer { try self.moveResolved(transfer, posted: transfer.postedAmount) }
        return transfer
    }

    private func resolve(_ transfer: Transfer, to state: Transfer.State, posted: Int64) throws -> Transfer {
        try self.moveResolved(transfer, posted: posted)
        return try self.tx.row(
            """
            UPDATE ledger_transfer SET state = \(state), posted_amount = \(posted), resolved_at = \(self.tx.now)
            WHERE number = \(transfer.number) RETURNING \(raw: Transfer.columns)
            """
        )!
    }

    private func moveResolved(_ transfer: Transfer, posted: Int64) throws {
        try self.tx.execute(
            """
            UPDATE ledger_account
            SET debits_pending = debits_pending - \(transfer.amount), debits_posted = debits_posted + \(posted)
            WHERE number = \(transfer.debit)
            """
        )
        try self.tx.execute(
            """
            UPDATE ledger_account
            SET credits_pending = credits_pending - \(transfer.amount), credits_posted = credits_posted + \(posted)
            WHERE number = \(transfer.credit)
            """
        )
    }
}

extension Transaction {
    package var ledger: LedgerStore { LedgerStore(tx: self) }
}
