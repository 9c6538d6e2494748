import Kernel
import Platform
import Storage

struct ConversionStore {
    let tx: Transaction

    func find(_ id: ConversionID) throws -> Conversion? {
        try self.tx.row(
            "SELECT \(raw: Conversion.columns) FROM affiliate_conversion WHERE id = \(id)"
        )
    }

    /// For its publisher, its advertiser, or (nil) the operator. Throws `conversionNotFound`.
    func require(_ id: ConversionID, of person: ID<Identity>?) throws -> Conversion {
        guard let found = try self.find(id), person.map({ $0 == found.publisher || $0 == found.advertiser }) ?? true
        else { throw AffiliateProblems.conversionNotFound }
        return found
    }

    /// Throws `conversionNotFound`, also for another advertiser's; nil is the operator.
    func require(_ id: ConversionID, ofAdvertiser advertiser: ID<Identity>?) throws -> Conversion {
        guard let found = try self.find(id), advertiser.map({ $0 == found.advertiser }) ?? true else {
            throw AffiliateProblems.conversionNotFound
        }
        return found
    }

    func find(program: ProgramID, orderID: String) throws -> Conversion? {
        try self.tx.row(
            """
            SELECT \(raw: Conversion.columns) FROM affiliate_conversion
            WHERE program_id = \(program) AND order_id = \(orderID)
            """
        )
    }

    func insert(_ new: NewConversion, trace: Trace) throws -> Conversion {
        let now = self.tx.now
        let id = try self.tx.insert(
            """
            INSERT INTO affiliate_conversion (program_id, partnership_id, publisher_id, advertiser_id, click_id,
                terms_version, order_id, amount, reward, source, status, reason, flags, is_held, revision, budget_month,
                occurred_at, reported_at, decided_at, trace_id)
            VALUES (\(new.program), \(new.partnership), \(new.publisher), \(new.advertiser), \(new.click),
                \(new.termsVersion), \(new.orderID), \(new.amount), \(new.reward), \(new.source), \(new.status),
                \(new.reason), \(new.flagText), \(!new.flags.isEmpty), 1, \(new.budgetMonth), \(new.occurredAt), \(now),
                \(new.status == .rejected ? now : nil), \(trace.traceID))
            """,
            counting: "id"
        )
        return Conversion(ConversionID(id), new, at: now)
    }

    /// Lets one that a rule refused count after all.
    func validate(_ conversion: Conversion, reward: Yen, budgetMonth: String) throws -> Conversion {
        try self.tx.row(
            """
            UPDATE affiliate_conversion SET reward = \(reward), budget_month = \(budgetMonth)
            WHERE id = \(conversion.id) RETURNING \(raw: Conversion.columns)
            """
        )!
    }

    /// A rejected one is taken up again: its reward moves under a new name, from the budget of this month.
    func restore(_ conversion: Conversion, budgetMonth: String) throws -> Conversion {
        try self.tx.row(
            """
            UPDATE affiliate_conversion SET revision = \(conversion.revision + 1), budget_month = \(budgetMonth)
            WHERE id = \(conversion.id) RETURNING \(raw: Conversion.columns)
            """
        )!
    }

    /// Puts a report in the place of an earlier one of the same order.
    func replace(_ old: Conversion, with new: NewConversion) throws -> Conversion {
        let now = self.tx.now
        return try self.tx.row(
            """
            UPDATE affiliate_conversion SET partnership_id = \(new.partnership), publisher_id = \(new.publisher),
                click_id = \(new.click), terms_version = \(new.termsVersion), amount = \(new.amount),
                reward = \(new.reward), source = \(new.source), status = \(new.status), reason = \(new.reason),
                reason_text = NULL, flags = \(new.flagText), is_held = \(!new.flags.isEmpty),
                revision = \(old.revision + 1), budget_month = \(new.budgetMonth), occurred_at = \(new.occurredAt),
                reported_at = \(now), decided_at = \(new.status == .rejected ? now : nil), payable_at = NULL
            WHERE id = \(old.id) RETURNING \(raw: Conversion.columns)
            """
        )!
    }

    /// - Parameter payableAt: of one that is approved.
    func decide(
        _ conversion: Conversion,
        _ status: Conversion.Status,
        reason: Reason = .counts,
        text: String? = nil,
        payableAt: Timestamp? = nil
    ) throws -> Conversion {
        try self.tx.row(
            """
            UPDATE affiliate_conversion SET status = \(status), reason = \(reason), reason_text = \(text),
                is_held = 0,
                decided_at = \(self.tx.now), payable_at = \(self.open(payableAt, conversion))
            WHERE id = \(conversion.id) RETURNING \(raw: Conversion.columns)
            """
        )!
    }

    /// The moment, or the end of the publisher's closed months where that is later, such as by another node's clock.
    private func open(_ moment: Timestamp?, _ conversion: Conversion) -> SQL {
        guard let moment else { return "NULL" }
        return """
            (SELECT CASE WHEN closed_until > \(moment) THEN closed_until ELSE \(moment) END FROM affiliate_account
                WHERE identity_id = \(conversion.publisher))
            """
    }

