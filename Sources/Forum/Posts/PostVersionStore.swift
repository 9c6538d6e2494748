import Kernel
import Storage

struct PostVersionStore {
    let tx: Transaction

    func insert(_ version: PostVersion, stamps: Post.Stamps?) throws {
        let stored = stamps.map { JSON.text(of: ["geo": $0.geo.json, "aiWs": $0.ai.json]) }
        try self.tx.execute(
            """
            INSERT INTO forum_post_version (post, version, body, html, stamps, score, parts, is_waiting, created_at)
            VALUES (\(version.post), \(Int64(version.version)), \(version.body), \(version.html), \(stored),
                \(Int64(version.score.tenThousandths)), \(JSON.text(of: version.score.partsJSON)), \(version.isWaiting),
                \(version.createdAt))
            ON CONFLICT (post, version) DO NOTHING
            """
        )
    }

    /// Those that were shown, the oldest first; nothing for a post that was never edited.
    ///
    /// What was changed before the post was shown for the first time is nobody's business.
    func listShown(of post: Post) throws -> [PostVersion] {
        let all = try self.tx.rows(
            """
            SELECT \(raw: PostVersion.columns) FROM forum_post_version
            WHERE post = \(post.id) AND is_waiting = 0 ORDER BY version
            """,
            as: PostVersion.self
        )
        guard let publishedAt = post.publishedAt else { return [] }
        if post.createdAt == publishedAt { return all }
        let first = all.lastIndex { $0.createdAt <= publishedAt } ?? 0
        return Array(all.dropFirst(first))
    }

    /// All of them, for the author: the oldest first.
    func listAll(of post: ID<Post>) throws -> [PostVersion] {
        try self.tx.rows(
            "SELECT \(raw: PostVersion.columns) FROM forum_post_version WHERE post = \(post) ORDER BY version"
        )
    }

    /// When the post was written or changed last, also by an edit that waits.
    func lastMoment(of post: ID<Post>) throws -> Timestamp? {
        try self.tx.value(
            "SELECT created_at FROM forum_post_version WHERE post = \(post) ORDER BY version DESC LIMIT 1"
        )
    }

    /// The edit that a moderator has to look at.
    func waiting(of post: ID<Post>) throws -> PostVersion? {
        try self.tx.row(
            """
            SELECT \(raw: PostVersion.columns) FROM forum_post_version
            WHERE post = \(post) AND is_waiting = 1 ORDER BY version DESC LIMIT 1
            """
        )
    }

    func listWaiting(limit: Int) throws -> [PostVersion] {
        try self.tx.rows(
            """
            SELECT \(raw: PostVersion.columns) FROM forum_post_version WHERE is_waiting = 1
            ORDER BY created_at, post LIMIT \(limit)
            """
        )
    }

    /// The post as the edit that waits makes it.
    func edited(_ post: Post) throws -> Post? {
        let row = try self.tx.row(
            """
            SELECT version, body, html, stamps, score, parts, created_at FROM forum_post_version
            WHERE post = \(post.id) AND is_waiting = 1 ORDER BY version DESC LIMIT 1
            """
        ) { row -> Post in
            var edited = post
            edited.version = Int(try row.column(Int64.self))
            (edited.body, edited.html) = (try row.column(), try row.column())
            let stamps = try row.optional(String.self).map { JSONValue.parsed($0) }
            let score = try row.column(Int64.self)
            edited.score = SpamScore(stored: .parsed(try row.column()), tenThousandths: Int(score))
            edited.editedAt = try row.column()
            if let stamps, let known = post.stamps, let agent = post.author.agent,
                let geo = GeoStamp(stored: stamps["geo"])
            {
                edited.stamps = Post.Stamps(
                    agentVersion: known.agentVersion,
                    geo: geo,
                    ai: AIStamp(stored: stamps["aiWs"] ?? [:], agent: agent)
                )
            }
            return edited
        }
        return row
    }

    /// The edit that waits is shown.
    func show(_ version: Int, of post: ID<Post>) throws {
        try self.tx.execute(
            "UPDATE forum_post_version SET is_waiting = 0 WHERE post = \(post) AND version = \(Int64(version))"
        )
    }

    func deleteWaiting(of post: ID<Post>) throws {
        try self.tx.execute("DELETE FROM forum_post_version WHERE post = \(post) AND is_waiting = 1")
    }
}

extension Transaction {
    var postVersions: PostVersionStore { PostVersionStore(tx: self) }
}
