import Kernel
import Ledger
import Platform
import Storage

/// Money that goes back to whoever paid it in.
struct Refund: Sendable, Identified, RowDecodable {
    static let idPrefix = ""

    let id: ID<Refund>
    let deposit: ID<Deposit>
    let buyer: ID<Identity>
    let buyerName: String
    let paymentMethod: PaymentMethod
    let amount: Amount<USDC>
    let status: Status
    /// The rail's name for it, or what the operator wrote.
    let payment: String?
    let reason: String?
    let createdAt: Timestamp
    let closedAt: Timestamp?

    enum Status: String, Sendable, SQLConvertible, CaseIterable {
        /// Waits for the operator, who pays it by hand.
        case pending
        /// The rail is being asked, or has not said whether it has paid. The money stays reserved.
        case processing
        case completed, failed
    }

    static let columns: StaticString = """
        r.id, r.deposit_id, r.buyer_id, identity.name, d.payment_method, r.amount, r.status, r.payment_tx, r.reason,
        r.created_at, r.closed_at
        """

    /// Of the transfer that reserves and then moves the money.
    var transferReference: TransferReference { "refund:\(self.id.text)" }

    init(row: inout Row) throws {
        self.id = try row.column()
        self.deposit = try row.column()
        self.buyer = try row.column()
        self.buyerName = try row.column()
        self.paymentMethod = try row.column()
        self.amount = try row.column()
        self.status = try row.column()
        self.payment = try row.optional()
        self.reason = try row.optional()
        self.createdAt = try row.column()
        self.closedAt = try row.optional()
    }
}
