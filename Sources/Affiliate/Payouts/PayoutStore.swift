import Kernel
import Platform
import Storage

struct PayoutStore {
    let tx: Transaction

    // MARK: Clawbacks

    /// False when the conversion was clawed back before.
    func insertClawback(_ conversion: Conversion, reason: String) throws -> Bool {
        try self.tx.count(
            """
            INSERT INTO affiliate_clawback (conversion_id, publisher_id, amount, reason, created_at)
            SELECT \(conversion.id), \(conversion.publisher), \(conversion.reward), \(reason),
                CASE WHEN closed_until > \(self.tx.now) THEN closed_until ELSE \(self.tx.now) END
            FROM affiliate_account WHERE identity_id = \(conversion.publisher)
            ON CONFLICT (conversion_id) DO NOTHING
            """
        ) == 1
    }

    func findClawback(of conversion: ConversionID) throws -> Clawback? {
        try self.tx.row(
            "SELECT \(raw: Clawback.columns) FROM affiliate_clawback w WHERE w.conversion_id = \(conversion)"
        )
    }

    func listClawbacks(of payout: Payout) throws -> [Clawback] {
        try self.tx.rows(
            """
            SELECT \(raw: Clawback.columns) FROM affiliate_clawback w
            WHERE w.publisher_id = \(payout.publisher) AND w.created_at >= \(payout.periodFrom)
                AND w.created_at < \(payout.periodTo)
            ORDER BY w.created_at, w.conversion_id
            """
        )
    }

    /// Says by which payout they are taken back.
    func linkClawbacks(to payout: Payout) throws {
        try self.tx.execute(
            """
            UPDATE affiliate_clawback SET payout_id = \(payout.id) WHERE publisher_id = \(payout.publisher)
                AND created_at >= \(payout.periodFrom) AND created_at < \(payout.periodTo)
            """
        )
    }

    /// The month in which a conversion was closed.
    func findMonth(of conversion: Conversion) throws -> String? {
        try self.tx.value(
            """
            SELECT month FROM affiliate_payout WHERE publisher_id = \(conversion.publisher)
                AND period_from <= \(conversion.payableAt) AND period_to > \(conversion.payableAt)
            ORDER BY month LIMIT 1
            """
        )
    }

    // MARK: Closing

    /// Publishers after the given one, in the order of their ids.
    func listPublishers(after publisher: String, limit: Int) throws -> [Payee] {
        try self.tx.rows(
            """
            SELECT \(raw: Payee.columns) FROM affiliate_account a
            WHERE a.role IN ('publisher', 'agent') AND a.identity_id > \(publisher)
            ORDER BY a.identity_id LIMIT \(limit)
            """
        )
    }

    /// How many conversions have become payable in `[from, to)`, and their rewards.
    func sumPayable(of publisher: ID<Identity>, from: Timestamp, to: Timestamp) throws -> (count: Int64, reward: Yen) {
        try self.tx.row(
            """
            SELECT COUNT(*), CAST(COALESCE(SUM(reward), 0) AS BIGINT) FROM affiliate_conversion
            WHERE publisher_id = \(publisher) AND payable_at >= \(from) AND payable_at < \(to)
                AND status = 'approved' AND is_held = 0
            """
        ) { (try $0.column(), try $0.column()) }!
    }

    func sumClawbacks(of publisher: ID<Identity>, from: Timestamp, to: Timestamp) throws -> Yen {
        try self.tx.value(
            """
            SELECT CAST(COALESCE(SUM(amount), 0) AS BIGINT) FROM affiliate_clawback
            WHERE publisher_id = \(publisher) AND created_at >= \(from) AND created_at < \(to)
            """
        ) ?? 0
    }

    /// What the publisher's last payout has carried over.
    func findCarried(of publisher: ID<Identity>) throws -> Yen {
        let last: Payout? = try self.tx.row(
            """
            SELECT \(raw: Payout.columns) FROM affiliate_payout WHERE publisher_id = \(publisher)
            ORDER BY month DESC LIMIT 1
            """
        )
        return last?.carriedOver ?? 0
    }

    func insert(_ new: NewPayout) throws -> Payout {
        let amounts = new.amounts
        return try self.tx.row(
            """
            INSERT INTO affiliate_payout (publisher_id, month, period_from, period_to, conversions, rewards,
                clawbacks, carried_in, gross, tax_regime, withholding, transfer_fee, net, status, carry_reason, created_at)
            VALUES (\(new.payee.id), \(new.month), \(new.payee.closedUntil), \(new.cutoff), \(new.conversions),
                \(amounts.rewards), \(amounts.clawbacks), \(amounts.carriedIn), \(amounts.gross),
                \(new.payee.taxRegime), \(amounts.withholding), \(amounts.transferFee),
                \(new.carryReason == nil ? amounts.net : 0),
                \(new.carryReason == nil ? Payout.Status.scheduled : .carriedOver), \(new.carryReason), \(self.tx.now))
            RETURNING \(raw: Payout.columns)
            """
        )!
    }

    /// Marks the months before the moment as closed for the publisher, and as paid unless they were carried over.
    func close(_ payee: Payee, until cutoff: Timestamp, isCarriedOver: Bool) throws {
        try self.tx.execute(
            """
            UPDATE affiliate_account SET closed_until = \(cutoff),
                paid_until = CASE WHEN \(isCarriedOver) = 1 THEN paid_until ELSE \(cutoff) END
            WHERE identity_id = \(payee.id)
            """
        )
    }

    // MARK: Months

