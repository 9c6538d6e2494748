import Kernel
import Storage

struct OrderStore {
    let tx: Transaction

    func find(_ id: String, of merchant: String) throws -> Order? {
        try self.tx.row(
            "SELECT \(raw: Order.columns) FROM commerce_order o WHERE o.merchant_id = \(merchant) AND o.order_id = \(id)"
        )
    }

    /// By its own id, whoever has reported it: newest first.
    ///
    /// - Parameters:
    ///   - account: only what is attributed to it; nil for all.
    ///   - scope: only of these merchants.
    func find(_ id: String, account: String?, in scope: MerchantScope) throws -> Order? {
        var conditions: [SQL] = ["o.order_id = \(id)"] + scope.conditions(on: "o.merchant_id")
        if let account { conditions.append("o.account_id = \(account) AND o.reason = 0") }
        return try self.tx.row(
            """
            SELECT \(raw: Order.columns) FROM commerce_order o WHERE \(SQL.all(conditions))
            ORDER BY o.created_at DESC, o.merchant_id LIMIT 1
            """
        )
    }

    /// Newest first.
    func list(in scope: MerchantScope, before cursor: Cursor?, limit: Int) throws -> Page<Order> {
        var conditions = scope.conditions(on: "o.merchant_id")
        if let cursor { conditions.append("(o.created_at, o.order_id) < (\(cursor.key), \(cursor.id))") }
        let fetched = try self.tx.rows(
            """
            SELECT \(raw: Order.columns) FROM commerce_order o WHERE \(SQL.all(conditions))
            ORDER BY o.created_at DESC, o.order_id DESC LIMIT \(limit + 1)
            """,
            as: Order.self
        )
        return Page(fetched: fetched, limit: limit) { Cursor(key: $0.createdAt.microseconds, id: $0.id) }
    }

    func insert(_ order: Order) throws {
        try self.tx.execute(
            """
            INSERT INTO commerce_order (merchant_id, order_id, rec_id, product_id, account_id, channel, creator, amount,
                refunded, currency, status, reason, flags, rate_bps, fee_bps, creator_bps, click, paid_at, created_at,
                trace_id)
            VALUES (\(order.merchant), \(order.id), \(order.recID?.text), \(order.product), \(order.account),
                \(order.channel), \(order.creator), \(order.paid.micros), 0, \(order.paid.currency.code), \(order.status),
                \(order.reason), \(order.flags.joined(separator: " ")), \(order.rates.commission), \(order.rates.fee),
                \(order.rates.creator), \(order.click), \(order.paidAt), \(order.createdAt), \(order.traceID))
            """
        )
        if let product = order.product { try self.tx.invalidate(Product.topic, "\(product)") }
    }

    func update(_ order: Order, status: Order.Status, refunded: Int64) throws {
        try self.tx.execute(
            """
            UPDATE commerce_order SET status = \(status), refunded = \(refunded)
            WHERE merchant_id = \(order.merchant) AND order_id = \(order.id)
            """
        )
    }

    // MARK: Events

    func findEvent(_ order: Order, _ status: Order.Status, refundID: String) throws -> OrderEvent? {
        try self.tx.row(
            """
            SELECT \(raw: OrderEvent.columns) FROM commerce_order_event e
            WHERE e.merchant_id = \(order.merchant) AND e.order_id = \(order.id) AND e.status = \(status)
                AND e.refund_id = \(refundID)
            """
        )
    }

    func listEvents(_ order: Order) throws -> [OrderEvent] {
        try self.tx.rows(
            """
            SELECT \(raw: OrderEvent.columns) FROM commerce_order_event e
            WHERE e.merchant_id = \(order.merchant) AND e.order_id = \(order.id) ORDER BY e.number
            """
        )
    }

    func insertEvent(_ order: Order, _ report: OrderReport, amount: Int64, commission: Int64) throws {
        _ = try self.tx.insert(
            """
            INSERT INTO commerce_order_event (merchant_id, order_id, status, refund_id, amount, commission, occurred_at,
                cancelled_by, promised_by, quantity, created_at)
            VALUES (\(order.merchant), \(order.id), \(report.status), \(report.refundID), \(amount), \(commission),
                \(report.occurredAt), \(report.cancelledBy ?? ""), \(report.promisedBy), \(report.quantity), \(self.tx.now))
            """,
            counting: "number"
        )
    }

    // MARK: Figures

    /// Orders that were attributed, by product.
    func countByProduct(_ products: [ProductID]) throws -> [ProductID: Int64] {
        guard !products.isEmpty else { return [:] }
        let list = SQL.joined(products.map { "\($0)" }, separator: ", ")
        let counts = try self.tx.rows(
            """
            SELECT product_id, COUNT(*) FROM commerce_order WHERE product_id IN (\(list)) AND reason = 0
            GROUP BY product_id
            """
        ) { row in (try row.column(ProductID.self), try row.column(Int64.self)) }
        return Dictionary(counts) { $1 }
    }

    /// What merchants owe by their orders, by merchant and currency.
    func sumCommissions() throws -> [(merchant: String, currency: String, micros: Int64)] {
        try self.tx.rows(
            """
            SELECT o.merchant_id, o.currency, CAST(SUM(e.commission) AS BIGINT) FROM commerce_order_event e
            JOIN commerce_order o ON o.merchant_id = e.merchant_id AND o.order_id = e.order_id
            GROUP BY o.merchant_id, o.currency ORDER BY o.merchant_id, o.currency
            """
        ) { row in (try row.column(), try row.column(), try row.column()) }
    }
}

extension Transaction {
    var orders: OrderStore { OrderStore(tx: self) }
}