    /// Lets it be paid after all.
    func release(_ conversion: Conversion, payableAt: Timestamp?) throws -> Conversion {
        try self.tx.row(
            """
            UPDATE affiliate_conversion SET is_held = 0, payable_at = \(self.open(payableAt, conversion))
            WHERE id = \(conversion.id) RETURNING \(raw: Conversion.columns)
            """
        )!
    }

    /// Whether another order of the click was counted.
    func hasOrder(ofClick click: Click, besides orderID: String) throws -> Bool {
        try self.tx.value(
            """
            SELECT 1 FROM affiliate_conversion WHERE partnership_id = \(click.partnership) AND click_id = \(click.id)
                AND order_id <> \(orderID) AND status <> 'rejected' LIMIT 1
            """,
            as: Int.self
        ) != nil
    }

    /// How many of a partnership's latest orders were made since a moment, up to the limit.
    func count(partnership: PartnershipID, since moment: Timestamp, limit: Int) throws -> Int {
        try self.tx.value(
            """
            SELECT COUNT(*) FROM (
                SELECT occurred_at FROM affiliate_conversion
                WHERE partnership_id = \(partnership) AND status <> 'rejected' ORDER BY id DESC LIMIT \(limit)
            ) latest WHERE occurred_at > \(moment)
            """
        ) ?? 0
    }

    // MARK: Lists

    /// Newest first, with the publisher's paid months.
    func list(_ filter: ConversionFilter, after cursor: Cursor?, limit: Int) throws -> Page<ListedConversion> {
        var conditions: [SQL] = ["affiliate_conversion.id < \(cursor?.key ?? .max)"]
        switch filter.scope {
        case .publisher(let person): conditions.append("affiliate_conversion.publisher_id = \(person)")
        case .advertiser(let person): conditions.append("affiliate_conversion.advertiser_id = \(person)")
        case .everybody: break
        }
        if let program = filter.program { conditions.append("affiliate_conversion.program_id = \(program)") }
        if let status = filter.status { conditions.append("affiliate_conversion.status = \(status)") }
        if filter.isHeld {
            conditions.append("affiliate_conversion.is_held = 1")
        }
        let fetched = try self.tx.rows(
            """
            SELECT \(raw: Conversion.columns), publisher.paid_until, publisher.display_name, p.name
            FROM affiliate_conversion JOIN affiliate_account publisher ON publisher.identity_id = affiliate_conversion.publisher_id
            JOIN affiliate_program p ON p.id = affiliate_conversion.program_id
            WHERE \(SQL.all(conditions)) ORDER BY affiliate_conversion.id DESC LIMIT \(limit + 1)
            """
        ) { try ListedConversion(row: &$0) }
        return Page(fetched: fetched, limit: limit) { Cursor($0.conversion.id) }
    }

    // MARK: Reports

    func log(
        _ source: Conversion.Source,
        program: ProgramID,
        orderID: String?,
        amount: Yen?,
        conversion: ConversionID?,
        _ reason: Reason,
        trace: Trace
    ) throws {
        try self.tx.later(
            """
            INSERT INTO affiliate_report (at, source, program_id, order_id, amount, conversion_id, reason, request_id)
            VALUES (\(self.tx.now), \(source), \(program), \(orderID), \(amount), \(conversion), \(reason),
                \(trace.requestID))
            """
        )
    }

    /// The reports of the order that decided until now do so no longer.
    func markReplaced(_ conversion: ConversionID) throws {
        try self.tx.execute(
            """
            UPDATE affiliate_report SET reason = \(Reason.replaced)
            WHERE conversion_id = \(conversion)
                AND reason NOT IN (\(Reason.duplicateOrder), \(Reason.conflictingOrder))
            """
        )
    }

    func listReports(of conversion: ConversionID, limit: Int) throws -> [ConversionReport] {
        try self.tx.rows(
            """
            SELECT \(raw: ConversionReport.columns) FROM affiliate_report WHERE conversion_id = \(conversion)
            ORDER BY id LIMIT \(limit)
            """
        )
    }

    /// The latest reports of an advertiser's program, also of orders that came to nothing.
    func listReports(ofProgram program: ProgramID, limit: Int) throws -> [ConversionReport] {
        try self.tx.rows(
            """
            SELECT \(raw: ConversionReport.columns) FROM affiliate_report WHERE program_id = \(program)
            ORDER BY id DESC LIMIT \(limit)
            """
        )
    }
}

/// Whose conversions, and which of them.
struct ConversionFilter: Sendable {
    var scope: Scope
    var program: ProgramID?
    var status: Conversion.Status?
    var isHeld = false
}

/// A conversion with what a list says beside it.
struct ListedConversion: Sendable {
    let conversion: Conversion
    let paidUntil: Timestamp
    let publisherName: String
    let programName: String

    init(row: inout Row) throws {
        self.conversion = try Conversion(row: &row)
        self.paidUntil = try row.column()
        self.publisherName = try row.column()
        self.programName = try row.column()
    }
}

extension Transaction {
    var conversions: ConversionStore { ConversionStore(tx: self) }
}