    /// The latest month whose closing has begun.
    func findLatestMonth() throws -> ClosedMonth? {
        try self.tx.row("SELECT \(raw: ClosedMonth.columns) FROM affiliate_month m ORDER BY m.month DESC LIMIT 1")
    }

    func find(month: String) throws -> ClosedMonth? {
        try self.tx.row("SELECT \(raw: ClosedMonth.columns) FROM affiliate_month m WHERE m.month = \(month)")
    }

    func listMonths(limit: Int) throws -> [ClosedMonth] {
        try self.tx.rows(
            "SELECT \(raw: ClosedMonth.columns) FROM affiliate_month m ORDER BY m.month DESC LIMIT \(limit)"
        )
    }

    /// Throws `StorageError.constraint` named `affiliate_month_pkey` when it was begun before.
    func insert(month: String, job: String, by actor: String) throws {
        try self.tx.execute(
            """
            INSERT INTO affiliate_month (month, job_id, closed_by, started_at)
            VALUES (\(month), \(job), \(actor), \(self.tx.now))
            """
        )
    }

    /// Forgets a closing that has failed, so that it can be begun again; its payouts stay.
    func delete(month: String) throws {
        try self.tx.execute("DELETE FROM affiliate_month WHERE month = \(month) AND closed_at IS NULL")
    }

    func finish(month: String) throws {
        try self.tx.execute(
            "UPDATE affiliate_month SET closed_at = \(self.tx.now) WHERE month = \(month) AND closed_at IS NULL"
        )
    }

    // MARK: Payouts

    /// Throws `payoutNotFound`; nil is the operator.
    func require(_ id: PayoutID, of publisher: ID<Identity>?) throws -> Payout {
        let found: Payout? = try self.tx.row(
            "SELECT \(raw: Payout.columns) FROM affiliate_payout WHERE id = \(id)"
        )
        guard let found, publisher.map({ $0 == found.publisher }) ?? true else {
            throw AffiliateProblems.payoutNotFound
        }
        return found
    }

    /// Newest month first, and how many there are in all.
    func list(of publisher: ID<Identity>, limit: Int, offset: Int) throws -> ([Payout], total: Int) {
        let total: Int? = try self.tx.value("SELECT COUNT(*) FROM affiliate_payout WHERE publisher_id = \(publisher)")
        let found = try self.tx.rows(
            """
            SELECT \(raw: Payout.columns) FROM affiliate_payout WHERE publisher_id = \(publisher)
            ORDER BY month DESC LIMIT \(limit) OFFSET \(offset)
            """,
            as: Payout.self
        )
        return (found, total ?? 0)
    }

    func list(month: String, after cursor: Cursor?, limit: Int) throws -> Page<Payout> {
        let fetched = try self.tx.rows(
            """
            SELECT \(raw: Payout.columns) FROM affiliate_payout WHERE month = \(month) AND id > \(cursor?.key ?? 0)
            ORDER BY id LIMIT \(limit + 1)
            """,
            as: Payout.self
        )
        return Page(fetched: fetched, limit: limit) { Cursor($0.id) }
    }

    /// The sums of a month.
    func total(month: String) throws -> MonthTotal {
        try self.tx.row(
            """
            SELECT COUNT(*), CAST(COALESCE(SUM(rewards), 0) AS BIGINT), CAST(COALESCE(SUM(clawbacks), 0) AS BIGINT),
                CAST(COALESCE(SUM(withholding), 0) AS BIGINT), CAST(COALESCE(SUM(transfer_fee), 0) AS BIGINT),
                CAST(COALESCE(SUM(net), 0) AS BIGINT),
                CAST(COALESCE(SUM(CASE WHEN status = 'carried_over' THEN gross ELSE 0 END), 0) AS BIGINT)
            FROM affiliate_payout WHERE month = \(month)
            """
        ) { row in
            MonthTotal(
                payouts: try row.column(),
                rewards: try row.column(),
                clawbacks: try row.column(),
                withholding: try row.column(),
                transferFees: try row.column(),
                net: try row.column(),
                carriedOver: try row.column()
            )
        }!
    }

    /// False when it is not to be transferred, or was before.
    func markPaid(_ payout: Payout, reference: String) throws -> Bool {
        try self.tx.count(
            """
            UPDATE affiliate_payout SET status = 'paid', reference = \(reference), paid_at = \(self.tx.now)
            WHERE id = \(payout.id) AND status = 'scheduled'
            """
        ) == 1
    }

    /// What was transferred to the publisher, or is about to be.
    func sumNet(of publisher: ID<Identity>, _ status: Payout.Status) throws -> Yen {
        try self.tx.value(
            """
            SELECT CAST(COALESCE(SUM(net), 0) AS BIGINT) FROM affiliate_payout
            WHERE publisher_id = \(publisher) AND status = \(status)
            """
        ) ?? 0
    }

    /// The conversions of a payout, in the order in which they became payable, after the given one.
    func listConversions(of payout: Payout, after last: (payableAt: Timestamp, id: ConversionID)?, limit: Int) throws
        -> [Conversion]
    {
        let (from, id) = last.map { ($0.payableAt, $0.id) } ?? (payout.periodFrom, 0)
        return try self.tx.rows(
            """
            SELECT \(raw: Conversion.columns) FROM affiliate_conversion
            WHERE publisher_id = \(payout.publisher) AND status = 'approved' AND is_held = 0
                AND payable_at >= \(from) AND payable_at < \(payout.periodTo)
                AND (payable_at > \(from) OR id > \(id))
            ORDER BY payable_at, id LIMIT \(limit)
            """
        )
    }
}

extension Transaction {
    var payouts: PayoutStore { PayoutStore(tx: self) }
}
