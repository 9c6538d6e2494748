import Kernel
import Storage

/// Servers of the shop, clicks that lead to it, and what it reports.
struct ShopStore {
    let tx: Transaction

    // MARK: Servers

    func insert(_ id: String, name: String, sealedSecret: [UInt8]) throws {
        try self.tx.execute(
            """
            INSERT INTO forum_shop (id, name, sealed_secret, created_at)
            VALUES (\(id), \(name), \(sealedSecret), \(self.tx.now))
            """
        )
    }

    func listSecrets() throws -> [(id: String, sealed: [UInt8])] {
        try self.tx.rows("SELECT id, sealed_secret FROM forum_shop ORDER BY created_at DESC, id") {
            (try $0.column(), try $0.column())
        }
    }

    // MARK: Clicks

    func insert(_ click: Click) throws {
        try self.tx.execute(
            """
            INSERT INTO forum_click (id, post, partner_id, share_percent, browser, reason, created_at)
            VALUES (\(click.id), \(click.post), \(click.partner), \(click.sharePercent), \(click.browser),
                \(click.reason), \(click.createdAt))
            """
        )
    }

    func find(_ id: ID<Click>) throws -> Click? {
        try self.tx.row("SELECT \(raw: Click.columns) FROM forum_click WHERE id = \(id)")
    }

    func count(clicksOf browser: [UInt8], on post: ID<Post>, since moment: Timestamp) throws -> Int {
        try self.tx.value(
            """
            SELECT COUNT(*) FROM forum_click
            WHERE browser = \(browser) AND post = \(post) AND created_at >= \(moment)
            """,
            as: Int.self
        ) ?? 0
    }

    // MARK: Orders

    func insert(_ order: ShopOrder) throws {
        try self.tx.execute(
            """
            INSERT INTO forum_order (id, status, amount, refund, occurred_at, click, reason, partner_id, post,
                share_percent, share, reported_at)
            VALUES (\(order.id), \(order.status), \(order.amount), \(order.refund), \(order.occurredAt),
                \(order.click), \(order.reason), \(order.partner), \(order.post), \(order.sharePercent),
                \(order.share), \(self.tx.now))
            """
        )
    }

    func find(_ id: ID<ShopOrder>) throws -> ShopOrder? {
        try self.tx.row("SELECT \(raw: ShopOrder.columns) FROM forum_order WHERE id = \(id)")
    }

    func update(_ order: ShopOrder) throws {
        try self.tx.execute(
            """
            UPDATE forum_order SET status = \(order.status), refund = \(order.refund), click = \(order.click),
                reason = \(order.reason), partner_id = \(order.partner), post = \(order.post),
                share_percent = \(order.sharePercent), share = \(order.share) WHERE id = \(order.id)
            """
        )
    }

    func insert(refund amount: Int64, share: Int64, of order: ShopOrder) throws {
        guard let partner = order.partner else { return }
        try self.tx.execute(
            """
            INSERT INTO forum_refund (order_id, partner_id, amount, share, created_at)
            VALUES (\(order.id), \(partner), \(amount), \(share), \(self.tx.now))
            """
        )
    }

    // MARK: Sums

    /// Of a partner's orders in a part of the time: those that are not wholly refunded, their amount, and the partner's share.
    func sum(ordersOf partner: ID<Partner>, from: Timestamp, to: Timestamp) throws -> OrderSum {
        try self.tx.row(
            """
            SELECT CAST(COALESCE(SUM(CASE WHEN refund < amount THEN 1 ELSE 0 END), 0) AS BIGINT),
                CAST(COALESCE(SUM(amount), 0) AS BIGINT), CAST(COALESCE(SUM(share), 0) AS BIGINT) FROM forum_order
            WHERE partner_id = \(partner) AND occurred_at >= \(from) AND occurred_at < \(to)
            """
        ) { OrderSum(count: Int(try $0.column(Int64.self)), amount: try $0.column(), share: try $0.column()) }
            ?? OrderSum()
    }

    /// Of the refunds that were reported in a part of the time.
    func sum(refundsOf partner: ID<Partner>, from: Timestamp, to: Timestamp) throws -> OrderSum {
        try self.tx.row(
            """
            SELECT COUNT(*), CAST(COALESCE(SUM(amount), 0) AS BIGINT), CAST(COALESCE(SUM(share), 0) AS BIGINT)
            FROM forum_refund WHERE partner_id = \(partner) AND created_at >= \(from) AND created_at < \(to)
            """
        ) { OrderSum(count: Int(try $0.column(Int64.self)), amount: try $0.column(), share: try $0.column()) }
            ?? OrderSum()
    }

    /// What no month has settled yet, less refunds, by the month in which the order occurred.
    func openShares(of partner: ID<Partner>) throws -> [(month: Timestamp, share: Int64)] {
        try self.tx.rows(
            """
            SELECT o.occurred_at, o.share - COALESCE((SELECT CAST(SUM(r.share) AS BIGINT) FROM forum_refund r
                WHERE r.order_id = o.id AND r.month IS NULL), 0)
            FROM forum_order o WHERE o.partner_id = \(partner) AND o.month IS NULL
            """
        ) { (try $0.column(), try $0.column()) }
    }

    /// Refunds of orders that earlier months have settled, which the next one takes off.
    func openClawback(of partner: ID<Partner>) throws -> Int64 {
        try self.tx.value(
            """
            SELECT CAST(COALESCE(SUM(r.share), 0) AS BIGINT) FROM forum_refund r JOIN forum_order o ON o.id = r.order_id
            WHERE r.partner_id = \(partner) AND r.month IS NULL AND o.month IS NOT NULL
            """
        ) ?? 0
    }
}

/// In micro-USD.
struct OrderSum: Sendable {
    var count = 0
    var amount: Int64 = 0
    var share: Int64 = 0
}

extension Transaction {
    var shop: ShopStore { ShopStore(tx: self) }
}
