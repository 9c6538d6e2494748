import Kernel
import Search
import Storage

extension ProgramStore {
    /// What a conversion changes, in the transaction of its change. Rates are what programs are sorted by; -1 stands for none.
    func add(to program: ProgramID, approved: Int = 0, rejected: Int = 0, reward: Yen = 0) throws {
        let change = ProgramSums.Change(approved: approved, rejected: rejected, reward: reward)
        if self.tx.canWait {
            self.tx.together(ProgramSums.self).add(change, to: program)
        } else {
            try self.apply(change, to: program)
        }
    }

    fileprivate func apply(_ change: ProgramSums.Change, to program: ProgramID) throws {
        let decided = change.approved + change.rejected
        try self.tx.later(
            """
            UPDATE affiliate_program SET approved_count = approved_count + \(change.approved),
                rejected_count = rejected_count + \(change.rejected), reward_total = reward_total + \(change.reward),
                confirmation_rate = CASE WHEN approved_count + rejected_count + \(decided) = 0 THEN -1
                    ELSE (approved_count + \(change.approved)) * 10000 / (approved_count + rejected_count + \(decided))
                    END,
                epc = CASE WHEN valid_clicks = 0 THEN -1 ELSE (reward_total + \(change.reward)) * 100 / valid_clicks END
            WHERE id = \(program)
            """
        )
        try self.tx.touch("\(program)", in: ProgramSearch.kind)
    }
}

/// What the conversions of one commit change of programs' figures, added up.
final class ProgramSums: BatchPart {
    static let table: StaticString = "affiliate_program"

    struct Change {
        var approved = 0
        var rejected = 0
        var reward: Yen = 0
    }

    private var changes: [ProgramID: Change] = [:]

    init() {}

    func add(_ change: Change, to program: ProgramID) {
        var sum = self.changes[program] ?? Change()
        sum.approved += change.approved
        sum.rejected += change.rejected
        sum.reward += change.reward
        self.changes[program] = sum
    }

    /// In the order of the programs, so that no two commits wait for each other.
    func flush(in tx: Transaction) throws {
        let changes = self.changes.sorted { $0.key < $1.key }
        self.changes = [:]
        for (program, change) in changes { try tx.programs.apply(change, to: program) }
    }
}
