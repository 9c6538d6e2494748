import Kernel
import Platform
import Storage

/// Whose figures, and of which days.
struct ReportFilter: Sendable {
    let scope: Scope
    /// Days as ``JapanTime`` counts them, both included.
    let days: ClosedRange<Int64>
    var program: ProgramID?
}

/// What the lines of a report stand for.
enum ReportGrouping: String, Sendable, CaseIterable {
    case daily, program, publisher
}

/// A line of a report: what clicks and orders came to.
struct ReportLine: Sendable, Equatable {
    var clicks: Int64 = 0
    var validClicks: Int64 = 0
    var pending: Int64 = 0
    var approved: Int64 = 0
    /// By the advertiser.
    var rejected: Int64 = 0
    /// Refused by a rule: nobody's orders, and no part of the conversions.
    var invalid: Int64 = 0
    /// Of orders that are not rejected, in yen.
    var amount: Yen = 0
    var pendingReward: Yen = 0
    var approvedReward: Yen = 0

    var conversions: Int64 { self.pending + self.approved + self.rejected }
    var reward: Yen { self.pendingReward + self.approvedReward }

    static func + (left: Self, right: Self) -> Self {
        ReportLine(
            clicks: left.clicks + right.clicks,
            validClicks: left.validClicks + right.validClicks,
            pending: left.pending + right.pending,
            approved: left.approved + right.approved,
            rejected: left.rejected + right.rejected,
            invalid: left.invalid + right.invalid,
            amount: left.amount + right.amount,
            pendingReward: left.pendingReward + right.pendingReward,
            approvedReward: left.approvedReward + right.approvedReward
        )
    }
}

struct ReportStore {
    let tx: Transaction

    /// Lines by day (its number as text), program or publisher, in that order.
    func lines(_ filter: ReportFilter, by grouping: ReportGrouping) throws -> [(key: String, line: ReportLine)] {
        var lines: [String: ReportLine] = [:]
        for (key, clicks, valid) in try self.clicks(filter, by: grouping) {
            lines[key, default: ReportLine()].clicks += clicks
            lines[key, default: ReportLine()].validClicks += valid
        }
        for group in try self.orders(filter, by: grouping) { group.add(to: &lines[group.key, default: ReportLine()]) }
        return lines.sorted { Self.order($0.key) < Self.order($1.key) }.map { (key: $0.key, line: $0.value) }
    }

    private static func order(_ key: String) -> String {
        String(repeating: "0", count: max(0, 20 - key.count)) + key
    }

    private func clicks(_ filter: ReportFilter, by grouping: ReportGrouping) throws -> [(String, Int64, Int64)] {
        let key: SQL =
            switch grouping {
            case .daily: "CAST(d.day AS TEXT)"
            case .program: "CAST(d.program_id AS TEXT)"
            case .publisher: "d.publisher_id"
            }
        var conditions: [SQL] = ["d.day BETWEEN \(filter.days.lowerBound) AND \(filter.days.upperBound)"]
        switch filter.scope {
        case .publisher(let id): conditions.append("d.publisher_id = \(id)")
        case .advertiser(let id):
            conditions.append("d.program_id IN (SELECT id FROM affiliate_program WHERE advertiser_id = \(id))")
        case .everybody: break
        }
        if let program = filter.program { conditions.append("d.program_id = \(program)") }
        return try self.tx.rows(
            """
            SELECT \(key), CAST(SUM(d.clicks) AS BIGINT), CAST(SUM(d.valid_clicks) AS BIGINT)
            FROM affiliate_click_day d WHERE \(SQL.all(conditions)) GROUP BY 1
            """
        ) { (try $0.column(), try $0.column(), try $0.column()) }
    }

    private struct Group {
        let key: String
        let status: Conversion.Status
        let isInvalid: Bool
        let count: Int64
        let amount: Yen
        let reward: Yen

