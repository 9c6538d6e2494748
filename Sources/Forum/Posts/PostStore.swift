import Kernel
import Search
import Storage

struct PostStore {
    let tx: Transaction

    func insert(_ post: Post) throws {
        let (stamps, geo) = (post.stamps, post.stamps?.geo)
        try self.tx.execute(
            """
            INSERT INTO forum_post (id, thread, number, parent, author, partner_id, agent_version, body, html,
                renderer_version, iso, latitude, longitude, radius, season, valid_from, valid_to, ai, state, version,
                score, parts, created_at, published_at)
            VALUES (\(post.id), \(post.thread), \(post.number), \(post.parent), \(post.author.id),
                \(post.author.partner), \(stamps.map { Int64($0.agentVersion) }), \(post.body), \(post.html),
                \(Int64(RenderedBody.version)), \(geo?.iso), \(geo?.latitude), \(geo?.longitude),
                \(geo.map { Int64($0.radiusM) }), \(geo?.season.rawValue), \(geo?.validFrom), \(geo?.validTo),
                \(stamps.map { JSON.text(of: $0.ai.json) }), \(post.state), \(Int64(post.version)),
                \(Int64(post.score.tenThousandths)), \(JSON.text(of: post.score.partsJSON)), \(post.createdAt),
                \(post.publishedAt))
            """
        )
        if post.state.isShown { try self.touch(post) }
    }

    /// What an edit or a decision has changed.
    func update(_ post: Post) throws {
        let (stamps, geo) = (post.stamps, post.stamps?.geo)
        try self.tx.execute(
            """
            UPDATE forum_post SET number = \(post.number), state = \(post.state), body = \(post.body),
                html = \(post.html), renderer_version = \(Int64(RenderedBody.version)), iso = \(geo?.iso),
                latitude = \(geo?.latitude), longitude = \(geo?.longitude), radius = \(geo.map { Int64($0.radiusM) }),
                season = \(geo?.season.rawValue), valid_from = \(geo?.validFrom), valid_to = \(geo?.validTo),
                agent_version = \(stamps.map { Int64($0.agentVersion) }),
                ai = \(stamps.map { JSON.text(of: $0.ai.json) }), version = \(Int64(post.version)),
                score = \(Int64(post.score.tenThousandths)), parts = \(JSON.text(of: post.score.partsJSON)),
                published_at = \(post.publishedAt), edited_at = \(post.editedAt)
            WHERE id = \(post.id)
            """
        )
        try self.touch(post)
    }

    /// What is shown of a thread is found as the thread is now.
    func touchAll(of thread: ID<ForumThread>) throws {
        let ids = try self.tx.rows(
            "SELECT id FROM forum_post WHERE thread = \(thread) AND state IN ('published', 'restored')"
        ) { try $0.column(String.self) }
        for id in ids { try self.tx.touch(id, in: PostSearch.kind) }
        try self.tx.invalidate(ThreadTopic.name, thread.text)
    }

    /// It is found as it is now, a moment later.
    private func touch(_ post: Post) throws {
        try self.tx.touch(post.id.text, in: PostSearch.kind)
        try self.tx.invalidate(ThreadTopic.name, post.thread.text)
    }

    /// By id, for searches that are built anew.
    func list(after id: String, limit: Int) throws -> [Post] {
        try self.tx.rows(
            "SELECT \(raw: Post.columns) FROM forum_post WHERE id > \(id) ORDER BY id LIMIT \(limit)"
        )
    }

    /// Those of the ids that are shown, with their places and authors, by id.
    func entries(_ ids: [String]) throws -> [String: Entry] {
        guard !ids.isEmpty else { return [:] }
        let posts = try self.tx.rows(
            """
            SELECT \(raw: Post.columns) FROM forum_post WHERE id IN (\(list: ids)) AND state IN ('published', 'restored')
            """,
            as: Post.self
        )
        return Dictionary(uniqueKeysWithValues: try self.entries(posts).map { ($0.post.id.text, $0) })
    }

