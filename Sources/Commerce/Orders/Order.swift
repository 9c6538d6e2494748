import Kernel
import Platform
import Storage

/// An order that a merchant has reported, and to whom it is attributed.
struct Order: Sendable, RowDecodable {
    let merchant: String
    /// The merchant's own.
    let id: String
    let recID: ID<Recommendation>?
    let product: ProductID?
    /// Whose recommendation it was; empty for nobody's.
    let account: String
    let channel: String
    let creator: String
    let paid: Money
    let refunded: Money
    let status: Status
    let reason: OrderReason
    let flags: [String]
    let rates: Rates
    let click: ClickNumber?
    let paidAt: Timestamp
    let createdAt: Timestamp
    let traceID: String

    enum Status: String, Sendable, SQLConvertible, CaseIterable {
        case paid, shipped, delivered, cancelled, refunded, disputed
    }

    /// Of the moment at which the card was shown.
    struct Rates: Sendable, Equatable {
        let commission: Int
        let fee: Int
        let creator: Int

        static let none = Rates(commission: 0, fee: 0, creator: 0)
    }

    static let columns: StaticString = """
        o.merchant_id, o.order_id, o.rec_id, o.product_id, o.account_id, o.channel, o.creator, o.amount, o.refunded, o.currency,
        o.status, o.reason, o.flags, o.rate_bps, o.fee_bps, o.creator_bps, o.click, o.paid_at, o.created_at, o.trace_id
        """

    init(row: inout Row) throws {
        self.merchant = try row.column()
        self.id = try row.column()
        self.recID = try row.optional(String.self).map { ID($0) }
        self.product = try row.optional()
        self.account = try row.column()
        self.channel = try row.column()
        self.creator = try row.column()
        let (paid, refunded) = (try row.column(Int64.self), try row.column(Int64.self))
        let currency = Currency(code: try row.column())
        (self.paid, self.refunded) = (Money(micros: paid, currency), Money(micros: refunded, currency))
        self.status = try row.column()
        self.reason = try row.column()
        self.flags = try row.column(String.self).bytewise.list(" ")
        self.rates = Rates(commission: try row.column(), fee: try row.column(), creator: try row.column())
        self.click = try row.optional()
        self.paidAt = try row.column()
        self.createdAt = try row.column()
        self.traceID = try row.column()
    }

    init(
        merchant: String,
        id: String,
        paid: Money,
        attribution: OrderAttribution,
        paidAt: Timestamp,
        createdAt: Timestamp,
        traceID: String
    ) {
        (self.merchant, self.id, self.paid, self.refunded) = (merchant, id, paid, Money(micros: 0, paid.currency))
        (self.recID, self.product, self.account) = (attribution.recID, attribution.product, attribution.account)
        (self.channel, self.creator, self.reason) = (attribution.channel, attribution.creator, attribution.reason)
        (self.flags, self.rates, self.click) = (attribution.flags, attribution.rates, attribution.click)
        (self.status, self.paidAt, self.createdAt, self.traceID) = (.paid, paidAt, createdAt, traceID)
    }

    /// Events and transfers of it carry this.
    var subject: String { "commerce_order \(self.merchant) \(self.id)" }
}

/// To whom an order belongs.
struct OrderAttribution: Sendable {
    var recID: ID<Recommendation>?
    var product: ProductID?
    var account = ""
    var channel = ""
    var creator = ""
    var reason = OrderReason.noClick
    var flags: [String] = []
    var rates = Order.Rates.none
    var click: ClickNumber?
}

/// Why an order is nobody's. Numbers never change.
enum OrderReason: Int, Sendable, SQLConvertible, CaseIterable {
    case attributed = 0
    /// No click before it.
    case noClick = 1
    case outsideWindow = 2
    /// The last click was a robot's, or none of a person.
    case bot = 3
    /// The recommendation is not known, or leads to another merchant.
    case unknownRec = 4
    case flood = 5
    /// Its match token was never accepted, and nothing else leads to it.
    case tokenNotAccepted = 6

    init(sqlValue: SQLValue) throws {
        guard let reason = Self(rawValue: try Int(sqlValue: sqlValue)) else {
            throw ColumnMismatch(value: sqlValue, expected: "a reason")
        }
        self = reason
    }
    var sqlValue: SQLValue { .integer(Int64(self.rawValue)) }

    /// As answers have it.
    var code: String {
        switch self {
        case .attributed: "attributed"
        case .noClick: "no_click"
        case .outsideWindow: "outside_window"
        case .bot: "bot"
        case .unknownRec: "unknown_rec"
        case .flood: "flood"
        case .tokenNotAccepted: "token_not_accepted"
        }
    }
}

/// What a merchant reports of an order.
struct OrderReport: Sendable {
    let id: String
    let status: Order.Status
    let amount: Money?
    let occurredAt: Timestamp
    var recID: ID<Recommendation>?
    var matchToken: String?
    var product: ProductID?
    var quantity: Int?
    var refundID = "1"
    var refundAmount: Money?
    var cancelledBy: String?
    var promisedBy: Timestamp?
}

/// A report that was taken.
struct OrderEvent: Sendable, RowDecodable {
    let number: Int64
    let status: Order.Status
    let refundID: String
    /// What was paid, or given back by this report; 0 for what moves no money.
    let amount: Int64
    /// What the commission has changed by.
    let commission: Int64
    let occurredAt: Timestamp
    let createdAt: Timestamp

    static let columns: StaticString =
        "e.number, e.status, e.refund_id, e.amount, e.commission, e.occurred_at, e.created_at"

    init(row: inout Row) throws {
        self.number = try row.column()
        self.status = try row.column()
        self.refundID = try row.column()
        self.amount = try row.column()
        self.commission = try row.column()
        self.occurredAt = try row.column()
        self.createdAt = try row.column()
    }
}
