import Kernel
import Platform
import Storage

struct DepositStore {
    let tx: Transaction

    func insert(_ deposit: Deposit) throws {
        try self.tx.execute(
            """
            INSERT INTO market_deposit (id, buyer_id, amount, payment_method, status, created_at, updated_at)
            VALUES (\(deposit.id), \(deposit.buyer), \(deposit.amount), \(deposit.paymentMethod), \(deposit.status),
                \(deposit.createdAt), \(deposit.updatedAt))
            """
        )
    }

    /// Throws `depositNotFound`, also for somebody else's.
    func require(_ id: ID<Deposit>, of buyer: ID<Identity>) throws -> Deposit {
        let deposit: Deposit? = try self.tx.row(
            "SELECT \(raw: Deposit.columns) FROM market_deposit WHERE id = \(id) AND buyer_id = \(buyer)"
        )
        guard let deposit else { throw MarketProblems.depositNotFound }
        return deposit
    }

    func find(_ id: ID<Deposit>) throws -> Deposit? {
        try self.tx.row("SELECT \(raw: Deposit.columns) FROM market_deposit WHERE id = \(id)")
    }

    /// Finds what a callback is about.
    func find(_ callback: RailCallback, _ method: PaymentMethod) throws -> Deposit? {
        if let id = callback.deposit, let deposit = try self.find(id), deposit.paymentMethod == method {
            return deposit
        }
        guard let reference = callback.reference else { return nil }
        return try self.tx.row(
            """
            SELECT \(raw: Deposit.columns) FROM market_deposit
            WHERE rail_reference = \(reference) AND payment_method = \(method)
            """
        )
    }

    func count(_ status: Deposit.Status) throws -> Int {
        try self.tx.value("SELECT COUNT(*) FROM market_deposit WHERE status = \(status)") ?? 0
    }

    /// Newest first; of everybody when no buyer is named.
    func list(of buyer: ID<Identity>?, status: Deposit.Status? = nil, after cursor: Cursor?, limit: Int) throws
        -> Page<Deposit>
    {
        let (time, id) = cursor.map { ($0.key, $0.id) } ?? (.max, "")
        var conditions: [SQL] = ["created_at <= \(time) AND (created_at < \(time) OR id < \(id))"]
        if let buyer { conditions.append("buyer_id = \(buyer)") }
        if let status { conditions.append("status = \(status)") }
        let fetched: [Deposit] = try self.tx.rows(
            """
            SELECT \(raw: Deposit.columns) FROM market_deposit
            WHERE \(SQL.all(conditions))
            ORDER BY created_at DESC, id DESC LIMIT \(limit + 1)
            """
        )
        return Page(fetched: fetched, limit: limit) { Cursor(key: $0.createdAt.microseconds, id: $0.id.text) }
    }

    /// Moves a deposit on; false when there is none in one of the states.
    @discardableResult
    func move(
        _ id: ID<Deposit>,
        from states: [Deposit.Status],
        to status: Deposit.Status,
        payment: String? = nil,
        reason: String? = nil
    ) throws -> Bool {
        try self.tx.count(
            """
            UPDATE market_deposit SET status = \(status), updated_at = \(self.tx.now),
                rail_payment = COALESCE(\(payment), rail_payment), reason = \(reason)
            WHERE id = \(id) AND status IN (\(list: states))
            """
        ) == 1
    }

    /// Writes down where a deposit is paid.
    func update(_ id: ID<Deposit>, reference: String?, checkoutURL: String?, nextAskAt: Timestamp) throws {
        try self.tx.execute(
            """
            UPDATE market_deposit SET rail_reference = \(reference), checkout_url = \(checkoutURL),
                next_ask_at = \(nextAskAt), updated_at = \(self.tx.now)
            WHERE id = \(id)
            """
        )
    }

    // MARK: Asking the rail

    /// Takes the right to ask the rail now. False when another request has begun to within the second.
    func beginAsk(_ deposit: Deposit, nextAskAt: Timestamp) throws -> Bool {
        try self.tx.count(
            """
            UPDATE market_deposit SET asked_at = \(self.tx.now), next_ask_at = \(nextAskAt)
            WHERE id = \(deposit.id) AND (asked_at IS NULL OR asked_at <= \(self.tx.now.adding(seconds: -1)))
            """
        ) == 1
    }

    /// Has the reconciler ask soon, also about a deposit that was given up: a callback came, maybe while another was looked at.
    func hurry(_ id: ID<Deposit>) throws {
        let soon = self.tx.now.adding(seconds: 2)
        try self.tx.execute(
            """
            UPDATE market_deposit SET next_ask_at = \(soon),
                status = CASE WHEN status = 'failed' THEN 'pending' ELSE status END
            WHERE id = \(id) AND (next_ask_at > \(soon) OR status = 'failed')
            """
        )
    }

    /// Notes that a way of paying was declined: the next one is another request.
    func noteDecline(_ id: ID<Deposit>) throws {
        try self.tx.execute("UPDATE market_deposit SET attempt = attempt + 1 WHERE id = \(id)")
    }

    /// The open deposits that it is time to ask about, over rails that can be asked.
    func listDue(over methods: [PaymentMethod], limit: Int) throws -> [Deposit] {
        try self.tx.rows(
            """
            SELECT \(raw: Deposit.columns) FROM market_deposit
            WHERE rail_reference IS NOT NULL AND next_ask_at <= \(self.tx.now)
                AND status IN (\(list: Deposit.Status.open)) AND payment_method IN (\(list: methods))
            ORDER BY next_ask_at LIMIT \(limit)
            """
        )
    }

    // MARK: The rail's payments

    /// Remembers a payment that a callback has named, and when it did so last.
    func insert(payment: String, of deposit: Deposit) throws {
        try self.tx.execute(
            """
            INSERT INTO market_rail_payment (payment_method, payment, deposit_id, created_at)
            VALUES (\(deposit.paymentMethod), \(payment), \(deposit.id), \(self.tx.now))
            ON CONFLICT (deposit_id, payment_method, payment) DO UPDATE SET created_at = excluded.created_at
            """
        )
    }

    /// The newest of the payments that callbacks have named.
    func listPayments(of deposit: Deposit) throws -> [String] {
        try self.tx.rows(
            """
            SELECT payment FROM market_rail_payment
            WHERE deposit_id = \(deposit.id) AND payment_method = \(deposit.paymentMethod)
            ORDER BY created_at DESC, payment DESC LIMIT 10
            """
        ) { try $0.column() }
    }
}

extension Transaction {
    var deposits: DepositStore { DepositStore(tx: self) }
}