    /// Posts with their places and authors, as far as everybody sees the place.
    private func entries(_ posts: [Post]) throws -> [Entry] {
        var threads: [ID<ForumThread>: ForumThread] = [:]
        for id in Set(posts.map(\.thread)) { threads[id] = try self.tx.threads.find(id) }
        let accounts = try self.tx.accounts(of: posts.map(\.author))
        return posts.compactMap { post in
            guard let thread = threads[post.thread], thread.isVisible, let author = accounts[post.author] else {
                return nil
            }
            return Entry(post: post, thread: thread, author: author)
        }
    }

    func find(_ id: ID<Post>) throws -> Post? {
        try self.tx.row("SELECT \(raw: Post.columns) FROM forum_post WHERE id = \(id)")
    }

    func find(_ id: ID<Post>, of partner: ID<Partner>) throws -> Post? {
        try self.tx.row("SELECT \(raw: Post.columns) FROM forum_post WHERE id = \(id) AND partner_id = \(partner)")
    }

    /// Which posts of a thread are read.
    enum Authors: String, Sendable {
        case all = "include"
        case members = "exclude"
        case agents = "only"

        fileprivate var condition: SQL {
            switch self {
            case .all: "1 = 1"
            case .members: "partner_id IS NULL"
            case .agents: "partner_id IS NOT NULL"
            }
        }
    }

    /// Those that were shown, in their order, from a number on.
    func list(in thread: ID<ForumThread>, after number: Int64, of authors: Authors = .all, limit: Int) throws -> [Post]
    {
        try self.tx.rows(
            """
            SELECT \(raw: Post.columns) FROM forum_post
            WHERE thread = \(thread) AND number > \(number) AND \(authors.condition) ORDER BY number LIMIT \(limit)
            """
        )
    }

    /// Which part of a thread is asked for.
    enum Window: Sendable {
        case after(Int64)
        case before(Int64)
        /// The page with the number.
        case at(Int64)
        /// What has come since: nothing beyond the end.
        case since(Int64)
    }

    /// A page of a thread; beyond the end, the last one.
    func list(in thread: ForumThread, _ window: Window, of authors: Authors, limit: Int) throws -> [Post] {
        let (size, count) = (Int64(limit), Int64(thread.postCount))
        let last = max(0, (count - 1) / size * size)
        switch window {
        case .before(let number) where number > 1:
            return try self.list(in: thread.id, before: number, of: authors, limit: limit)
        case .at(let number):
            let start = (min(max(1, number), max(1, count)) - 1) / size * size
            return try self.list(in: thread.id, after: start, of: authors, limit: limit)
        case .after(let number):
            let start = number >= count ? last : max(0, number)
            return try self.list(in: thread.id, after: start, of: authors, limit: limit)
        case .since(let number): return try self.list(in: thread.id, after: max(0, number), of: authors, limit: limit)
        case .before: return try self.list(in: thread.id, after: 0, of: authors, limit: limit)
        }
    }

    /// Those before a number, in their order.
    func list(in thread: ID<ForumThread>, before number: Int64, of authors: Authors = .all, limit: Int) throws -> [Post]
    {
        try self.tx.rows(
            """
            SELECT \(raw: Post.columns) FROM forum_post
            WHERE thread = \(thread) AND number < \(number) AND \(authors.condition) ORDER BY number DESC LIMIT \(limit)
            """
        ).reversed()
    }

    /// The post that a thread was opened with.
    func opening(of thread: ID<ForumThread>) throws -> ID<Post>? {
        try self.tx.value("SELECT id FROM forum_post WHERE thread = \(thread) ORDER BY created_at, id LIMIT 1")
    }

    func count(by author: Author, since moment: Timestamp) throws -> Int {
        try self.tx.value(
            "SELECT COUNT(*) FROM forum_post WHERE author = \(author.id) AND created_at >= \(moment)",
            as: Int.self
        ) ?? 0
    }

