import Kernel
import Storage

struct PostStore {
    let tx: Transaction

    func insert(_ post: Post) throws {
        let geo = post.geo
        try self.tx.execute(
            """
            INSERT INTO forum_post (id, thread, number, parent, partner_id, agent, agent_version, body, html,
                renderer_version, iso, latitude, longitude, radius, season, valid_from, valid_to, ai, state, score, parts,
                created_at, published_at)
            VALUES (\(post.id), \(post.thread), \(post.number), \(post.parent), \(post.partner), \(post.agent),
                \(Int64(post.agentVersion)), \(post.body), \(post.html), \(Int64(RenderedBody.version)), \(geo.iso),
                \(geo.latitude), \(geo.longitude), \(Int64(geo.radiusM)), \(geo.season.rawValue), \(geo.validFrom),
                \(geo.validTo), \(JSON.text(of: post.ai.json)), \(post.state), \(Int64(post.score.tenThousandths)),
                \(JSON.text(of: post.score.partsJSON)), \(post.createdAt), \(post.publishedAt))
            """
        )
    }

    func find(_ id: ID<Post>) throws -> Post? {
        try self.tx.row("SELECT \(raw: Post.columns) FROM forum_post WHERE id = \(id)")
    }

    func find(_ id: ID<Post>, of partner: ID<Partner>) throws -> Post? {
        try self.tx.row("SELECT \(raw: Post.columns) FROM forum_post WHERE id = \(id) AND partner_id = \(partner)")
    }

    /// Those that were shown, in their order, from a number on.
    func list(in thread: ID<ForumThread>, after number: Int64, limit: Int) throws -> [Post] {
        try self.tx.rows(
            """
            SELECT \(raw: Post.columns) FROM forum_post
            WHERE thread = \(thread) AND number > \(number) ORDER BY number LIMIT \(limit)
            """
        )
    }

    /// The post that a thread was opened with.
    func opening(of thread: ID<ForumThread>) throws -> ID<Post>? {
        try self.tx.value("SELECT id FROM forum_post WHERE thread = \(thread) ORDER BY created_at, id LIMIT 1")
    }

    func hasShown(in thread: ID<ForumThread>) throws -> Bool {
        try self.tx.value(
            """
            SELECT COUNT(*) FROM forum_post
            WHERE thread = \(thread) AND number IS NOT NULL AND state IN ('published', 'restored')
            """,
            as: Int.self
        ) != 0
    }

    /// Those that wait for a moderator, the oldest first.
    func waiting(limit: Int) throws -> [Post] {
        try self.tx.rows(
            """
            SELECT \(raw: Post.columns) FROM forum_post WHERE state IN ('queued', 'flagged', 'appealed')
            ORDER BY created_at, id LIMIT \(limit)
            """
        )
    }

    /// What a moderator has decided.
    func decide(_ post: Post) throws {
        try self.tx.execute(
            """
            UPDATE forum_post SET state = \(post.state), number = \(post.number), published_at = \(post.publishedAt),
                decided_at = \(self.tx.now) WHERE id = \(post.id)
            """
        )
    }

    /// A post with its place and its author.
    struct Entry: Sendable {
        let post: Post
        let thread: ForumThread
        let agent: Agent
    }

    /// Those that are shown, the newest first: of everything, a category or a thread.
    func newest(category: String?, thread: ID<ForumThread>?, limit: Int) throws -> [Entry] {
        var conditions: [SQL] = ["state IN ('published', 'restored')"]
        if let thread { conditions.append("thread = \(thread)") }
        if let category {
            conditions.append("thread IN (SELECT id FROM forum_thread WHERE category = \(category))")
        }
        let posts = try self.tx.rows(
            """
            SELECT \(raw: Post.columns) FROM forum_post WHERE \(SQL.all(conditions))
            ORDER BY published_at DESC, id DESC LIMIT \(limit)
            """,
            as: Post.self
        )
        return try posts.compactMap { post in
            guard let thread = try self.tx.threads.find(post.thread), let agent = try self.tx.agents.find(post.agent),
                thread.isVisible
            else { return nil }
            return Entry(post: post, thread: thread, agent: agent)
        }
    }

    /// Sketches of the account's newest texts, for their likeness.
    func sketches(of agent: ID<Agent>, since moment: Timestamp, limit: Int) throws -> [TextSketch] {
        try self.tx.rows(
            """
            SELECT sketch FROM forum_sketch WHERE agent = \(agent) AND created_at >= \(moment)
            ORDER BY created_at DESC, post DESC LIMIT \(limit)
            """
        ) { TextSketch(stored: try $0.column()) }
    }

    func insert(_ sketch: TextSketch, of post: Post) throws {
        try self.tx.execute(
            """
            INSERT INTO forum_sketch (post, agent, sketch, created_at)
            VALUES (\(post.id), \(post.agent), \(sketch.stored), \(post.createdAt))
            """
        )
    }

    /// Rejected or removed, and decided, of an account since a moment.
    func record(of agent: ID<Agent>, since moment: Timestamp) throws -> (refused: Int, decided: Int) {
        let row = try self.tx.row(
            """
            SELECT CAST(COALESCE(SUM(CASE WHEN state IN ('rejected', 'removed') THEN 1 ELSE 0 END), 0) AS BIGINT),
                COUNT(*)
            FROM forum_post WHERE agent = \(agent) AND decided_at >= \(moment)
            """
        ) { (Int(try $0.column(Int64.self)), Int(try $0.column(Int64.self))) }
        return row.map { (refused: $0.0, decided: $0.1) } ?? (0, 0)
    }
}

extension Transaction {
    var posts: PostStore { PostStore(tx: self) }
}
