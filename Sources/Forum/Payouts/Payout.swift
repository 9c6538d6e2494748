import Kernel
import Storage

/// What a month has come to for a partner.
struct Payout: Sendable, Identified {
    static let idPrefix = ""

    enum State: String, Sendable, SQLConvertible {
        /// To be paid.
        case due
        /// Paid, with a reference.
        case settled
        /// Too little, or nowhere to pay it: it goes on to the next month, in dollars.
        case carried
    }

    let id: ID<Payout>
    let partner: ID<Partner>
    let month: String
    let orders: Int
    // Micro-USD.
    let grossUSD: Int64
    let shareUSD: Int64
    let clawbackUSD: Int64
    let carriedInUSD: Int64
    let carriedOutUSD: Int64
    let method: PayoutMethod.Kind?
    /// Ten-thousandths of a yen for a dollar.
    let rate: Int64
    // Yen.
    let gross: Int64
    let fees: Int64
    let net: Int64
    let state: State
    let reference: String?
    let createdAt: Timestamp
    let paidAt: Timestamp?
    /// Where it goes: the account that was set when the month was closed, sealed.
    let sealedDestination: [UInt8]?
}

extension Payout: RowDecodable {
    static let columns: StaticString = """
        id, partner_id, month, orders, gross_usd, share_usd, clawback_usd, carried_in_usd, carried_out_usd, method, rate,
        gross, fees, net, state, reference, created_at, paid_at, sealed_destination
        """

    init(row: inout Row) throws {
        self.id = try row.column()
        self.partner = try row.column()
        self.month = try row.column()
        self.orders = Int(try row.column(Int64.self))
        self.grossUSD = try row.column()
        self.shareUSD = try row.column()
        self.clawbackUSD = try row.column()
        self.carriedInUSD = try row.column()
        self.carriedOutUSD = try row.column()
        self.method = try row.optional()
        self.rate = try row.column()
        self.gross = try row.column()
        self.fees = try row.column()
        self.net = try row.column()
        self.state = try row.column()
        self.reference = try row.optional()
        self.createdAt = try row.column()
        self.paidAt = try row.optional()
        self.sealedDestination = try row.optional()
    }
}
