package import Kernel
package import Platform
package import Storage

package struct NoticeStore<Kind: NoticeKind> {
    let tx: Transaction

    package init(tx: Transaction) { self.tx = tx }

    /// Tells everybody: an event of the log, with its deliveries, and a notification.
    ///
    /// - Parameter detail: as subscribers get it.
    package func tell(
        _ people: [ID<Identity>],
        _ type: Kind,
        about subject: String,
        _ detail: some Answer,
        trace: Trace
    ) throws {
        let text = detail.text
        try self.tx.events.append(
            Event(
                surface: Kind.contract.name,
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

    private func insert(_ type: Kind, of person: ID<Identity>, about subject: String, _ detail: String) throws {
        try self.tx.later(
            """
            INSERT INTO \(raw: Kind.table) (identity_id, type, subject, detail, created_at)
            VALUES (\(person), \(type), \(subject), \(detail), \(self.tx.now))
            """
        )
        try self.mail(type, to: person, detail)
    }

    /// Newest first; how many there are in all, and how many are unread.
    package func list(of person: ID<Identity>, unreadOnly: Bool, limit: Int, offset: Int) throws -> (
        [Notice<Kind>], total: Int, unread: Int
    ) {
        let condition: SQL = unreadOnly ? Self.isUnread(of: person) : "identity_id = \(person)"
        let notices = try self.tx.rows(
            """
            SELECT \(raw: Notice<Kind>.columns) FROM \(raw: Kind.table) WHERE \(condition)
            ORDER BY id DESC LIMIT \(limit) OFFSET \(offset)
            """,
            as: Notice<Kind>.self
        )
        let unread = try self.countUnread(of: person)
        return (notices, unreadOnly ? unread : try self.count(condition), unread)
    }

    /// Newest first.
    package func list(of person: ID<Identity>, after cursor: Cursor?, limit: Int) throws -> Page<Notice<Kind>> {
        let fetched = try self.tx.rows(
            """
            SELECT \(raw: Notice<Kind>.columns) FROM \(raw: Kind.table)
            WHERE identity_id = \(person) AND id < \(cursor?.key ?? .max) ORDER BY id DESC LIMIT \(limit + 1)
            """,
            as: Notice<Kind>.self
        )
        return Page(fetched: fetched, limit: limit) { Cursor($0.id) }
    }

    package func countUnread(of person: ID<Identity>) throws -> Int { try self.count(Self.isUnread(of: person)) }

    private static func isUnread(of person: ID<Identity>) -> SQL {
        "identity_id = \(person) AND read_at IS NULL"
    }

    private func count(_ condition: SQL) throws -> Int {
        try self.tx.value("SELECT COUNT(*) FROM \(raw: Kind.table) WHERE \(condition)") ?? 0
    }

    /// How many were marked as read; nil when the one that was asked for is not there.
    package func read(_ id: NumericID<Notice<Kind>>?, of person: ID<Identity>) throws -> Int? {
        let unread: SQL =
            "UPDATE \(raw: Kind.table) SET read_at = \(self.tx.now) WHERE identity_id = \(person) AND read_at IS NULL"
        guard let id else { return try self.tx.count(unread) }
        guard try self.count("id = \(id) AND identity_id = \(person)") == 1 else { return nil }
        return try self.tx.count("\(unread) AND id = \(id)")
    }
}
