import Kernel
import Platform
import Storage

/// A key on one UTC day: what it spends of its owner's balance is counted, where it has a cap.
struct KeyDay: Hashable, Sendable {
    let credential: String
    let day: Timestamp

    init(_ credential: String, _ now: Timestamp) { (self.credential, self.day) = (credential, now.startOfDay) }
}

/// What keys with a cap have spent. What calls under way hold stands here, too, where several processes see it.
struct KeySpendStore {
    let tx: Transaction

    func spent(_ key: KeyDay) throws -> Int64 {
        try self.tx.value(
            "SELECT spent FROM market_key_spend WHERE credential_id = \(key.credential) AND day = \(key.day)"
        ) ?? 0
    }

    /// The amount, which was held in memory, is spent.
    func count(_ amount: Int64, _ key: KeyDay) throws {
        try self.tx.execute(
            """
            INSERT INTO market_key_spend (credential_id, day, spent) VALUES (\(key.credential), \(key.day), \(amount))
            ON CONFLICT (credential_id, day) DO UPDATE SET spent = market_key_spend.spent + \(amount)
            """
        )
    }

    /// Whether the amount was left of the cap. Two calls never get the same rest.
    func hold(_ amount: Int64, of cap: Int64, _ key: KeyDay, for usage: ID<Usage>, until expiry: Timestamp) throws
        -> Bool
    {
        guard amount <= cap else { return false }
        let taken = try self.tx.count(
            """
            INSERT INTO market_key_spend (credential_id, day, spent) VALUES (\(key.credential), \(key.day), \(amount))
            ON CONFLICT (credential_id, day) DO UPDATE SET spent = market_key_spend.spent + \(amount)
                WHERE market_key_spend.spent + \(amount) <= \(cap)
            """
        )
        guard taken == 1 else { return false }
        try self.tx.execute(
            """
            INSERT INTO market_key_hold (usage_id, credential_id, day, amount, expires_at)
            VALUES (\(usage), \(key.credential), \(key.day), \(amount), \(expiry))
            """
        )
        return true
    }

    /// The call was charged: what was held is spent.
    func use(_ usage: ID<Usage>) throws {
        try self.tx.execute("DELETE FROM market_key_hold WHERE usage_id = \(usage)")
    }

    /// The call came to nothing: what was held is left again.
    func release(_ usage: ID<Usage>) throws {
        let held = try self.tx.row(
            "DELETE FROM market_key_hold WHERE usage_id = \(usage) RETURNING credential_id, day, amount"
        ) { (try $0.column(String.self), try $0.column(Timestamp.self), try $0.column(Int64.self)) }
        guard let (credential, day, amount) = held else { return }
        try self.giveBack(amount, KeyDay(credential, day))
    }

    /// The amount was counted, and is not spent after all.
    func giveBack(_ amount: Int64, _ key: KeyDay) throws {
        try self.tx.execute(
            """
            UPDATE market_key_spend SET spent = spent - \(amount)
            WHERE credential_id = \(key.credential) AND day = \(key.day)
            """
        )
    }

    /// Releases what a crash has left, and forgets days that are over.
    func expire(limit: Int) throws {
        let due = try self.tx.rows(
            "SELECT usage_id FROM market_key_hold WHERE expires_at <= \(self.tx.now) ORDER BY expires_at LIMIT \(limit)"
        ) { try $0.column(ID<Usage>.self) }
        for usage in due { try self.release(usage) }
        try self.tx.execute(
            "DELETE FROM market_key_spend WHERE day < \(self.tx.now.startOfDay.adding(seconds: -2 * 86_400))"
        )
    }
}

extension Transaction {
    var keySpend: KeySpendStore { KeySpendStore(tx: self) }
}
