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
    func list(of post: ID<Post>) throws -> [PostVersion] {
        try self.tx.rows(
            """
            SELECT \(raw: PostVersion.columns) FROM forum_post_version
            WHERE post = \(post) AND is_waiting = 0 ORDER BY version
            """
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

    func deleteWaiting(of post: ID<Post>) throws {
        try self.tx.execute("DELETE FROM forum_post_version WHERE post = \(post) AND is_waiting = 1")
    }
}

extension Transaction {
    var postVersions: PostVersionStore { PostVersionStore(tx: self) }
}
