import Kernel
import Storage

struct PayoutStore {
    let tx: Transaction

    // MARK: Months

    func find(month: String) throws -> RatedMonth? {
        try self.tx.row("SELECT \(raw: RatedMonth.columns) FROM forum_month WHERE month = \(month)")
    }

    /// The newest first.
    func months(limit: Int) throws -> [RatedMonth] {
        try self.tx.rows("SELECT \(raw: RatedMonth.columns) FROM forum_month ORDER BY month DESC LIMIT \(limit)")
    }

    func put(_ rate: ConversionRate, month: String) throws {
        try self.tx.execute(
            """
            INSERT INTO forum_month (month, rate, source, as_of) VALUES (\(month), \(rate.value), \(rate.source), \(rate.asOf))
            ON CONFLICT (month) DO UPDATE SET rate = excluded.rate, source = excluded.source, as_of = excluded.as_of
            """
        )
    }

    func close(month: String) throws {
        try self.tx.execute("UPDATE forum_month SET closed_at = \(self.tx.now) WHERE month = \(month)")
    }

    func lastClosed() throws -> String? {
        try self.tx.row("SELECT MAX(month) FROM forum_month WHERE closed_at IS NOT NULL") {
            try $0.optional(String.self)
        }
            ?? nil
    }

    /// When the first order occurred that no month has settled.
    func firstOpenOrder() throws -> Timestamp? {
        try self.tx.row(
            "SELECT MIN(occurred_at) FROM forum_order WHERE partner_id IS NOT NULL AND month IS NULL"
        ) { try $0.optional(Timestamp.self) } ?? nil
    }

    // MARK: Sums of a month

    /// What a month comes to for one partner, in micro-USD.
    struct Sum: Sendable {
        var orders = 0
        var gross: Int64 = 0
        var share: Int64 = 0
        /// Of refunds of orders of this month.
        var refunded: Int64 = 0
        /// Of refunds of orders that earlier months have settled.
        var clawback: Int64 = 0
    }

    /// By partner, of orders before the month's end and refunds that no month has settled.
    func sums(before end: Timestamp) throws -> [ID<Partner>: Sum] {
        var sums: [ID<Partner>: Sum] = [:]
        let orders = try self.tx.rows(
            """
            SELECT partner_id, CAST(SUM(CASE WHEN refund < amount THEN 1 ELSE 0 END) AS BIGINT),
                CAST(SUM(amount) AS BIGINT), CAST(SUM(share) AS BIGINT) FROM forum_order
            WHERE partner_id IS NOT NULL AND month IS NULL AND occurred_at < \(end) GROUP BY partner_id
            """
        ) {
            (
                try $0.column(ID<Partner>.self), Int(try $0.column(Int64.self)), try $0.column(Int64.self),
                try $0.column(Int64.self)
            )
        }
        for (partner, count, gross, share) in orders {
            sums[partner] = Sum(orders: count, gross: gross, share: share)
        }
        let refunds = try self.tx.rows(
            """
            SELECT r.partner_id, CAST(SUM(CASE WHEN o.month IS NULL THEN r.share ELSE 0 END) AS BIGINT),
                CAST(SUM(CASE WHEN o.month IS NULL THEN 0 ELSE r.share END) AS BIGINT)
            FROM forum_refund r JOIN forum_order o ON o.id = r.order_id
            WHERE r.month IS NULL AND o.occurred_at < \(end) GROUP BY r.partner_id
            """
        ) { (try $0.column(ID<Partner>.self), try $0.column(Int64.self), try $0.column(Int64.self)) }
        for (partner, refunded, clawback) in refunds {
            sums[partner, default: Sum()].refunded = refunded
            sums[partner, default: Sum()].clawback = clawback
        }
        return sums
    }

    /// They belong to the month from now on.
    func settle(before end: Timestamp, month: String) throws {
        try self.tx.execute(
            """
            UPDATE forum_refund SET month = \(month) WHERE month IS NULL AND order_id IN
                (SELECT id FROM forum_order WHERE partner_id IS NOT NULL AND occurred_at < \(end))
            """
        )
        try self.tx.execute(
            """
            UPDATE forum_order SET month = \(month)
            WHERE partner_id IS NOT NULL AND month IS NULL AND occurred_at < \(end)
            """
        )
    }

    // MARK: Payouts

    func insert(_ payout: Payout) throws {
        try self.tx.execute(
            """
            INSERT INTO forum_payout (id, partner_id, month, orders, gross_usd, share_usd, clawback_usd, carried_in_usd,
                carried_out_usd, method, rate, gross, fees, net, state, created_at, sealed_destination)
            VALUES (\(payout.id), \(payout.partner), \(payout.month), \(Int64(payout.orders)), \(payout.grossUSD),
                \(payout.shareUSD), \(payout.clawbackUSD), \(payout.carriedInUSD), \(payout.carriedOutUSD),
                \(payout.method), \(payout.rate), \(payout.gross), \(payout.fees), \(payout.net), \(payout.state),
                \(payout.createdAt), \(payout.sealedDestination))
            """
        )
    }

    func find(_ id: ID<Payout>) throws -> Payout? {
        try self.tx.row("SELECT \(raw: Payout.columns) FROM forum_payout WHERE id = \(id)")
    }

    func find(_ id: ID<Payout>, of partner: ID<Partner>) throws -> Payout? {
        try self.tx.row(
            "SELECT \(raw: Payout.columns) FROM forum_payout WHERE id = \(id) AND partner_id = \(partner)"
        )
    }

    /// The newest first.
    func list(of partner: ID<Partner>, limit: Int) throws -> [Payout] {
        try self.tx.rows(
            """
            SELECT \(raw: Payout.columns) FROM forum_payout WHERE partner_id = \(partner)
            ORDER BY month DESC LIMIT \(limit)
            """
        )
    }

    func list(month: String) throws -> [Payout] {
        try self.tx.rows(
            "SELECT \(raw: Payout.columns) FROM forum_payout WHERE month = \(month) ORDER BY partner_id"
        )
    }

    /// What the last month of each partner has left over.
    func carried() throws -> [ID<Partner>: Int64] {
        let rows = try self.tx.rows(
            """
            SELECT p.partner_id, p.carried_out_usd FROM forum_payout p
            WHERE p.month = (SELECT MAX(l.month) FROM forum_payout l WHERE l.partner_id = p.partner_id)
                AND p.carried_out_usd <> 0
            """
        ) { (try $0.column(ID<Partner>.self), try $0.column(Int64.self)) }
        return Dictionary(uniqueKeysWithValues: rows)
    }

    func carried(of partner: ID<Partner>) throws -> Int64 {
        try self.tx.value(
            """
            SELECT carried_out_usd FROM forum_payout WHERE partner_id = \(partner) ORDER BY month DESC LIMIT 1
            """
        ) ?? 0
    }

    /// Whether it was due until now.
    func settle(_ id: ID<Payout>, reference: String) throws -> Bool {
        try self.tx.count(
            """
            UPDATE forum_payout SET state = 'settled', reference = \(reference), paid_at = \(self.tx.now)
            WHERE id = \(id) AND state = 'due'
            """
        ) == 1
    }
}

extension Transaction {
    var forumPayouts: PayoutStore { PayoutStore(tx: self) }
}
