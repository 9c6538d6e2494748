import Kernel
import Ledger
import Platform
import Storage

/// Money that a buyer wants to pay in.
struct Deposit: Sendable, Identified, RowDecodable {
    static let idPrefix = ""

    let id: ID<Deposit>
    let buyer: ID<Identity>
    let amount: Amount<USDC>
    let paymentMethod: PaymentMethod
    let status: Status
    /// The rail's name for what is to be paid: an order, an invoice.
    let reference: String?
    /// The rail's page where it is paid.
    let checkoutURL: String?
    /// The rail's name for what paid it.
    let payment: String?
    /// How many ways of paying were declined.
    let attempt: Int
    /// Why it failed, or what the operator has to look at.
    let reason: String?
    let createdAt: Timestamp
    let updatedAt: Timestamp

    enum Status: String, Sendable, SQLConvertible, CaseIterable {
        case pending
        /// A payment for it is being taken.
        case processing
        case completed, failed
        /// The rail has not said whether it took the money.
        case unknown
        /// The rail took something else than was asked for; nothing was credited, and the operator decides.
        case review

        /// While the rail may still say something new.
        static let open: [Status] = [.pending, .processing, .unknown]

        var isOpen: Bool { Self.open.contains(self) }
    }

    static let columns: StaticString = """
        id, buyer_id, amount, payment_method, status, rail_reference, checkout_url, rail_payment, attempt, reason, created_at,
        updated_at
        """

    /// Of the transfer that credits it, for rails that pay once for a deposit.
    var transferReference: TransferReference { "deposit:\(self.id.text)" }

    init(id: ID<Deposit>, buyer: ID<Identity>, amount: Amount<USDC>, paymentMethod: PaymentMethod, createdAt: Timestamp)
    {
        self.id = id
        self.buyer = buyer
        self.amount = amount
        self.paymentMethod = paymentMethod
        self.status = .pending
        self.reference = nil
        self.checkoutURL = nil
        self.payment = nil
        self.attempt = 0
        self.reason = nil
        self.createdAt = createdAt
        self.updatedAt = createdAt
    }

    init(row: inout Row) throws {
        self.id = try row.column()
        self.buyer = try row.column()
        self.amount = try row.column()
        self.paymentMethod = try row.column()
        self.status = try row.column()
        self.reference = try row.optional()
        self.checkoutURL = try row.optional()
        self.payment = try row.optional()
        self.attempt = try row.column()
        self.reason = try row.optional()
        self.createdAt = try row.column()
        self.updatedAt = try row.column()
    }
}
