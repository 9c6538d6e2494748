import Kernel
import Platform
import Storage

struct ClickStore {
    /// How many clicks are looked through for one that leads to an order.
    private static let candidateLimit = 50

    let tx: Transaction

    func insert(_ card: Recommendation, creator: String, browser: [UInt8], reason: ClickReason, trace: Trace) throws {
        try self.tx.later(
            """
            INSERT INTO commerce_click (rec_id, product_id, account_id, channel, creator, at, reason, browser, trace_id)
            VALUES (\(card.id), \(card.product), \(card.account), \(card.channel), \(creator), \(self.tx.now), \(reason),
                \(browser), \(trace.traceID))
            """
        )
    }

    /// Of one card up to a moment, the newest first.
    func list(_ card: ID<Recommendation>, until moment: Timestamp) throws -> [Click] {
        try self.tx.rows(
            """
            SELECT \(raw: Click.columns) FROM commerce_click c WHERE c.rec_id = \(card) AND c.at <= \(moment)
            ORDER BY c.number DESC LIMIT \(Self.candidateLimit)
            """
        )
    }

    func find(_ number: ClickNumber) throws -> Click? {
        try self.tx.row("SELECT \(raw: Click.columns) FROM commerce_click c WHERE c.number = \(number)")
    }

    func count() throws -> Int { try self.tx.value("SELECT COUNT(*) FROM commerce_click") ?? 0 }
}

extension Transaction {
    var commerceClicks: ClickStore { ClickStore(tx: self) }
}
