import Kernel
import Storage

struct ReportStore {
    let tx: Transaction

    /// Throws `alreadyReported`.
    func insert(_ report: Report) throws {
        try mapping("forum_report_pkey", to: ForumProblems.alreadyReported) {
            try self.tx.execute(
                """
                INSERT INTO forum_report (post, member, reason, note, weight, created_at)
                VALUES (\(report.post), \(report.member), \(report.reason), \(report.note), \(report.weight),
                    \(self.tx.now))
                """
            )
        }
    }

    /// Those that nobody has decided about.
    func open(of post: ID<Post>) throws -> [Report] {
        try self.tx.rows(
            """
            SELECT \(raw: Report.columns) FROM forum_report WHERE post = \(post) AND outcome IS NULL
            ORDER BY weight DESC, created_at, member
            """
        )
    }

    func count(of member: ID<ForumMember>, since moment: Timestamp) throws -> Int {
        try self.tx.value(
            "SELECT COUNT(*) FROM forum_report WHERE member = \(member) AND created_at >= \(moment)",
            as: Int.self
        ) ?? 0
    }

    func list(by member: ID<ForumMember>) throws -> [Report] {
        try self.tx.rows("SELECT \(raw: Report.columns) FROM forum_report WHERE member = \(member) ORDER BY created_at")
    }

    enum Outcome: String, Sendable, SQLConvertible { case upheld, dismissed }

    /// A moderator agrees with them, or does not.
    func settle(_ post: ID<Post>, _ outcome: Outcome, by decision: ID<Decided>) throws {
        try self.tx.execute(
            "UPDATE forum_report SET outcome = \(outcome), decision = \(decision) WHERE post = \(post) AND outcome IS NULL"
        )
    }

    /// An appeal shows that they were wrong.
    func overturn(_ post: ID<Post>, by decision: ID<Decided>) throws {
        try self.tx.execute(
            """
            UPDATE forum_report SET outcome = 'dismissed', decision = \(decision)
            WHERE post = \(post) AND outcome = 'upheld'
            """
        )
    }

    /// The decision was undone; what an appeal has overturned stands again.
    func reopen(_ decision: Decided) throws {
        let outcome: Outcome? = decision.decision == .restore ? .upheld : nil
        try self.tx.execute(
            "UPDATE forum_report SET outcome = \(outcome) WHERE decision = \(decision.id)"
        )
    }
}

extension Transaction {
    var reports: ReportStore { ReportStore(tx: self) }
}
