import Kernel
import Platform
import Storage

/// What a provider is paid for the calls of a period.
struct Settlement: Sendable, Equatable, Identified, RowDecodable {
    static let idPrefix = ""

    let id: ID<Settlement>
    let provider: ID<Identity>
    let providerName: String
    let start: Timestamp
    let end: Timestamp
    /// Records before this moment are in it: the end of the period, or the moment of its making when that was earlier.
    let coveredUntil: Timestamp
    let total: Amount<USDC>
    let fee: Amount<USDC>
    let net: Amount<USDC>
    let callCount: Int64
    var status: Status
    /// What the operator says of the payment: a hash, a reference.
    var paymentReference: String?
    var failure: String?
    let createdAt: Timestamp
    var closedAt: Timestamp?

    enum Status: String, Sendable, SQLConvertible, CaseIterable {
        case pending, processing, completed, failed
    }

    static let columns: StaticString = """
        s.id, s.provider_id, identity.name, s.period_start, s.period_end, s.covered_until, s.total_amount, s.platform_fee,
        s.net_amount, s.call_count, s.status, s.payment_tx, s.failure, s.created_at, s.closed_at
        """

    init(row: inout Row) throws {
        self.id = try row.column()
        self.provider = try row.column()
        self.providerName = try row.column()
        self.start = try row.column()
        self.end = try row.column()
        self.coveredUntil = try row.column()
        self.total = try row.column()
        self.fee = try row.column()
        self.net = try row.column()
        self.callCount = try row.column()
        self.status = try row.column()
        self.paymentReference = try row.optional()
        self.failure = try row.optional()
        self.createdAt = try row.column()
        self.closedAt = try row.optional()
    }

    init(
        id: ID<Settlement>,
        provider: ID<Identity>,
        providerName: String,
        period: SettlementPeriod,
        coveredUntil: Timestamp,
        figures: Figures,
        createdAt: Timestamp
    ) {
        self.id = id
        self.provider = provider
        self.providerName = providerName
        self.start = period.start
        self.end = period.end
        self.coveredUntil = coveredUntil
        self.total = figures.revenue
        self.fee = figures.fee
        self.net = figures.revenue - figures.fee
        self.callCount = figures.calls
        self.status = .pending
        self.createdAt = createdAt
    }
}

/// From a moment up to another, which is no longer in it.
struct SettlementPeriod: Sendable, Equatable {
    let start: Timestamp
    let end: Timestamp
}
