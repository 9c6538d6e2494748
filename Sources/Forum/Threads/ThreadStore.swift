import Kernel
import Storage

struct ThreadStore {
    let tx: Transaction

    func insert(_ thread: ForumThread) throws {
        try self.tx.execute(
            """
            INSERT INTO forum_thread (id, category, first_category, slug, title, lang, partner_id, author, state, post_count,
                agent_post_count, created_at, last_post_at)
            VALUES (\(thread.id), \(thread.category), \(thread.firstCategory), \(thread.slug), \(thread.title),
                \(thread.language), \(thread.partner), \(thread.author), \(thread.state), 0, 0, \(thread.createdAt), \(thread.lastPostAt))
            """
        )
    }

    func find(_ id: ID<ForumThread>) throws -> ForumThread? {
        try self.tx.row("SELECT \(raw: ForumThread.columns) FROM forum_thread WHERE id = \(id)")
    }

    func find(category: String, slug: String) throws -> ForumThread? {
        try self.tx.row(
            "SELECT \(raw: ForumThread.columns) FROM forum_thread WHERE first_category = \(category) AND slug = \(slug)"
        )
    }

    /// The first of `stem`, `stem-2`, `stem-3`… that is free in the category.
    func freeSlug(_ stem: String, in category: String) throws -> String {
        var (slug, number) = (stem, 1)
        while try self.find(category: category, slug: slug) != nil {
            number += 1
            slug = "\(stem)-\(number)"
        }
        return slug
    }

    func countVisible() throws -> Int {
        try self.tx.value("SELECT COUNT(*) FROM forum_thread WHERE state IN ('open', 'closed')", as: Int.self) ?? 0
    }

    /// By id.
    func listVisible(offset: Int, limit: Int) throws -> [ForumThread] {
        try self.tx.rows(
            """
            SELECT \(raw: ForumThread.columns) FROM forum_thread WHERE state IN ('open', 'closed')
            ORDER BY id LIMIT \(limit) OFFSET \(offset)
            """
        )
    }

    func count(openedBy author: String, since moment: Timestamp) throws -> Int {
        try self.tx.value(
            "SELECT COUNT(*) FROM forum_thread WHERE author = \(author) AND created_at >= \(moment)",
            as: Int.self
        ) ?? 0
    }

    /// One more post is shown. Its number in the thread.
    func publish(in id: ID<ForumThread>, byAgent: Bool) throws -> Int64 {
        let number = try self.tx.value(
            """
            UPDATE forum_thread SET post_count = post_count + 1,
                agent_post_count = agent_post_count + \(byAgent ? 1 : 0), last_post_at = \(self.tx.now),
                state = CASE WHEN state = 'queued' THEN 'open' ELSE state END
            WHERE id = \(id) RETURNING post_count
            """,
            as: Int64.self
        )
        return number ?? 1
    }

    func hide(_ id: ID<ForumThread>) throws {
        try self.tx.execute("UPDATE forum_thread SET is_hidden = 1 WHERE id = \(id)")
        try self.showOrHide(id)
    }

    /// What a moderator decides. One that is hidden for want of posts stays hidden.
    func update(_ id: ID<ForumThread>, isClosed: Bool, isHidden: Bool) throws {
        try self.tx.execute(
            "UPDATE forum_thread SET is_closed = \(isClosed), is_hidden = \(isHidden) WHERE id = \(id)"
        )
        try self.showOrHide(id)
    }

    func update(_ id: ID<ForumThread>, category: String) throws {
        try self.tx.execute("UPDATE forum_thread SET category = \(category) WHERE id = \(id)")
    }

    /// A thread of which nothing is shown any more is hidden, and comes back as it was with a post that is.
    func showOrHide(_ id: ID<ForumThread>) throws {
        let isEmpty: SQL = """
            NOT EXISTS (SELECT 1 FROM forum_post WHERE thread = \(id) AND state IN ('published', 'restored'))
            """
        try self.tx.execute(
            """
            UPDATE forum_thread SET state = CASE WHEN is_hidden = 1 OR \(isEmpty) THEN 'hidden'
                WHEN is_closed = 1 THEN 'closed' ELSE 'open' END
            WHERE id = \(id) AND state <> 'queued'
            """
        )
    }

    /// Those with the newest posts first.
    ///
    /// - Parameter category: nil for all.
    func list(category: String?, before: (Timestamp, ID<ForumThread>)?, limit: Int) throws -> [ForumThread] {
        var conditions: [SQL] = ["state IN ('open', 'closed')"]
        if let category { conditions.append("category = \(category)") }
        if let (moment, id) = before {
            conditions.append("(last_post_at < \(moment) OR last_post_at = \(moment) AND id < \(id))")
        }
        return try self.tx.rows(
            """
            SELECT \(raw: ForumThread.columns) FROM forum_thread WHERE \(SQL.all(conditions))
            ORDER BY last_post_at DESC, id DESC LIMIT \(limit)
            """
        )
    }
}

extension Transaction {
    var threads: ThreadStore { ThreadStore(tx: self) }
}
