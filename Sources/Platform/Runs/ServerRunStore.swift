package import Kernel
package import Storage

/// Runs of the server, and the work that each has under way.
package struct ServerRunStore {
    let tx: Transaction

    /// A process that serves the database.
    package struct Node: Sendable {
        package let id: String
        package let host: String
        package let process: Int
        package let version: String
        package var startedAt = Timestamp(microseconds: 0)
        package var renewedAt = Timestamp(microseconds: 0)
    }

    /// A run that did not end.
    struct Lost: Sendable {
        let id: String
        let startedAt: Timestamp
        /// Such as `webhook delivery msg_7_…`.
        let underWay: [String]
    }

    /// Also of a run that exists: another node may have taken it for dead while the database did not answer.
    func renew(_ node: Node) throws {
        try self.tx.execute(
            """
            INSERT INTO server_run (id, host, process, version, started_at, renewed_at)
            VALUES (\(node.id), \(node.host), \(node.process), \(node.version), \(self.tx.now), \(self.tx.now))
            ON CONFLICT (id) DO UPDATE SET renewed_at = excluded.renewed_at
            """
        )
    }

    /// The processes that have shown themselves lately, the oldest first.
    package func listNodes() throws -> [Node] {
        let moment = self.tx.now.adding(seconds: -ServerRun.lostAfterSeconds)
        return try self.tx.rows(
            """
            SELECT id, host, process, version, started_at, renewed_at FROM server_run
            WHERE renewed_at >= \(moment) ORDER BY started_at, id
            """
        ) { row in
            Node(
                id: try row.column(),
                host: try row.column(),
                process: try row.column(),
                version: try row.column(),
                startedAt: try row.column(),
                renewedAt: try row.column()
            )
        }
    }

    func delete(_ id: String) throws {
        try self.tx.execute("DELETE FROM under_way WHERE run_id = \(id)")
        try self.tx.execute("DELETE FROM server_run WHERE id = \(id)")
    }

    /// Takes away the runs that have not been renewed since the moment, or all when there is none, and what they had under way.
    func takeLost(before moment: Timestamp?) throws -> [Lost] {
        let runs = try self.tx.rows(
            "SELECT id, started_at FROM server_run WHERE renewed_at < \(moment ?? Timestamp(microseconds: .max)) ORDER BY id LIMIT 100"
        ) { (try $0.column(String.self), try $0.column(Timestamp.self)) }
        return try runs.map { id, startedAt in
            let work = try self.tx.rows(
                "SELECT kind, subject, began_at FROM under_way WHERE run_id = \(id) ORDER BY kind, subject LIMIT 1000"
            ) { (try $0.column(String.self), try $0.column(String.self), try $0.column(Timestamp.self)) }
            let until = self.tx.now.adding(seconds: Self.putOffSeconds)
            for (kind, subject, beganAt) in work where try !self.isUnderWay(kind, subject, apartFrom: id) {
                switch kind {
                case WebhookOutbox.workKind:
                    try self.tx.webhookOutbox.putOff(ID(subject), triedAt: beganAt, until: until)
                case JobStore.workKind: try self.tx.jobs.putOff(ID(subject), until: until)
                default: break
                }
            }
            try self.delete(id)
            return Lost(id: id, startedAt: startedAt, underWay: work.map { "\($0.0) \($0.1)" })
        }
    }

    /// What was under way is tried again after this time, and so after everything else that is due.
    static let putOffSeconds: Int64 = 5

    /// Whether another run has begun it anew.
    private func isUnderWay(_ kind: String, _ subject: String, apartFrom run: String) throws -> Bool {
        try self.tx.value(
            "SELECT COUNT(*) FROM under_way WHERE kind = \(kind) AND subject = \(subject) AND run_id <> \(run)",
            as: Int.self
        ) != 0
    }

    // MARK: Work

    /// Records work in a commit before it begins, so that it is known after a crash.
    package func begin(_ kind: String, _ subject: String, of run: String) throws {
        try self.tx.execute(
            """
            INSERT INTO under_way (run_id, kind, subject, began_at)
            VALUES (\(run), \(kind), \(subject), \(self.tx.now)) ON CONFLICT (run_id, kind, subject) DO NOTHING
            """
        )
    }

    package func end(_ kind: String, _ subject: String, of run: String) throws {
        try self.tx.execute(
            "DELETE FROM under_way WHERE run_id = \(run) AND kind = \(kind) AND subject = \(subject)"
        )
    }
}

extension Transaction {
    package var serverRuns: ServerRunStore { ServerRunStore(tx: self) }
}
