import Kernel
import Storage

/// How complete the stamps of taken and refused posts were: what the compliance score is the mean of.
struct SubmissionStore {
    let tx: Transaction

    /// - Parameter completeness: in ten-thousandths.
    func insert(_ completeness: Int, of partner: ID<Partner>, agent: String?) throws {
        try self.tx.execute(
            """
            INSERT INTO forum_submission (partner_id, agent, completeness, created_at)
            VALUES (\(partner), \(agent ?? ""), \(Int64(completeness)), \(self.tx.now))
            """
        )
    }
}

extension Transaction {
    var submissions: SubmissionStore { SubmissionStore(tx: self) }
}
