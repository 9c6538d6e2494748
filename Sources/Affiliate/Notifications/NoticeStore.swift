import Kernel
import Platform
import Storage
import Web

/// What somebody is told: in the list of their notifications, and by the webhooks that they asked for.
enum NoticeType: String, Sendable, SQLConvertible, CaseIterable {
    case partnershipApplied = "partnership.applied"
    case partnershipApproved = "partnership.approved"
    case partnershipRejected = "partnership.rejected"
    case partnershipSuspended = "partnership.suspended"
    case conversionRecorded = "conversion.recorded"
    case conversionApproved = "conversion.approved"
    case conversionRejected = "conversion.rejected"
    case conversionReleased = "conversion.released"
    case conversionClawedBack = "conversion.clawed_back"
    case payoutCreated = "payout.created"
    case payoutPaid = "payout.paid"
    case programChanged = "program.changed"

    /// Every order is an event, but nobody's notification.
    var isNotified: Bool { self != .conversionRecorded }

    func title(in language: Language) -> String {
        AffiliateWords.all.say("notice.\(self.rawValue)", in: language)
    }
}

/// One notification.
struct Notice: Sendable, RowDecodable {
    let id: NoticeID
    let type: NoticeType
    /// What it is about, such as `conversion:12`.
    let subject: String
    /// A JSON object.
    let detail: String
    let createdAt: Timestamp
    let readAt: Timestamp?

    static let columns: StaticString = "id, type, subject, detail, created_at, read_at"

    init(row: inout Row) throws {
        self.id = try row.column()
        self.type = try row.column()
        self.subject = try row.column()
        self.detail = try row.column()
        self.createdAt = try row.column()
        self.readAt = try row.optional()
    }
}

struct NoticeStore {
    let tx: Transaction

    /// Tells everybody: an event of the log, with its deliveries, and a notification.
    ///
    /// - Parameter detail: as subscribers get it.
    func tell(_ people: [ID<Identity>], _ type: NoticeType, about subject: String, _ detail: some Answer, trace: Trace)
        throws
    {
        let text = detail.text
        try self.tx.events.append(
            Event(
                surface: AffiliateContract.name,
                type: type.rawValue,
                subject: subject,
                audience: people,
                payload: text,
                trace: trace
            )
        )
        guard type.isNotified else { return }
        for person in people { try self.insert(type, of: person, about: subject, text) }
    }

    private func insert(_ type: NoticeType, of person: ID<Identity>, about subject: String, _ detail: String) throws {
        try self.tx.execute(
            """
            INSERT INTO affiliate_notification (identity_id, type, subject, detail, created_at)
            VALUES (\(person), \(type), \(subject), \(detail), \(self.tx.now))
            """
        )
    }

    /// Newest first; how many there are in all, and how many are unread.
    func list(of person: ID<Identity>, unreadOnly: Bool, limit: Int, offset: Int) throws -> (
        [Notice], total: Int, unread: Int
    ) {
        let unreadCondition: SQL = "identity_id = \(person) AND read_at IS NULL"
        let condition: SQL = unreadOnly ? unreadCondition : "identity_id = \(person)"
        let notices = try self.tx.rows(
            """
            SELECT \(raw: Notice.columns) FROM affiliate_notification WHERE \(condition)
            ORDER BY id DESC LIMIT \(limit) OFFSET \(offset)
            """,
            as: Notice.self
        )
        let unread = try self.count(unreadCondition)
        return (notices, unreadOnly ? unread : try self.count(condition), unread)
    }

    private func count(_ condition: SQL) throws -> Int {
        try self.tx.value("SELECT COUNT(*) FROM affiliate_notification WHERE \(condition)") ?? 0
    }

    /// How many were marked as read. Throws `notificationNotFound` for one that is not there.
    func read(_ id: NoticeID?, of person: ID<Identity>) throws -> Int {
        let unread: SQL =
            "UPDATE affiliate_notification SET read_at = \(self.tx.now) WHERE identity_id = \(person) AND read_at IS NULL"
        guard let id else { return try self.tx.count(unread) }
        guard try self.count("id = \(id) AND identity_id = \(person)") == 1 else {
            throw AffiliateProblems.notificationNotFound
        }
        return try self.tx.count("\(unread) AND id = \(id)")
    }
}

extension Transaction {
    var notices: NoticeStore { NoticeStore(tx: self) }
}