    /// When the author has written last.
    func lastMoment(by author: Author) throws -> Timestamp? {
        try self.tx.value(
            "SELECT created_at FROM forum_post WHERE author = \(author.id) ORDER BY created_at DESC, id DESC LIMIT 1"
        )
    }

    /// What a partner's agents have published since a moment: of each agent, its posts and the threads that it has opened.
    func figures(of partner: ID<Partner>, since moment: Timestamp) throws -> [(
        agent: ID<Agent>, posts: Int, threads: Int
    )] {
        try self.tx.rows(
            """
            SELECT author, COUNT(*), CAST(SUM(CASE WHEN number = 1 THEN 1 ELSE 0 END) AS BIGINT) FROM forum_post
            WHERE partner_id = \(partner) AND published_at >= \(moment) AND state <> 'withdrawn' GROUP BY author
            """
        ) { (try $0.column(), Int(try $0.column(Int64.self)), Int(try $0.column(Int64.self))) }
    }

    /// How many posts of a partner were published on each day since a moment, by the day's number.
    func days(of partner: ID<Partner>, since moment: Timestamp) throws -> [Int64: Int] {
        let rows = try self.tx.rows(
            """
            SELECT published_at / 86400000000, COUNT(*) FROM forum_post
            WHERE partner_id = \(partner) AND published_at >= \(moment) GROUP BY published_at / 86400000000
            """
        ) { (try $0.column(Int64.self), Int(try $0.column(Int64.self))) }
        return Dictionary(uniqueKeysWithValues: rows)
    }

    /// A partner's posts that were written since a moment and came under suspicion, or were refused, also where it has withdrawn them since.
    func abuseFlags(of partner: ID<Partner>, since moment: Timestamp) throws -> Int {
        try self.tx.value(
            """
            SELECT COUNT(*) FROM forum_post WHERE partner_id = \(partner) AND created_at >= \(moment)
                AND (state IN ('flagged', 'rejected', 'removed', 'appealed') OR state = 'withdrawn' AND (
                    SELECT d.decision FROM forum_decision d WHERE d.post = forum_post.id AND d.undone_at IS NULL
                    ORDER BY d.created_at DESC, d.id DESC LIMIT 1
                ) IN ('reject', 'remove', 'uphold'))
            """,
            as: Int.self
        ) ?? 0
    }

    /// A partner's posts, the newest first.
    func list(of partner: ID<Partner>, before cursor: Cursor?, limit: Int) throws -> [Post] {
        let last = cursor?.key ?? .max
        return try self.tx.rows(
            """
            SELECT \(raw: Post.columns) FROM forum_post WHERE partner_id = \(partner)
                AND (created_at < \(Timestamp(microseconds: last)) OR created_at = \(Timestamp(microseconds: last)) AND id < \(cursor?.id ?? ""))
            ORDER BY created_at DESC, id DESC LIMIT \(limit)
            """
        )
    }

    /// Shown posts that are older than a moment, about which nobody has complained or decided.
    func quiet(before moment: Timestamp, limit: Int) throws -> [ID<Post>] {
        try self.tx.rows(
            """
            SELECT id FROM forum_post WHERE state = 'published' AND published_at <= \(moment) AND decided_at IS NULL
                AND NOT EXISTS (SELECT 1 FROM forum_report r WHERE r.post = forum_post.id)
            ORDER BY published_at DESC, id DESC LIMIT \(limit)
            """
        ) { try $0.column() }
    }

