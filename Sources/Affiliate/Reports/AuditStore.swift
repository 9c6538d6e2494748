import Kernel
import Ledger
import Storage

/// Recomputes from clicks and conversions what is kept beside them, and what the ledger should say.
struct AffiliateAuditStore {
    let tx: Transaction

    /// One line for each difference.
    func verify() throws -> [String] {
        try self.ledger() + self.house() + self.reports() + self.clicks() + self.programs() + self.budgets()
            + self.payouts()
    }

    /// A publisher's account holds what was approved and not paid out, and reserves what is pending.
    private func ledger() throws -> [String] {
        try self.tx.rows(
            """
            SELECT a.identity_id, COALESCE(l.credits_posted - l.debits_posted, 0) / 1000000,
                COALESCE(l.credits_pending, 0) / 1000000,
                COALESCE(v.approved, 0) - COALESCE(w.amount, 0) - COALESCE(o.amount, 0), COALESCE(v.pending, 0)
            FROM affiliate_account a
            LEFT JOIN ledger_account l ON l.owner = a.identity_id AND l.purpose = 'rewards' AND l.currency = 'JPY'
            LEFT JOIN (
                SELECT publisher_id, CAST(SUM(CASE WHEN status = 'approved' THEN reward ELSE 0 END) AS BIGINT) AS approved,
                    CAST(SUM(CASE WHEN status = 'pending' THEN reward ELSE 0 END) AS BIGINT) AS pending
                FROM affiliate_conversion GROUP BY publisher_id
            ) v ON v.publisher_id = a.identity_id
            LEFT JOIN (
                SELECT publisher_id, CAST(SUM(amount) AS BIGINT) AS amount FROM affiliate_clawback GROUP BY publisher_id
            ) w ON w.publisher_id = a.identity_id
            LEFT JOIN (
                SELECT publisher_id, CAST(SUM(gross) AS BIGINT) AS amount FROM affiliate_payout
                WHERE status <> 'carried_over' GROUP BY publisher_id
            ) o ON o.publisher_id = a.identity_id
            WHERE a.role IN ('publisher', 'agent') ORDER BY a.identity_id
            """
        ) { row -> [String] in
            let id = try row.column(String.self)
            let (balance, reserved) = (try row.column(Yen.self), try row.column(Yen.self))
            let (earned, pending) = (try row.column(Yen.self), try row.column(Yen.self))
            return Self.difference("\(id): unpaid rewards", balance, earned)
                + Self.difference("\(id): pending rewards", reserved, pending)
        }.flatMap { $0 }
    }

    /// What advertisers owe, and what was withheld, kept as fees and transferred.
    private func house() throws -> [String] {
        let sums = try self.tx.row(
            """
            SELECT CAST(COALESCE(SUM(withholding), 0) AS BIGINT), CAST(COALESCE(SUM(transfer_fee), 0) AS BIGINT)
            FROM affiliate_payout WHERE status <> 'carried_over'
            """
        ) { (try $0.column(Yen.self), try $0.column(Yen.self)) }!
        let owed = try self.tx.rows(
            """
            SELECT a.identity_id, COALESCE(l.debits_posted - l.credits_posted, 0) / 1000000, COALESCE(v.approved, 0)
            FROM affiliate_account a
            LEFT JOIN ledger_account l ON l.owner = a.identity_id AND l.purpose = 'advertising' AND l.currency = 'JPY'
            LEFT JOIN (
                SELECT v.advertiser_id, CAST(SUM(v.reward - COALESCE(w.amount, 0)) AS BIGINT) AS approved
                FROM affiliate_conversion v LEFT JOIN affiliate_clawback w ON w.conversion_id = v.id
                WHERE v.status = 'approved' GROUP BY v.advertiser_id
            ) v ON v.advertiser_id = a.identity_id
            WHERE a.role = 'advertiser' ORDER BY a.identity_id
            """
        ) { row -> [String] in
            let id = try row.column(String.self)
            return Self.difference("\(id): owed for rewards", try row.column(Yen.self), try row.column())
        }.flatMap { $0 }
        return try owed + Self.difference("withholding tax", self.balance(.withholding), sums.0)
            + Self.difference("transfer fees", self.balance(.transferFees), sums.1)
    }

    private func balance(_ purpose: AccountKey.Purpose) throws -> Yen {
        try self.tx.ledger.find(.house(purpose, .jpy)).map { try Yen($0.balance) } ?? 0
    }

    /// Reports by day, by program and by publisher come to the same, and to what the conversions say.
    private func reports() throws -> [String] {
        let filter = ReportFilter(scope: .everybody, days: 0...100_000)
        let totals = try ReportGrouping.allCases.map { grouping in
            try self.tx.reports.lines(filter, by: grouping).map(\.line).reduce(ReportLine(), +)
        }
        let rewards: Yen =
            try self.tx.value(
                """
                SELECT CAST(COALESCE(SUM(reward), 0) AS BIGINT) FROM affiliate_conversion WHERE status <> 'rejected'
                """
            ) ?? 0
        return zip(ReportGrouping.allCases, totals).flatMap { grouping, total in
            Self.difference("report by \(grouping.rawValue): rewards", total.reward, rewards)
                + (total == totals[0] ? [] : ["affiliate: the report by \(grouping.rawValue) is not that by day"])
        }
    }

