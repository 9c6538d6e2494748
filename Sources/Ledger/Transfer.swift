package import Kernel
package import Storage

/// A transfer's name. Its slice makes it from what the money is for, in one place, so that whoever looks for it finds it.
package struct TransferReference: Hashable, Sendable, SQLConvertible, CustomStringConvertible,
    ExpressibleByStringLiteral, ExpressibleByStringInterpolation
{
    package let text: String

    package init(_ text: String) { self.text = text }
    package init(stringLiteral value: String) { self.text = value }
    package init(sqlValue: SQLValue) throws { self.text = try String(sqlValue: sqlValue) }
    package var sqlValue: SQLValue { .text(self.text) }
    package var description: String { self.text }
}

/// What is asked of the ledger: move an amount from one account to another, now or in two phases.
package struct Posting: Sendable, Equatable {
    /// Chosen by the caller and unique for ever: the same posting twice moves money once.
    package let reference: TransferReference
    package let debit: AccountNumber
    package let credit: AccountNumber
    /// More than zero, and in the currency of both accounts.
    package let amount: Money
    package let phase: Phase
    package let origin: Origin
    /// What the debited account may have been debited in all, pending and posted, in micro-units: beyond it the posting is an *overflow*.
    package let debitLimit: Int64

    package enum Phase: Sendable, Equatable {
        case posted
        /// Reserved until it is settled or released; released by itself at the given time, if there is one.
        case pending(expiresAt: Timestamp?)
    }

    package init<Unit>(
        _ reference: TransferReference,
        from debit: AccountNumber,
        to credit: AccountNumber,
        amount: Amount<Unit>,
        phase: Phase = .posted,
        origin: Origin,
        debitLimit: Amount<Unit>? = nil
    ) {
        self.reference = reference
        self.debit = debit
        self.credit = credit
        self.amount = amount.money
        self.phase = phase
        self.origin = origin
        self.debitLimit = min(debitLimit?.money.micros ?? .max, LedgerStore.accountLimit)
    }

    /// At once, of a currency that is only known while the program runs.
    package init(
        _ reference: TransferReference,
        from debit: AccountNumber,
        to credit: AccountNumber,
        money: Money,
        origin: Origin
    ) {
        (self.reference, self.debit, self.credit, self.amount) = (reference, debit, credit, money)
        (self.phase, self.origin, self.debitLimit) = (.posted, origin, LedgerStore.accountLimit)
    }
}

/// Why money moves: what `why` walks back to.
package struct Origin: Sendable, Equatable {
    /// What the money is for, in the words of the slice: `call`, `deposit`, `credit`, `reversal`.
    package let kind: String
    /// The record that made it: a usage record, a deposit. Events carry the same subject.
    package let subject: String
    /// The W3C trace and the request in which it happened.
    package let traceID: String?
    package let requestID: String?
    /// The transfer that this one follows from, such as the one that it reverses.
    package let causedBy: TransferReference?

    package init(
        kind: String,
        subject: String,
        traceID: String?,
        requestID: String?,
        causedBy: TransferReference? = nil
    ) {
        self.kind = kind
        self.subject = subject
        self.traceID = traceID
        self.requestID = requestID
        self.causedBy = causedBy
    }
}

/// A transfer as it stands in the book. Nothing of it changes but its state, once, from pending.
package struct Transfer: Sendable, Equatable, RowDecodable {
    package let number: Int64
    package let reference: TransferReference
    package let debit: AccountNumber
    package let credit: AccountNumber
    /// What was asked for; in micro-units.
    package let amount: Int64
    package let state: State
    /// What was moved: at most the amount, and 0 unless posted; in micro-units.
    package let postedAmount: Int64
    package let expiresAt: Timestamp?
    package let origin: Origin
    package let createdAt: Timestamp
    package let resolvedAt: Timestamp?

    package enum State: String, Sendable, SQLConvertible, CaseIterable {
        case pending, posted, voided, expired
    }

    package static let columns: StaticString = """
        number, reference, debit_account, credit_account, amount, state, posted_amount, expires_at,
        kind, subject, trace_id, request_id, caused_by, created_at, resolved_at
        """

    package init(row: inout Row) throws {
        self.number = try row.column()
        self.reference = try row.column()
        self.debit = try row.column()
        self.credit = try row.column()
        self.amount = try row.column()
        self.state = try row.column()
        self.postedAmount = try row.column()
        self.expiresAt = try row.optional()
        self.origin = Origin(
            kind: try row.column(),
            subject: try row.column(),
            traceID: try row.optional(),
            requestID: try row.optional(),
            causedBy: try row.optional()
        )
        self.createdAt = try row.column()
        self.resolvedAt = try row.optional()
    }

    /// Whether this transfer is what `posting` asks for.
    func isSame(as posting: Posting) -> Bool {
        let expiresAt: Timestamp? = if case .pending(let time) = posting.phase { time } else { nil }
        return self.debit == posting.debit && self.credit == posting.credit && self.amount == posting.amount.micros
            && (posting.phase == .posted) == (self.state == .posted && self.resolvedAt == nil)
            && self.state != .voided && self.state != .expired && self.expiresAt == expiresAt
            && self.origin.kind == posting.origin.kind
            && self.origin.subject == posting.origin.subject
    }
}

/// Why the ledger refuses. A closed list, in order of precedence: the first that holds is thrown.
package enum Rejection: String, Error, Sendable, CaseIterable {
    /// The amount is zero or negative.
    case amountNotPositive
    /// The amount is so large that balances could leave the range of 64 bits.
    case overflow
    /// Debit and credit name the same account.
    case accountsAreTheSame
    case debitAccountNotFound
    case creditAccountNotFound
    case currenciesDiffer
    /// The reference was used for another posting.
    case existsWithDifferentFields
    /// The debited account may not fall below zero, and would.
    case exceedsCredits
    /// Settling or releasing: no transfer has the reference.
    case pendingTransferNotFound
    /// Settling or releasing a transfer that was posted in one phase.
    case transferNotPending
    /// Settling more than was reserved.
    case exceedsPendingAmount
    case alreadyPosted
    case alreadyVoided
    /// The reservation ran out.
    case pendingTransferExpired
}
