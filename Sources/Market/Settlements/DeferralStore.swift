import Kernel
import Platform
import Storage

/// Calls whose answers were still being passed on when their time was settled: their charges may yet go back. The next
/// settlement of the provider takes them over once they have ended, so that no open answer holds up the others.
struct DeferralStore {
    let tx: Transaction

    /// Records of the time that a settlement must leave out: those that are open now, and those that another settlement, which
    /// did not fail, has taken over.
    func listLeftOut(of provider: ID<Identity>, from start: Timestamp, until end: Timestamp) throws
        -> (open: [ID<Usage>], taken: [ID<Usage>])
    {
        let open: [ID<Usage>] = try self.tx.rows(
            """
            SELECT o.usage_id FROM market_open_stream o JOIN market_usage u ON u.id = o.usage_id
            WHERE u.provider_id = \(provider) AND u.called_at >= \(start) AND u.called_at < \(end) ORDER BY o.usage_id
            """
        ) { try $0.column() }
        let taken: [ID<Usage>] = try self.tx.rows(
            """
            SELECT d.usage_id FROM market_settlement_deferral d JOIN market_usage u ON u.id = d.usage_id
            WHERE d.provider_id = \(provider) AND d.taken_by IS NOT NULL
                AND u.called_at >= \(start) AND u.called_at < \(end) ORDER BY d.usage_id
            """
        ) { try $0.column() }
        return (open, taken)
    }

    /// Records of earlier settlements that have ended since and are in none yet.
    func listEnded(of provider: ID<Identity>) throws -> [ID<Usage>] {
        try self.tx.rows(
            """
            SELECT d.usage_id FROM market_settlement_deferral d JOIN market_settlement s ON s.id = d.deferred_by
            WHERE d.provider_id = \(provider) AND d.taken_by IS NULL AND s.status <> 'failed'
                AND d.usage_id NOT IN (SELECT usage_id FROM market_open_stream)
            ORDER BY d.usage_id
            """
        ) { try $0.column() }
    }

    /// Writes down what the settlement has left out and what it has taken over.
    ///
    /// - Parameter others: calls of its time that another settlement has taken over: when that fails, they are this one's.
    func insert(deferred: [ID<Usage>], taken: [ID<Usage>], others: [ID<Usage>], by settlement: Settlement) throws {
        // Of a settlement of the same time that failed.
        try self.tx.execute(
            """
            DELETE FROM market_settlement_deferral WHERE provider_id = \(settlement.provider) AND taken_by IS NULL
                AND deferred_by IN (SELECT id FROM market_settlement WHERE status = 'failed' AND provider_id = \(settlement.provider))
                AND usage_id IN (SELECT id FROM market_usage WHERE provider_id = \(settlement.provider)
                    AND called_at >= \(settlement.start) AND called_at < \(settlement.coveredUntil))
            """
        )
        for usage in deferred {
            try self.tx.execute(
                """
                INSERT INTO market_settlement_deferral (usage_id, provider_id, deferred_by)
                VALUES (\(usage), \(settlement.provider), \(settlement.id))
                """
            )
        }
        try self.tx.execute(
            "UPDATE market_settlement_deferral SET deferred_by = \(settlement.id) WHERE usage_id IN (\(list: others))"
        )
        try self.tx.execute(
            "UPDATE market_settlement_deferral SET taken_by = \(settlement.id) WHERE usage_id IN (\(list: taken))"
        )
    }

    /// A settlement has failed: what it had taken over is the next one's.
    func release(takenBy settlement: ID<Settlement>) throws {
        try self.tx.execute(
            "UPDATE market_settlement_deferral SET taken_by = NULL WHERE taken_by = \(settlement)"
        )
    }
}

extension Transaction {
    var settlementDeferrals: DeferralStore { DeferralStore(tx: self) }
}
