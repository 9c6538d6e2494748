import Kernel
import Platform
import Storage

/// Lines of reports as clients see them.
enum ReportOutput {
    static func report(_ filter: ReportFilter, by grouping: ReportGrouping, in tx: Transaction) throws -> JSONValue {
        let lines = try tx.reports.lines(filter, by: grouping)
        let names = try self.names(lines.map(\.key), grouping, in: tx)
        let rows = lines.map { key, line in
            let head: [String: JSONValue] =
                switch grouping {
                case .daily: ["date": .string(JapanTime.date(ofDay: Int64(key) ?? 0))]
                case .program: ["program_id": .integer(Int64(key) ?? 0), "program_name": .text(names[key])]
                case .publisher: ["publisher_name": .text(names[key])]
                }
            return self.line(line).adding(head)
        }
        return [
            "start_date": .string(JapanTime.date(ofDay: filter.days.lowerBound)),
            "end_date": .string(JapanTime.date(ofDay: filter.days.upperBound)),
            "group_by": .string(grouping.rawValue), "rows": .array(rows),
            "totals": self.line(lines.map(\.line).reduce(ReportLine(), +)),
        ]
    }

    private static func names(_ keys: [String], _ grouping: ReportGrouping, in tx: Transaction) throws -> [String:
        String]
    {
        switch grouping {
        case .daily: [:]
        case .program:
            Dictionary(
                uniqueKeysWithValues: try tx.programs.list(keys.compactMap { Int64($0) }).map {
                    ("\($0.id)", $0.content.name)
                }
            )
        case .publisher:
            Dictionary(
                uniqueKeysWithValues: try keys.compactMap { key in
                    try tx.affiliateAccounts.find(ID(key)).map { (key, $0.profile.displayName) }
                }
            )
        }
    }

    static func line(_ line: ReportLine) -> JSONValue {
        [
            "clicks": .integer(line.clicks), "valid_clicks": .integer(line.validClicks),
            "conversions": .integer(line.conversions), "pending": .integer(line.pending),
            "approved": .integer(line.approved), "rejected": .integer(line.rejected),
            "invalid_conversions": .integer(line.invalid), "amount": .integer(line.amount),
            "reward": .integer(line.reward), "pending_reward": .integer(line.pendingReward),
            "approved_reward": .integer(line.approvedReward),
            "confirmation_rate": ProgramOutput.hundredths(
                Program.Figures.confirmationRate(approved: line.approved, rejected: line.rejected)
            ),
            "epc": ProgramOutput.hundredths(Program.Figures.epc(reward: line.reward, validClicks: line.validClicks)),
        ]
    }
}