    private func clicks() throws -> [String] {
        try self.tx.rows(
            """
            SELECT d.partnership_id, CAST(SUM(d.clicks) AS BIGINT), CAST(SUM(d.valid_clicks) AS BIGINT),
                COALESCE((SELECT COUNT(*) FROM affiliate_click k WHERE k.partnership_id = d.partnership_id), 0),
                COALESCE((
                    SELECT COUNT(*) FROM affiliate_click k WHERE k.partnership_id = d.partnership_id AND k.reason = 0
                ), 0)
            FROM affiliate_click_day d GROUP BY d.partnership_id ORDER BY d.partnership_id
            """
        ) { row -> [String] in
            let id = try row.column(Int64.self)
            let (clicks, valid) = (try row.column(Int64.self), try row.column(Int64.self))
            return Self.difference("partnership \(id): clicks", clicks, try row.column())
                + Self.difference("partnership \(id): valid clicks", valid, try row.column())
        }.flatMap { $0 }
    }

    private func programs() throws -> [String] {
        try self.tx.rows(
            """
            SELECT p.id, p.approved_count, p.rejected_count, p.reward_total, COALESCE(v.approved, 0),
                COALESCE(v.rejected, 0), COALESCE(v.reward, 0)
            FROM affiliate_program p LEFT JOIN (
                SELECT program_id, CAST(SUM(CASE WHEN status = 'approved' THEN 1 ELSE 0 END) AS BIGINT) AS approved,
                    CAST(SUM(CASE WHEN reason = \(Reason.rejectedByAdvertiser) THEN 1 ELSE 0 END) AS BIGINT) AS rejected,
                    CAST(SUM(CASE WHEN status = 'rejected' THEN 0 ELSE reward END) AS BIGINT) AS reward
                FROM affiliate_conversion GROUP BY program_id
            ) v ON v.program_id = p.id ORDER BY p.id
            """
        ) { row -> [String] in
            let id = try row.column(Int64.self)
            let stored = try (0..<3).map { _ in try row.column(Int64.self) }
            return try zip(["approved", "rejected", "reward"], stored).flatMap { name, value in
                Self.difference("program \(id): \(name)", value, try row.column())
            }
        }.flatMap { $0 }
    }

    private func budgets() throws -> [String] {
        try self.tx.rows(
            """
            SELECT b.program_id, b.month, b.used, COALESCE((
                SELECT CAST(SUM(v.reward) AS BIGINT) FROM affiliate_conversion v
                WHERE v.program_id = b.program_id AND v.budget_month = b.month AND v.status <> 'rejected'
            ), 0)
            FROM affiliate_budget b ORDER BY b.program_id, b.month
            """
        ) { row -> [String] in
            let name = "program \(try row.column(Int64.self)): budget of \(try row.column(String.self))"
            return Self.difference(name, try row.column(Yen.self), try row.column())
        }.flatMap { $0 }
    }

    /// A payout is the sum of its conversions and clawbacks, and what it carries.
    private func payouts() throws -> [String] {
        try self.tx.rows(
            """
            SELECT o.id, o.gross, o.rewards - o.clawbacks + o.carried_in, o.net,
                CASE WHEN o.status = 'carried_over' THEN 0 ELSE o.gross - o.withholding - o.transfer_fee END, o.rewards,
                COALESCE((
                    SELECT CAST(SUM(v.reward) AS BIGINT) FROM affiliate_conversion v
                    WHERE v.publisher_id = o.publisher_id AND v.status = 'approved' AND v.is_held = 0
                        AND v.payable_at >= o.period_from AND v.payable_at < o.period_to
                ), 0), o.clawbacks,
                COALESCE((
                    SELECT CAST(SUM(w.amount) AS BIGINT) FROM affiliate_clawback w WHERE w.publisher_id = o.publisher_id
                        AND w.created_at >= o.period_from AND w.created_at < o.period_to
                ), 0)
            FROM affiliate_payout o ORDER BY o.id
            """
        ) { row -> [String] in
            let id = try row.column(Int64.self)
            return try ["gross", "net", "rewards", "clawbacks"].flatMap { name in
                Self.difference("payout \(id): \(name)", try row.column(Yen.self), try row.column())
            }
        }.flatMap { $0 }
    }

    private static func difference<Value: Equatable>(_ what: String, _ stored: Value, _ computed: Value) -> [String] {
        stored == computed ? [] : ["affiliate: \(what) is \(stored), and should be \(computed)"]
    }
}

extension Transaction {
    var affiliateAudit: AffiliateAuditStore { AffiliateAuditStore(tx: self) }
}
