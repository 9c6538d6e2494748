import Kernel
import Platform
import Storage

/// Who is paid, and up to where that has been done.
struct Payee: Sendable, RowDecodable {
    let id: ID<Identity>
    let taxRegime: TaxRegime
    let bankCode: String
    let closedUntil: Timestamp
    /// What is due is kept for later.
    let isSuspended: Bool

    static let columns: StaticString = "a.identity_id, a.tax_regime, a.bank_code, a.closed_until, a.suspended_at"

    init(row: inout Row) throws {
        self.id = try row.column()
        self.taxRegime = try row.column()
        self.bankCode = try row.column()
        self.closedUntil = try row.column()
        self.isSuspended = try row.optional(Timestamp.self) != nil
    }
}

/// A payout before it is written down.
struct NewPayout: Sendable {
    let payee: Payee
    let month: String
    let cutoff: Timestamp
    let conversions: Int64
    let amounts: PayoutAmounts
    let carryReason: Payout.CarryReason?
}
