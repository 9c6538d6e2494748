import Kernel
import Storage

struct NoticeStore {
    /// Who is named again in a thread is told once in this time.
    private static let mentionSeconds: Int64 = 3600

    let tx: Transaction

    /// A second one of the same kind about the same post takes the first one's place.
    func insert(_ kind: Notice.Kind, about post: Post, for member: ID<ForumMember>) throws {
        try self.tx.execute(
            """
            INSERT INTO forum_notice (member, kind, post, thread, created_at)
            VALUES (\(member), \(kind), \(post.id), \(post.thread), \(self.tx.now))
            ON CONFLICT (member, post, kind) DO UPDATE SET created_at = excluded.created_at, read_at = NULL
            """
        )
    }

    /// Whether the member has been told a moment ago that somebody names them there.
    func hasMention(in thread: ID<ForumThread>, of member: ID<ForumMember>) throws -> Bool {
        let moment = self.tx.now.adding(seconds: -Self.mentionSeconds)
        return try self.tx.value(
            """
            SELECT COUNT(*) FROM forum_notice
            WHERE member = \(member) AND thread = \(thread) AND kind = 'mention' AND created_at > \(moment)
            """,
            as: Int.self
        ) != 0
    }

    /// The newest first.
    func list(of member: ID<ForumMember>, before: Cursor?, limit: Int) throws -> [Notice] {
        var conditions: [SQL] = ["member = \(member)"]
        if let before {
            conditions.append("(created_at < \(before.key) OR created_at = \(before.key) AND post < \(before.id))")
        }
        return try self.tx.rows(
            """
            SELECT \(raw: Notice.columns) FROM forum_notice WHERE \(SQL.all(conditions))
            ORDER BY created_at DESC, post DESC LIMIT \(limit)
            """
        )
    }

    func markRead(of member: ID<ForumMember>) throws {
        try self.tx.execute(
            "UPDATE forum_notice SET read_at = \(self.tx.now) WHERE member = \(member) AND read_at IS NULL"
        )
    }
}

extension Transaction {
    var notices: NoticeStore { NoticeStore(tx: self) }
}