        func add(to line: inout ReportLine) {
            switch self.status {
            case .pending:
                line.pending += self.count
                line.pendingReward += self.reward
            case .approved:
                line.approved += self.count
                line.approvedReward += self.reward
            case .rejected where self.isInvalid: line.invalid += self.count
            case .rejected: line.rejected += self.count
            }
            if self.status != .rejected { line.amount += self.amount }
        }
    }

    private func orders(_ filter: ReportFilter, by grouping: ReportGrouping) throws -> [Group] {
        let key: SQL =
            switch grouping {
            case .daily: "CAST((v.occurred_at + 32400000000) / 86400000000 AS TEXT)"
            case .program: "CAST(v.program_id AS TEXT)"
            case .publisher: "v.publisher_id"
            }
        let from = JapanTime.start(ofDay: filter.days.lowerBound)
        let to = JapanTime.start(ofDay: filter.days.upperBound + 1)
        var conditions: [SQL] = ["v.occurred_at >= \(from) AND v.occurred_at < \(to)"]
        switch filter.scope {
        case .publisher(let id): conditions.append("v.publisher_id = \(id)")
        case .advertiser(let id):
            conditions.append("v.program_id IN (SELECT id FROM affiliate_program WHERE advertiser_id = \(id))")
        case .everybody: break
        }
        if let program = filter.program { conditions.append("v.program_id = \(program)") }
        return try self.tx.rows(
            """
            SELECT \(key), v.status,
                CASE WHEN v.status = 'rejected' AND v.reason <> \(Reason.rejectedByAdvertiser) THEN 1 ELSE 0 END,
                COUNT(*), CAST(SUM(v.amount) AS BIGINT), CAST(SUM(v.reward) AS BIGINT)
            FROM affiliate_conversion v WHERE \(SQL.all(conditions)) GROUP BY 1, 2, 3
            """
        ) { row in
            Group(
                key: try row.column(),
                status: try row.column(),
                isInvalid: try row.column(),
                count: try row.column(),
                amount: try row.column(),
                reward: try row.column()
            )
        }
    }

    // MARK: Earnings

    /// A publisher's orders of some days that were not rejected, and the rewards of those that are approved.
    func sumRewards(of publisher: ID<Identity>, days: Range<Int64>) throws -> (count: Int64, reward: Yen) {
        try self.tx.row(
            """
            SELECT COUNT(*), CAST(COALESCE(SUM(CASE WHEN status = 'approved' THEN reward ELSE 0 END), 0) AS BIGINT)
            FROM affiliate_conversion
            WHERE publisher_id = \(publisher) AND occurred_at >= \(JapanTime.start(ofDay: days.lowerBound))
                AND occurred_at < \(JapanTime.start(ofDay: days.upperBound)) AND status <> 'rejected'
            """
        ) { (try $0.column(), try $0.column()) }!
    }

    /// Rewards of all time that are pending, and approved, of which some are held back.
    func sumRewards(of publisher: ID<Identity>) throws -> (pending: Yen, approved: Yen, held: Yen) {
        try self.tx.row(
            """
            SELECT CAST(COALESCE(SUM(CASE WHEN status = 'pending' THEN reward ELSE 0 END), 0) AS BIGINT),
                CAST(COALESCE(SUM(CASE WHEN status = 'approved' THEN reward ELSE 0 END), 0) AS BIGINT),
                CAST(COALESCE(SUM(CASE WHEN status = 'approved' AND is_held = 1 THEN reward ELSE 0 END), 0) AS BIGINT)
            FROM affiliate_conversion WHERE publisher_id = \(publisher)
            """
        ) { (try $0.column(), try $0.column(), try $0.column()) }!
    }

    func sumClawbacks(of publisher: ID<Identity>) throws -> Yen {
        try self.tx.payouts.sumClawbacks(of: publisher, from: .init(seconds: 0), to: .init(microseconds: .max))
    }
}

extension Transaction {
    var reports: ReportStore { ReportStore(tx: self) }
}
