import Kernel
import Platform
import Storage

/// Below which balance somebody is told, and whether that was done since it was last above.
struct LowBalanceStore {
    let tx: Transaction

    func threshold(of owner: ID<Identity>) throws -> Amount<USDC>? {
        try self.tx.value("SELECT threshold FROM market_low_balance WHERE identity_id = \(owner)")
    }

    func find(_ owner: ID<Identity>) throws -> Watched? {
        try self.tx.row(
            """
            SELECT w.identity_id, identity.name, w.threshold, w.is_told FROM market_low_balance w
            JOIN identity ON identity.id = w.identity_id WHERE w.identity_id = \(owner)
            """
        ) { try Watched(row: &$0) }
    }

    func set(_ threshold: Amount<USDC>?, of owner: ID<Identity>) throws {
        guard let threshold else {
            return try self.tx.execute("DELETE FROM market_low_balance WHERE identity_id = \(owner)")
        }
        try self.tx.execute(
            """
            INSERT INTO market_low_balance (identity_id, threshold, is_told) VALUES (\(owner), \(threshold), \(false))
            ON CONFLICT (identity_id) DO UPDATE SET threshold = excluded.threshold, is_told = \(false)
            """
        )
    }

    struct Watched: Sendable {
        let owner: ID<Identity>
        let name: String
        let threshold: Amount<USDC>
        let isTold: Bool

        init(row: inout Row) throws {
            self.owner = try row.column()
            self.name = try row.column()
            self.threshold = try row.column()
            self.isTold = try row.column()
        }
    }

    func list(after owner: String, limit: Int) throws -> [Watched] {
        try self.tx.rows(
            """
            SELECT w.identity_id, identity.name, w.threshold, w.is_told FROM market_low_balance w
            JOIN identity ON identity.id = w.identity_id WHERE w.identity_id > \(owner)
            ORDER BY w.identity_id LIMIT \(limit)
            """
        ) { try Watched(row: &$0) }
    }

    /// Whether the mark was changed by this call, and by no other node.
    func mark(_ owner: ID<Identity>, isTold: Bool) throws -> Bool {
        let was = !isTold
        return try self.tx.count(
            "UPDATE market_low_balance SET is_told = \(isTold) WHERE identity_id = \(owner) AND is_told = \(was)"
        ) == 1
    }
}

extension Transaction {
    var lowBalances: LowBalanceStore { LowBalanceStore(tx: self) }
}
