import Kernel
import Storage

struct GatewayRetentionStore {
    let tx: Transaction

    /// Runs that began before the moment, with spans, tries and messages. Roll-ups of the days before it are not compared with runs any more.
    ///
    /// - Returns: how many.
    func deleteRuns(before moment: Timestamp, limit: Int) throws -> Int {
        let runs = try self.tx.rows(
            """
            SELECT number, id, session FROM gateway_run
            WHERE started_at < \(moment) AND status <> 'running' AND NOT EXISTS (
                SELECT 1 FROM gateway_attempt a WHERE a.run = gateway_run.id AND a.state = 'reserved')
            ORDER BY number LIMIT \(limit)
            """
        ) { (number: try $0.column(Int64.self), id: try $0.column(String.self), session: try $0.column(Int64.self)) }
        guard !runs.isEmpty else { return 0 }
        if try self.closedUntil().map({ $0 < moment }) ?? true {
            try self.tx.execute("DELETE FROM gateway_closed")
            try self.tx.execute("INSERT INTO gateway_closed (until) VALUES (\(moment))")
        }
        for run in runs {
            try self.tx.execute("DELETE FROM gateway_span WHERE run = \(run.number)")
            try self.tx.execute("DELETE FROM gateway_attempt WHERE run = \(run.id)")
            try self.tx.execute("DELETE FROM gateway_message WHERE session = \(run.session) AND run_id = \(run.id)")
            try self.tx.execute("DELETE FROM gateway_run WHERE number = \(run.number)")
        }
        return runs.count
    }

    func deleteEmptySessions(before moment: Timestamp) throws {
        try self.tx.execute(
            """
            DELETE FROM gateway_session WHERE updated_at < \(moment) AND run_id IS NULL
                AND NOT EXISTS (SELECT 1 FROM gateway_message m WHERE m.session = gateway_session.number)
            """
        )
    }

    /// Before it, runs are gone.
    func closedUntil() throws -> Timestamp? { try self.tx.value("SELECT until FROM gateway_closed") }
}

extension Transaction {
    var retention: GatewayRetentionStore { GatewayRetentionStore(tx: self) }
}
