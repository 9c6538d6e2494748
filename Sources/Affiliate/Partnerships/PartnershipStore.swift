import Kernel
import Platform
import Storage

struct PartnershipStore {
    let tx: Transaction

    private static let source: SQL = """
        affiliate_partnership s JOIN affiliate_program p ON p.id = s.program_id
        JOIN affiliate_account publisher ON publisher.identity_id = s.publisher_id
        """

    /// Throws `partnershipNotFound`, also for another publisher's.
    func require(_ id: PartnershipID, of publisher: ID<Identity>) throws -> Partnership {
        let found: Partnership? = try self.find(
            "s.id = \(id) AND s.publisher_id = \(publisher) AND s.status <> 'cancelled'"
        )
        guard let found else { throw AffiliateProblems.partnershipNotFound }
        return found
    }

    /// Throws `partnershipNotFound`, also for another advertiser's.
    func require(_ id: PartnershipID, ofAdvertiser advertiser: ID<Identity>) throws -> Partnership {
        let found: Partnership? = try self.find(
            "s.id = \(id) AND p.advertiser_id = \(advertiser) AND s.status <> 'cancelled'"
        )
        guard let found else { throw AffiliateProblems.partnershipNotFound }
        return found
    }

    func find(_ id: PartnershipID) throws -> Partnership? { try self.find("s.id = \(id)") }

    func find(trackingCode code: String) throws -> Partnership? { try self.find("s.tracking_code = \(code)") }

    func find(program: ProgramID, of publisher: ID<Identity>) throws -> Partnership? {
        try self.find("s.program_id = \(program) AND s.publisher_id = \(publisher)")
    }

    private func find(_ condition: SQL) throws -> Partnership? {
        try self.tx.row("SELECT \(raw: Partnership.columns) FROM \(Self.source) WHERE \(condition)")
    }

    /// Newest first, and how many there are in all.
    func list(of publisher: ID<Identity>, _ status: Partnership.Status?, limit: Int, offset: Int) throws -> (
        [Partnership], total: Int
    ) {
        let conditions = SQL.all(["s.publisher_id = \(publisher)", Self.isIn(status)])
        let total: Int? = try self.tx.value(
            """
            SELECT COUNT(*) FROM affiliate_partnership s JOIN affiliate_program p ON p.id = s.program_id
            WHERE \(conditions)
            """
        )
        let found = try self.tx.rows(
            """
            SELECT \(raw: Partnership.columns) FROM \(Self.source) WHERE \(conditions)
            ORDER BY s.id DESC LIMIT \(limit) OFFSET \(offset)
            """,
            as: Partnership.self
        )
        return (found, total ?? 0)
    }

    /// All of a publisher's in a state.
    func listAll(of publisher: ID<Identity>, _ status: Partnership.Status) throws -> [Partnership] {
        try self.tx.rows(
            """
            SELECT \(raw: Partnership.columns) FROM \(Self.source)
            WHERE s.publisher_id = \(publisher) AND s.status = \(status) ORDER BY s.id
            """
        )
    }

    /// Newest first.
    func list(
        ofAdvertiser advertiser: ID<Identity>,
        _ status: Partnership.Status?,
        after cursor: Cursor?,
        limit: Int
    ) throws -> Page<Partnership> {
        let conditions = SQL.all([
            "p.advertiser_id = \(advertiser)", Self.isIn(status), "s.id < \(cursor?.key ?? .max)",
        ])
        let fetched = try self.tx.rows(
            """
            SELECT \(raw: Partnership.columns) FROM \(Self.source) WHERE \(conditions)
            ORDER BY s.id DESC LIMIT \(limit + 1)
            """,
            as: Partnership.self
        )
        return Page(fetched: fetched, limit: limit) { Cursor($0.id) }
    }

    private static func isIn(_ status: Partnership.Status?) -> SQL {
        status.map { "s.status = \($0)" } ?? "s.status <> 'cancelled'"
    }

    /// Begins one, or begins again the one that was cancelled.
    ///
    /// Throws `StorageError.constraint` named `affiliate_partnership_program_id_publisher_id` when there is one.
    func insert(program: ProgramID, publisher: ID<Identity>, status: Partnership.Status, code: String) throws
        -> PartnershipID
    {
        let decidedAt = status == .pending ? nil : self.tx.now
        let again: PartnershipID? = try self.tx.value(
            """
            UPDATE affiliate_partnership
            SET status = \(status), applied_at = \(self.tx.now), decided_at = \(decidedAt), reason = NULL
            WHERE program_id = \(program) AND publisher_id = \(publisher) AND status IN ('cancelled', 'rejected')
            RETURNING id
            """
        )
        if let again { return again }
        return try self.tx.value(
            """
            INSERT INTO affiliate_partnership (program_id, publisher_id, status, tracking_code, applied_at, decided_at)
            VALUES (\(program), \(publisher), \(status), \(code), \(self.tx.now), \(decidedAt)) RETURNING id
            """
        )!
    }

    func update(_ partnership: Partnership, status: Partnership.Status, reason: String? = nil) throws {
        try self.tx.execute(
            """
            UPDATE affiliate_partnership SET status = \(status), reason = \(reason), decided_at = \(self.tx.now)
            WHERE id = \(partnership.id)
            """
        )
        try self.tx.invalidate(ProgramChanges.topic, partnership.trackingCode)
    }

    /// Who must hear of a program's changes.
    func listPublishers(of program: ProgramID) throws -> [ID<Identity>] {
        try self.tx.rows(
            """
            SELECT publisher_id FROM affiliate_partnership
            WHERE program_id = \(program) AND status IN ('approved', 'pending', 'suspended') ORDER BY id
            """
        ) { try $0.column() }
    }

    // MARK: Self-back

    /// False when the publisher has applied before: once per program.
    func insertSelfBack(program: ProgramID, publisher: ID<Identity>, click: ClickID) throws -> Bool {
        try self.tx.count(
            """
            INSERT INTO affiliate_selfback (program_id, publisher_id, click_id, created_at)
            VALUES (\(program), \(publisher), \(click), \(self.tx.now))
            ON CONFLICT (program_id, publisher_id) DO NOTHING
            """
        ) == 1
    }
}

extension Transaction {
    var partnerships: PartnershipStore { PartnershipStore(tx: self) }
}
