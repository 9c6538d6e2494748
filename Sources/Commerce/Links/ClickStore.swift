import Kernel
import Platform
import Storage

struct ClickStore {
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

    /// Of one card up to a moment, the latest click of each reason, the newest first: whatever robots do afterwards, one that counts is
    /// found.
    func listLatest(_ card: ID<Recommendation>, until moment: Timestamp) throws -> [Click] {
        try ClickReason.allCases.compactMap { reason -> Click? in
            try self.tx.row(
                """
                SELECT \(raw: Click.columns) FROM commerce_click c
                WHERE c.rec_id = \(card) AND c.reason = \(reason) AND c.at <= \(moment)
                ORDER BY c.number DESC LIMIT 1
                """
            )
        }.sorted { $1.number < $0.number }
    }

    func find(_ number: ClickNumber) throws -> Click? {
        try self.tx.row("SELECT \(raw: Click.columns) FROM commerce_click c WHERE c.number = \(number)")
    }

    func count() throws -> Int { try self.tx.value("SELECT COUNT(*) FROM commerce_click") ?? 0 }
}

extension Transaction {
    var commerceClicks: ClickStore { ClickStore(tx: self) }
}
