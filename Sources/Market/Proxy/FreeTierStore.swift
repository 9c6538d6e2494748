import Kernel
import Platform
import Storage

/// Free calls: a slot is held for the time of the call, and counts only when the call was answered.
struct FreeTierStore {
    let tx: Transaction

    /// Whether there was a slot left. Two calls never get the same one.
    func hold(_ usage: ID<Usage>, buyer: ID<Identity>, listing: Listing, until expiry: Timestamp) throws -> Bool {
        guard listing.freeTierCalls > 0 else { return false }
        let taken = try self.tx.count(
            """
            INSERT INTO market_free_tier (buyer_id, listing_id, used) VALUES (\(buyer), \(listing.id), 1)
            ON CONFLICT (buyer_id, listing_id) DO UPDATE SET used = market_free_tier.used + 1
                WHERE market_free_tier.used < \(listing.freeTierCalls)
            """
        )
        guard taken == 1 else { return false }
        try self.tx.execute(
            """
            INSERT INTO market_free_hold (usage_id, buyer_id, listing_id, expires_at)
            VALUES (\(usage), \(buyer), \(listing.id), \(expiry))
            """
        )
        return true
    }

    /// How many calls the buyer has had, those under way included where they stand in rows.
    func used(buyer: ID<Identity>, listing: ID<Listing>) throws -> Int {
        try self.tx.value("SELECT used FROM market_free_tier WHERE buyer_id = \(buyer) AND listing_id = \(listing)")
            ?? 0
    }

    /// A slot that was held in memory is used.
    func count(buyer: ID<Identity>, listing: ID<Listing>) throws {
        try self.tx.execute(
            """
            INSERT INTO market_free_tier (buyer_id, listing_id, used) VALUES (\(buyer), \(listing), 1)
            ON CONFLICT (buyer_id, listing_id) DO UPDATE SET used = market_free_tier.used + 1
            """
        )
    }

    /// The call was answered: the slot is used.
    func use(_ usage: ID<Usage>) throws { _ = try self.end(usage) }

    /// The call came to nothing: the slot is free again.
    func release(_ usage: ID<Usage>) throws {
        guard let (buyer, listing) = try self.end(usage) else { return }
        try self.giveBack(buyer, listing)
    }

    /// The answer to a call that was counted was broken off.
    func giveBack(_ buyer: String, _ listing: String) throws {
        try self.tx.execute(
            """
            UPDATE market_free_tier SET used = used - 1
            WHERE buyer_id = \(buyer) AND listing_id = \(listing) AND used > 0
            """
        )
    }

    /// Releases what a crash has left. Returns how many.
    func expire(limit: Int) throws -> Int {
        let due = try self.tx.rows(
            """
            SELECT usage_id FROM market_free_hold WHERE expires_at <= \(self.tx.now) ORDER BY expires_at LIMIT \(limit)
            """
        ) { try $0.column(ID<Usage>.self) }
        for usage in due { try self.release(usage) }
        return due.count
    }

    private func end(_ usage: ID<Usage>) throws -> (buyer: String, listing: String)? {
        try self.tx.row("DELETE FROM market_free_hold WHERE usage_id = \(usage) RETURNING buyer_id, listing_id") {
            (try $0.column(String.self), try $0.column(String.self))
        }
    }
}

extension Transaction {
    var freeTier: FreeTierStore { FreeTierStore(tx: self) }
}
