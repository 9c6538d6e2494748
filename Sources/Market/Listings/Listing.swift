package import Kernel
import Platform
package import Storage

/// A service on the market: what it is, what a call costs, and where it is answered.
package struct Listing: Sendable, Equatable, Identified, RowDecodable {
    package static let idPrefix = ""

    package let id: ID<Listing>
    let provider: ID<Identity>
    let providerName: String
    var name: String
    var description: String
    /// The provider's own address; never public.
    var endpoint: String
    var price: Price
    let paymentMethod: PaymentMethod
    let freeTierCalls: Int
    /// Seconds to the first byte of an answer.
    var timeoutSeconds: Int
    var status: Status
    var category: String
    var tags: [String]
    var chargeRule: ChargeRule
    var interface: ServiceInterface
    /// Why the operator has paused it; nil unless they have.
    var pausedReason: String?
    /// Whether its provider wants it paused while the operator has paused it.
    var isPausedByProvider = false
    let createdAt: Timestamp
    var updatedAt: Timestamp
    /// When the provider's first service was listed: its commission depends on it.
    let providerSince: Timestamp

    enum Status: String, Sendable, SQLConvertible, CaseIterable {
        case active, paused, removed
    }

    package static let columns: StaticString = """
        l.id, l.provider_id, identity.name, l.name, l.description, l.endpoint, l.price_text, l.price_micros,
        l.payment_method, l.free_tier_calls, l.timeout_seconds, l.status, l.category, l.tags, l.charged_for, l.interface,
        l.paused_reason, l.paused_by_provider, l.created_at, l.updated_at,
        (SELECT MIN(created_at) FROM market_listing f WHERE f.provider_id = l.provider_id)
        """

    package init(row: inout Row) throws {
        self.id = try row.column()
        self.provider = try row.column()
        self.providerName = try row.column()
        self.name = try row.column()
        self.description = try row.column()
        self.endpoint = try row.column()
        self.price = Price(text: try row.column(), amount: try row.column())
        self.paymentMethod = try row.column()
        self.freeTierCalls = try row.column()
        self.timeoutSeconds = try row.column()
        self.status = try row.column()
        self.category = try row.column()
        self.tags = try JSON.decode([String].self, from: Array(try row.column(String.self).utf8))
        self.chargeRule = try row.column()
        self.interface = ServiceInterface(stored: try row.column())
        self.pausedReason = try row.optional()
        self.isPausedByProvider = try row.column()
        self.createdAt = try row.column()
        self.updatedAt = try row.column()
        self.providerSince = try row.column()
    }

    init(
        id: ID<Listing>,
        owner: ID<Identity>,
        ownerName: String,
        name: String,
        description: String,
        endpoint: String,
        price: Price,
        paymentMethod: PaymentMethod,
        freeTierCalls: Int,
        timeoutSeconds: Int,
        category: String,
        tags: [String],
        chargeRule: ChargeRule = .belowServerErrors,
        interface: ServiceInterface = ServiceInterface(),
        createdAt: Timestamp
    ) {
        self.id = id
        self.provider = owner
        self.providerName = ownerName
        self.name = name
        self.description = description
        self.endpoint = endpoint
        self.price = price
        self.paymentMethod = paymentMethod
        self.freeTierCalls = freeTierCalls
        self.timeoutSeconds = timeoutSeconds
        self.status = .active
        self.category = category
        self.tags = tags
        self.chargeRule = chargeRule
        self.interface = interface
        self.createdAt = createdAt
        self.updatedAt = createdAt
        self.providerSince = createdAt
    }
}

/// What a call costs, exactly as the provider wrote it.
struct Price: Sendable, Equatable {
    /// `0.50` stays `0.50`.
    let text: String
    let amount: Amount<USDC>

    static let limit: Amount<USDC> = 100_000_000
}

/// Which answers of the provider are charged.
enum ChargeRule: String, Sendable, SQLConvertible, CaseIterable {
    /// Every one below 500: what a service does that says nothing.
    case belowServerErrors = "below_500"
    /// 2xx and 3xx: a call that the provider refuses costs nothing.
    case success

    func charges(_ status: Int) -> Bool { status < (self == .success ? 400 : 500) }
}

/// How a service is paid when the prepaid balance does not suffice.
enum PaymentMethod: String, Sendable, SQLConvertible, CaseIterable {
    case x402, paypal, nowpayments
}
