import Kernel
import Storage

/// How complete the stamps of taken and refused posts were: what the compliance score is the mean of.
struct SubmissionStore {
    let tx: Transaction

    private static let sameSeconds: Int64 = 3600

    /// - Parameters:
    ///   - completeness: in ten-thousandths.
    ///   - refused: names the body of a refused post, which counts once in an hour; nil for one that was taken.
    func insert(_ completeness: Int, of partner: ID<Partner>, agent: String?, refused: String? = nil) throws {
        if let refused {
            let known = try self.tx.value(
                """
                SELECT COUNT(*) FROM forum_submission WHERE partner_id = \(partner) AND digest = \(refused)
                    AND created_at > \(self.tx.now.adding(seconds: -Self.sameSeconds))
                """,
                as: Int.self
            )
            guard known == 0 else { return }
        }
        try self.tx.execute(
            """
            INSERT INTO forum_submission (partner_id, agent, completeness, digest, created_at)
            VALUES (\(partner), \(agent ?? ""), \(Int64(completeness)), \(refused), \(self.tx.now))
            """
        )
    }

    /// By agent, how many there were since a moment and the sum of their completeness.
    func sums(of partner: ID<Partner>, since moment: Timestamp) throws -> [(agent: String, count: Int64, sum: Int64)] {
        try self.tx.rows(
            """
            SELECT agent, COUNT(*), CAST(SUM(completeness) AS BIGINT) FROM forum_submission
            WHERE partner_id = \(partner) AND created_at >= \(moment) GROUP BY agent
            """
        ) { (try $0.column(), try $0.column(), try $0.column()) }
    }
}

extension Transaction {
    var submissions: SubmissionStore { SubmissionStore(tx: self) }
}
