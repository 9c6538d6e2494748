import Kernel
import Ledger
import Storage

/// Contradictions between what runs have cost, the roll-ups and the ledger.
enum GatewayCheck {
    static func differences(in tx: Transaction) throws -> [String] { try tx.check.differences() }
}

struct GatewayCheckStore {
    let tx: Transaction

    func differences() throws -> [String] {
        try self.openAttempts() + self.spansAgainstRollups() + self.costsAgainstLedger()
    }

    /// Nothing stays reserved of a run that has ended; a payment whose answer broke off is final some minutes later.
    private func openAttempts() throws -> [String] {
        try self.tx.rows(
            """
            SELECT a.id FROM gateway_attempt a JOIN gateway_run r ON r.id = a.run
            WHERE a.state = 'reserved' AND r.status <> 'running'
                AND (a.kind = 'model' OR r.ended_at < \(self.tx.now.adding(seconds: -300))) ORDER BY a.id LIMIT 20
            """
        ) { "gateway: attempt \(try $0.column(String.self)) is still reserved, and its run has ended" }
    }

    /// What calls have cost, by hour and model, from spans and from roll-ups.
    private func spansAgainstRollups() throws -> [String] {
        // Of days before it, runs were taken away.
        let open = try self.tx.retention.closedUntil() ?? Timestamp(seconds: 0)
        return try self.tx.rows(
            """
            SELECT provider, model, CAST(SUM(a) AS BIGINT), CAST(SUM(b) AS BIGINT) FROM (
                SELECT a.provider, a.model, a.cost AS a, 0 AS b
                FROM gateway_attempt a JOIN gateway_run r ON r.id = a.run
                WHERE a.state <> 'reserved' AND a.kind = 'model' AND r.started_at >= \(open)
                UNION ALL
                SELECT provider, model, 0, cost FROM gateway_usage WHERE llm_calls > 0 AND hour >= \(open.hour)
            ) x GROUP BY provider, model HAVING SUM(a) <> SUM(b) ORDER BY provider, model
            """
        ) { row in
            let (provider, model) = (try row.column(String.self), try row.column(String.self))
            let (attempts, rollups) = (try row.column(Int64.self), try row.column(Int64.self))
            return "gateway: \(provider) \(model) cost \(attempts) by attempts and \(rollups) by roll-ups"
        }
    }

    /// Real costs in the ledger, and what roll-ups say.
    private func costsAgainstLedger() throws -> [String] {
        let booked = try self.tx.value(
            "SELECT CAST(COALESCE(SUM(posted_amount), 0) AS BIGINT) FROM ledger_transfer WHERE kind = 'model_cost'",
            as: Int64.self
        )
        let counted = try self.tx.value(
            "SELECT CAST(COALESCE(SUM(cost), 0) AS BIGINT) FROM gateway_usage",
            as: Int64.self
        )
        return booked == counted
            ? [] : ["gateway: models cost \(counted ?? 0) by roll-ups and \(booked ?? 0) by the ledger"]
    }
}

extension Transaction {
    var check: GatewayCheckStore { GatewayCheckStore(tx: self) }
}
