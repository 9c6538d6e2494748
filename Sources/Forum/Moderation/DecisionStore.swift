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
