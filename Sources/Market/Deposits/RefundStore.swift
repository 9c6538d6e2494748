import Kernel
import Platform
import Storage

struct RefundStore {
    let tx: Transaction

    func find(_ id: ID<Refund>) throws -> Refund? {
        try self.tx.row("SELECT \(raw: Refund.columns) \(Self.from) WHERE r.id = \(id)")
    }

    func insert(_ id: ID<Refund>, of deposit: Deposit, amount: Amount<USDC>, nextAskAt: Timestamp) throws {
        try self.tx.execute(
            """
            INSERT INTO market_refund (id, deposit_id, buyer_id, amount, status, next_ask_at, created_at)
            VALUES (\(id), \(deposit.id), \(deposit.buyer), \(amount), 'processing', \(nextAskAt), \(self.tx.now))
            """
        )
    }

    /// Moves a refund on; false when it is not in the state.
    func move(
        _ id: ID<Refund>,
        from state: Refund.Status,
        to status: Refund.Status,
        payment: String? = nil,
        reason: String? = nil
    ) throws -> Bool {
        let isClosed = status == .completed || status == .failed
        return try self.tx.count(
            """
            UPDATE market_refund SET status = \(status), payment_tx = \(payment), reason = \(reason),
                closed_at = \(isClosed ? self.tx.now : nil)
            WHERE id = \(id) AND status = \(state)
            """
        ) == 1
    }

    func count(_ status: Refund.Status) throws -> Int {
        try self.tx.value("SELECT COUNT(*) FROM market_refund WHERE status = \(status)") ?? 0
    }

    /// Newest first; of everybody when no buyer is named.
    func list(of buyer: ID<Identity>?, status: Refund.Status?, after cursor: Cursor?, limit: Int) throws
        -> Page<Refund>
    {
        let (time, id) = cursor.map { ($0.key, $0.id) } ?? (.max, "")
        var conditions: [SQL] = ["r.created_at <= \(time) AND (r.created_at < \(time) OR r.id < \(id))"]
        if let buyer { conditions.append("r.buyer_id = \(buyer)") }
        if let status { conditions.append("r.status = \(status)") }
        let fetched: [Refund] = try self.tx.rows(
            """
            SELECT \(raw: Refund.columns) \(Self.from) WHERE \(SQL.all(conditions))
            ORDER BY r.created_at DESC, r.id DESC LIMIT \(limit + 1)
            """
        )
        return Page(fetched: fetched, limit: limit) { Cursor(key: $0.createdAt.microseconds, id: $0.id.text) }
    }

    /// What of a deposit was or may be given back.
    func sum(of deposit: ID<Deposit>) throws -> Amount<USDC> {
        try self.tx.value(
            """
            SELECT CAST(COALESCE(SUM(amount), 0) AS BIGINT) FROM market_refund
            WHERE deposit_id = \(deposit) AND status <> 'failed'
            """
        ) ?? 0
    }

    /// What waits for a rail's answer.
    func listDue(limit: Int) throws -> [Refund] {
        try self.tx.rows(
            """
            SELECT \(raw: Refund.columns) \(Self.from)
            WHERE r.status = 'processing' AND r.next_ask_at <= \(self.tx.now) ORDER BY r.next_ask_at LIMIT \(limit)
            """
        )
    }

    /// Puts the next question off; false before it is time.
    func beginAsk(_ id: ID<Refund>, nextAskAt: Timestamp) throws -> Bool {
        try self.tx.count(
            """
            UPDATE market_refund SET next_ask_at = \(nextAskAt)
            WHERE id = \(id) AND status = 'processing' AND next_ask_at <= \(self.tx.now)
            """
        ) == 1
    }

    private static let from: SQL = """
        FROM market_refund r JOIN market_deposit d ON d.id = r.deposit_id JOIN identity ON identity.id = r.buyer_id
        """
}

extension Transaction {
    var refunds: RefundStore { RefundStore(tx: self) }
}
