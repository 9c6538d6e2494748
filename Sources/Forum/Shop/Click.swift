import Kernel
import Platform
import Storage

/// Somebody has followed a link of a post to the shop.
struct Click: Sendable, Identified {
    static let idPrefix = ""

    /// Why a click leads to no order.
    enum Reason: String, Sendable, SQLConvertible { case robot, ahead, flood }

    let id: ID<Click>
    let post: ID<Post>
    let partner: ID<Partner>
    /// The partner's share of an order, as it was then.
    let sharePercent: Int64
    let browser: [UInt8]
    /// Nil for one that counts.
    let reason: Reason?
    let createdAt: Timestamp
}

extension Click: RowDecodable {
    static let columns: StaticString = "id, post, partner_id, share_percent, browser, reason, created_at"

    init(row: inout Row) throws {
        self.id = try row.column()
        self.post = try row.column()
        self.partner = try row.column()
        self.sharePercent = try row.column()
        self.browser = try row.column()
        self.reason = try row.optional()
        self.createdAt = try row.column()
    }
}