    /// Every post of an author, the newest first.
    func list(by author: Author, limit: Int) throws -> [Post] {
        try self.tx.rows(
            """
            SELECT \(raw: Post.columns) FROM forum_post WHERE author = \(author.id)
            ORDER BY created_at DESC, id DESC LIMIT \(limit)
            """
        )
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

    func countWaiting() throws -> Int {
        try self.tx.value("SELECT COUNT(*) FROM forum_post WHERE state IN ('queued', 'flagged', 'appealed')") ?? 0
    }

    /// The same, which a moderator has decided about.
    func decide(_ post: Post) throws {
        try self.update(post)
        try self.tx.execute("UPDATE forum_post SET decided_at = \(self.tx.now) WHERE id = \(post.id)")
    }

    /// A decision was undone: the one before it stands, if there is one.
    func forgetDecision(of id: ID<Post>) throws {
        try self.tx.execute(
            """
            UPDATE forum_post SET decided_at =
                (SELECT MAX(created_at) FROM forum_decision WHERE post = \(id) AND undone_at IS NULL)
            WHERE id = \(id)
            """
        )
    }

    /// A post with its place and its author.
    struct Entry: Sendable {
        let post: Post
        let thread: ForumThread
        let author: AuthorAccount
    }

    /// Those that are shown, the newest first: of everything, a category or a thread.
    func newest(
        category: String? = nil,
        thread: ID<ForumThread>? = nil,
        author: String? = nil,
        of authors: Authors = .all,
        limit: Int
    ) throws -> [Entry] {
        var conditions: [SQL] = ["state IN ('published', 'restored')"]
        if authors != .all { conditions.append(authors.condition) }
        if let author { conditions.append("author = \(author)") }
        if let thread { conditions.append("thread = \(thread)") }
        if let category {
            conditions.append("thread IN (SELECT id FROM forum_thread WHERE category = \(category))")
        }
        conditions.append(
            """
            EXISTS (SELECT 1 FROM forum_thread t WHERE t.id = forum_post.thread AND t.state IN ('open', 'closed'))
            """
        )
        let posts = try self.tx.rows(
            """
            SELECT \(raw: Post.columns) FROM forum_post WHERE \(SQL.all(conditions))
            ORDER BY published_at DESC, id DESC LIMIT \(limit)
            """,
            as: Post.self
        )
        return try self.entries(posts)
    }

    /// The greatest likeness to the account's newest texts that is above the floor, else the floor.
    func likeness(
        of sketch: TextSketch,
        to author: Author,
        since moment: Timestamp,
        except post: ID<Post>?,
        limit: Int,
        above floor: Double
    ) throws -> Double {
        var greatest = floor
        _ = try self.tx.rows(
            """
            SELECT sketch FROM (
                SELECT post, sketch, created_at FROM forum_sketch WHERE author = \(author.id)
                ORDER BY number DESC LIMIT \(limit + 1)
            ) newest WHERE created_at >= \(moment) AND post <> \(post?.text ?? "") LIMIT \(limit)
            """
        ) { greatest = max(greatest, sketch.likeness(toStored: try $0.column(), above: greatest)) }
        return greatest
    }

    func insert(_ sketch: TextSketch, of post: Post) throws {
        try self.tx.execute(
            """
            INSERT INTO forum_sketch (post, author, sketch, created_at)
            VALUES (\(post.id), \(post.author.id), \(sketch.stored), \(post.createdAt))
            """
        )
    }

    func update(_ sketch: TextSketch, of post: ID<Post>) throws {
        try self.tx.execute("UPDATE forum_sketch SET sketch = \(sketch.stored) WHERE post = \(post)")
    }

    /// Rejected or removed for what was decided last, and decided, of an account since a moment; also of what was withdrawn since.
    func record(of author: Author, since moment: Timestamp) throws -> (refused: Int, decided: Int) {
        let row = try self.tx.row(
            """
            SELECT CAST(COALESCE(SUM(CASE WHEN (
                    SELECT d.decision FROM forum_decision d WHERE d.post = forum_post.id AND d.undone_at IS NULL
                    ORDER BY d.created_at DESC, d.id DESC LIMIT 1
                ) IN ('reject', 'remove', 'uphold') THEN 1 ELSE 0 END), 0) AS BIGINT), COUNT(*)
            FROM forum_post WHERE author = \(author.id) AND decided_at >= \(moment)
            """
        ) { (Int(try $0.column(Int64.self)), Int(try $0.column(Int64.self))) }
        return row.map { (refused: $0.0, decided: $0.1) } ?? (0, 0)
    }
}

extension Transaction {
    var posts: PostStore { PostStore(tx: self) }
}
