import Kernel
import Storage

/// An order of the shop, and whose it is.
struct ShopOrder: Sendable, Identified {
    static let idPrefix = ""

    enum Status: String, Sendable, CaseIterable, SQLConvertible {
        case paid, refunded, cancelled
        /// A refund came before its order.
        case awaited
    }

    /// Why an order belongs to no partner.
    enum Reason: String, Sendable, SQLConvertible {
        case noClick = "no_click", unknownClick = "unknown_click", clickNotCounted = "click_not_counted",
            outsideWindow = "outside_window", orderUnknown = "order_unknown"
    }

    let id: ID<ShopOrder>
    var status: Status
    /// Micro-USD, as all below.
    let amount: Int64
    /// In all.
    var refund: Int64
    let occurredAt: Timestamp
    var click: ID<Click>?
    var reason: Reason?
    var partner: ID<Partner>?
    var post: ID<Post>?
    var sharePercent: Int64
    /// The partner's, before refunds; exact, never rounded.
    var share: Int64

    /// Whether only its refund is known.
    var isAwaited: Bool { self.status == .awaited }

    func share(of amount: Int64) -> Int64 { amount * self.sharePercent / 100 }
    /// After refunds.
    var remainingShare: Int64 { self.share - self.share(of: self.refund) }
}

extension ShopOrder: RowDecodable {
    static let columns: StaticString = """
        id, status, amount, refund, occurred_at, click, reason, partner_id, post, share_percent, share
        """

    init(row: inout Row) throws {
        self.id = try row.column()
        self.status = try row.column()
        self.amount = try row.column()
        self.refund = try row.column()
        self.occurredAt = try row.column()
        self.click = try row.optional()
        self.reason = try row.optional()
        self.partner = try row.optional()
        self.post = try row.optional()
        self.sharePercent = try row.column()
        self.share = try row.column()
    }
}
