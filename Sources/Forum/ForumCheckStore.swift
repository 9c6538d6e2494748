import Kernel
import Ledger
import Storage

/// Contradictions between threads and their posts, and between what partners have earned and the ledger.
struct ForumCheckStore {
    let tx: Transaction

    func differences() throws -> [String] { try self.threads() + self.shares() }

    private func threads() throws -> [String] {
        try self.tx.rows(
            """
            SELECT t.id, t.post_count, COUNT(p.number) FROM forum_thread t LEFT JOIN forum_post p ON p.thread = t.id
            GROUP BY t.id, t.post_count HAVING t.post_count <> COUNT(p.number) ORDER BY t.id LIMIT 20
            """
        ) { row in
            let (id, counted, there) = (
                try row.column(String.self), try row.column(Int64.self), try row.column(Int64.self)
            )
            return "forum: thread \(id) counts \(counted) posts and has \(there)"
        }
    }

    /// Of each partner: orders less refunds less what payouts have taken, and yen that are due.
    private func shares() throws -> [String] {
        let rows = try self.tx.rows(
            """
            SELECT p.identity_id, p.domain,
                COALESCE((SELECT CAST(SUM(o.share) AS BIGINT) FROM forum_order o WHERE o.partner_id = p.id), 0)
                - COALESCE((SELECT CAST(SUM(r.share) AS BIGINT) FROM forum_refund r WHERE r.partner_id = p.id), 0)
                - COALESCE((SELECT CAST(SUM(y.carried_in_usd + y.share_usd - y.clawback_usd) AS BIGINT)
                    FROM forum_payout y WHERE y.partner_id = p.id AND y.state <> 'carried'), 0),
                COALESCE((SELECT CAST(SUM(y.net) AS BIGINT) FROM forum_payout y
                    WHERE y.partner_id = p.id AND y.state = 'due'), 0)
            FROM forum_partner p ORDER BY p.domain
            """
        ) {
            (
                owner: try $0.column(String.self), domain: try $0.column(String.self),
                dollars: try $0.column(Int64.self),
                yen: try $0.column(Int64.self)
            )
        }
        return try rows.flatMap { row -> [String] in
            let dollars = try self.balance(row.owner, .usd)
            let yen = try self.balance(row.owner, .jpy)
            let due = Yen(row.yen).money.micros
            return
                (dollars == row.dollars
                ? [] : ["forum: \(row.domain) has \(dollars) micro-USD, and should have \(row.dollars)"])
                + (yen == due ? [] : ["forum: \(row.domain) has \(yen) micro-JPY, and should have \(due)"])
        }
    }

    private func balance(_ owner: String, _ currency: Currency) throws -> Int64 {
        let key = AccountKey(owner: owner, purpose: ShareLedger.shares, currency: currency)
        return try self.tx.ledger.find(key)?.balance.micros ?? 0
    }
}
