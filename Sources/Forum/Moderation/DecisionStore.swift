import Kernel
import Storage

struct DecisionStore {
    let tx: Transaction

    func insert(_ made: Decided) throws {
        try self.tx.execute(
            """
            INSERT INTO forum_decision (id, post, moderator, decision, before, after, reason, note, created_at)
            VALUES (\(made.id), \(made.post), \(made.moderator), \(made.decision), \(made.before), \(made.after),
                \(made.reason), \(made.note), \(made.createdAt))
            """
        )
    }

    /// The last one that stands.
    func last(of post: ID<Post>) throws -> Decided? {
        try self.tx.row(
            """
            SELECT \(raw: Decided.columns) FROM forum_decision WHERE post = \(post) AND undone_at IS NULL
            ORDER BY created_at DESC, id DESC LIMIT 1
            """
        )
    }

    /// Every one, the oldest first.
    func list(of post: ID<Post>) throws -> [Decided] {
        try self.tx.rows(
            "SELECT \(raw: Decided.columns) FROM forum_decision WHERE post = \(post) ORDER BY created_at, id"
        )
    }

    /// What moderators have decided for good, and whether that was against the post: upheld, or not appealed against in time.
    func final(before moment: Timestamp, limit: Int) throws -> [(post: ID<Post>, isSpam: Bool)] {
        try self.tx.rows(
            """
            SELECT d.post, CASE WHEN d.decision IN ('reject', 'remove', 'uphold') THEN 1 ELSE 0 END FROM forum_decision d
            WHERE d.undone_at IS NULL AND d.appealed_at IS NULL
                AND (d.decision IN ('approve', 'dismiss', 'restore', 'uphold') OR d.created_at <= \(moment))
                AND NOT EXISTS (SELECT 1 FROM forum_decision l WHERE l.post = d.post AND l.undone_at IS NULL
                    AND (l.created_at > d.created_at OR l.created_at = d.created_at AND l.id > d.id))
            ORDER BY d.created_at DESC, d.id DESC LIMIT \(limit)
            """
        ) { (try $0.column(), try $0.column(Int64.self) == 1) }
    }

    func newest(limit: Int) throws -> [Decided] {
        try self.tx.rows(
            "SELECT \(raw: Decided.columns) FROM forum_decision ORDER BY created_at DESC, id DESC LIMIT \(limit)"
        )
    }

    /// Whether moderators have found the post good before.
    func wasCleared(_ post: ID<Post>) throws -> Bool {
        try self.tx.value(
            """
            SELECT COUNT(*) FROM forum_decision
            WHERE post = \(post) AND undone_at IS NULL AND decision IN ('dismiss', 'restore')
            """,
            as: Int.self
        ) != 0
    }

    func appeal(_ id: ID<Decided>, _ text: String) throws {
        try self.tx.execute(
            "UPDATE forum_decision SET appeal = \(text), appealed_at = \(self.tx.now) WHERE id = \(id)"
        )
    }

    func undo(_ id: ID<Decided>) throws {
        try self.tx.execute("UPDATE forum_decision SET undone_at = \(self.tx.now) WHERE id = \(id)")
    }
}

extension Transaction {
    var decisions: DecisionStore { DecisionStore(tx: self) }
}
