import Kernel
import Ledger
import Platform
import Storage
import Web

/// One call through the proxy, as it was answered and charged.
struct Usage: Sendable, Identified, RowDecodable {
    static let idPrefix = ""

    let id: ID<Usage>
    let buyer: ID<Identity>
    let listing: ID<Listing>
    let provider: ID<Identity>
    var calledAt: Timestamp
    let latencyMilliseconds: Int64
    /// The provider's, or the one that the proxy answered instead.
    let statusCode: Int
    /// What was charged; 0 when it was free or failed.
    let amount: Amount<USDC>
    let paymentMethod: PaymentMethod
    let isFree: Bool
    let outcome: Outcome
    /// The ledger's reference; nil when nothing was charged.
    let transfer: TransferReference?
    /// The market's share at the moment of the call.
    let commissionBasisPoints: Int64
    let requestID: String
    let idempotencyKey: String?

    enum Outcome: String, Sendable, CaseIterable, SQLConvertible {
        /// The provider answered below 500.
        case answered
        /// The provider answered 500 or above, or not at all.
        case failed
        /// The provider answered 400 to 499, and charges for 2xx and 3xx alone.
        case refused
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
    var fee: Amount<USDC> { self.amount.share(basisPoints: self.commissionBasisPoints) }

    /// Who hears of it.
    var audience: [ID<Identity>] { self.buyer == self.provider ? [self.buyer] : [self.buyer, self.provider] }

    var once: Once { Self.once(self.idempotencyKey, of: self.id, buyer: self.buyer, listing: self.listing) }

    /// Keys are the buyer's own, for each service.
    static func once(_ key: String?, of usage: ID<Usage>, buyer: ID<Identity>, listing: ID<Listing>) -> Once {
        Once(
            key.map {
                IdempotencyKey(scope: "market.proxy \(buyer.text) \(listing.text)", key: $0, holder: usage.text)
            }
        )
    }
}

extension Usage.Outcome: Wire {}

/// What the ledger calls the charge for a call, and the way back.
extension ID<Usage> {
    var transfer: TransferReference { TransferReference(self.text) }
    var reversal: TransferReference { "\(self.text).reversal" }
}
