import Kernel
import Platform
import Storage

/// One call through the proxy, as it was answered and charged.
struct Usage: Sendable, Identified, RowDecodable {
    static let idPrefix = ""

    let id: ID<Usage>
    let buyer: ID<Identity>
    let listing: ID<Listing>
    let provider: ID<Identity>
    let calledAt: Timestamp
    let latencyMilliseconds: Int64
    /// The provider's, or the one that the proxy answered instead.
    let statusCode: Int
    /// What was charged, in micro-units; 0 when it was free or failed.
    let amount: Int64
    let paymentMethod: PaymentMethod
    let isFree: Bool
    let outcome: Outcome
    /// The ledger's reference; nil when nothing was charged.
    let transfer: String?
    /// The market's share at the moment of the call.
    let commissionBasisPoints: Int64
    let requestID: String
    let idempotencyKey: String?

    enum Outcome: String, Sendable, SQLConvertible {
        /// The provider answered below 500.
        case answered
        /// The provider answered 500 or above, or not at all.
        case failed
        /// The answer was broken off, by the provider or by the end of this server; what was charged was given back.
        case broken
    }

    static let columns: StaticString = """
        id, buyer_id, listing_id, provider_id, called_at, latency_ms, status_code, amount, payment_method, is_free, outcome,
        transfer, commission_basis_points, request_id, idempotency_key
        """

    init(row: inout Row) throws {
        self.id = try row.column()
        self.buyer = try row.column()
        self.listing = try row.column()
        self.provider = try row.column()
        self.calledAt = try row.column()
        self.latencyMilliseconds = try row.column()
        self.statusCode = try row.column()
        self.amount = try row.column()
        self.paymentMethod = try row.column()
        self.isFree = try row.column()
        self.outcome = try row.column()
        self.transfer = try row.optional()
        self.commissionBasisPoints = try row.column()
        self.requestID = try row.column()
        self.idempotencyKey = try row.optional()
    }

    /// The market's share of the amount.
    var fee: Int64 { Micros.share(self.amount, basisPoints: self.commissionBasisPoints) }

    /// Who hears of it.
    var audience: [ID<Identity>] { self.buyer == self.provider ? [self.buyer] : [self.buyer, self.provider] }

    var idempotency: IdempotencyKey? {
        self.idempotencyKey.map { Self.idempotency($0, of: self.id, buyer: self.buyer, listing: self.listing) }
    }

    /// Keys are the buyer's own, for each service.
    static func idempotency(_ key: String, of usage: ID<Usage>, buyer: ID<Identity>, listing: ID<Listing>)
        -> IdempotencyKey
    {
        IdempotencyKey(scope: "market.proxy \(buyer.text) \(listing.text)", key: key, holder: usage.text)
    }

    /// - Parameter now: of the transaction that writes it: whatever reads the records up to a moment has read all of them.
    init(_ call: ProxyCall, _ funding: Funding, _ result: CallResult, now: Timestamp) {
        self.id = call.usage
        self.buyer = call.caller.identity
        self.listing = call.listing.id
        self.provider = call.listing.provider
        self.calledAt = now
        self.latencyMilliseconds = result.latencyMilliseconds
        self.statusCode = result.status
        self.isFree = funding.isFree && result.outcome == .answered
        self.amount = result.outcome == .answered ? funding.amount(call) : 0
        self.paymentMethod = call.listing.paymentMethod
        self.outcome = result.outcome
        self.transfer = self.amount > 0 ? call.usage.text : nil
        self.commissionBasisPoints = Commission.basisPoints(at: call.startedAt, since: call.listing.providerSince)
        self.requestID = call.trace.requestID
        self.idempotencyKey = call.idempotencyKey
    }
}

struct UsageStore {
    let tx: Transaction

    func insert(_ usage: Usage) throws {
        try self.tx.execute(
            """
            INSERT INTO market_usage (\(raw: Usage.columns))
            VALUES (\(usage.id), \(usage.buyer), \(usage.listing), \(usage.provider), \(usage.calledAt),
                \(usage.latencyMilliseconds), \(usage.statusCode), \(usage.amount), \(usage.paymentMethod),
                \(usage.isFree), \(usage.outcome), \(usage.transfer), \(usage.commissionBasisPoints),
                \(usage.requestID), \(usage.idempotencyKey))
            """
        )
        try self.tx.rollUps.enqueue(usage.id)
    }

    func find(_ id: ID<Usage>) throws -> Usage? { try self.list([id]).first }

    /// In no order.
    func list(_ ids: [ID<Usage>]) throws -> [Usage] {
        try self.tx.rows("SELECT \(raw: Usage.columns) FROM market_usage WHERE id IN (\(list: ids))")
    }

    /// Takes a charge back from the record of a call whose answer was broken off.
    func markBroken(_ usage: Usage) throws {
        try self.tx.rollUps.takeBack(usage)
        try self.tx.execute(
            "UPDATE market_usage SET amount = 0, is_free = 0, outcome = 'broken' WHERE id = \(usage.id)"
        )
        try self.tx.rollUps.enqueue(usage.id)
    }

    /// A buyer's calls, newest first.
    func list(_ filter: UsageFilter, before cursor: String?, limit: Int) throws -> [Usage] {
        var conditions = filter.conditions
        if let cursor { conditions.append("id < \(cursor)") }
        return try self.tx.rows(
            """
            SELECT \(raw: Usage.columns) FROM market_usage WHERE \(SQL.all(conditions))
            ORDER BY id DESC LIMIT \(limit)
            """
        )
    }

    func count(_ filter: UsageFilter) throws -> Int {
        try self.tx.value("SELECT COUNT(*) FROM market_usage WHERE \(SQL.all(filter.conditions))") ?? 0
    }
}

struct UsageFilter: Sendable {
    let buyer: ID<Identity>
    let listing: ID<Listing>?
    let from: Timestamp?
    let to: Timestamp?

    fileprivate var conditions: [SQL] {
        var conditions: [SQL] = ["buyer_id = \(self.buyer)"]
        if let listing { conditions.append("listing_id = \(listing)") }
        if let from { conditions.append("called_at >= \(from)") }
        if let to { conditions.append("called_at < \(to)") }
        return conditions
    }
}

extension Transaction {
    var usage: UsageStore { UsageStore(tx: self) }
}
