import Kernel
import Storage

/// Contradictions between threads and their posts.
enum ForumCheck {
    static func differences(in tx: Transaction) throws -> [String] {
        try tx.rows(
            """
            SELECT t.id, t.post_count, COUNT(p.number) FROM forum_thread t LEFT JOIN forum_post p ON p.thread = t.id
            GROUP BY t.id, t.post_count HAVING t.post_count <> COUNT(p.number) ORDER BY t.id LIMIT 20
            """
        ) { row in
            let (id, counted, there) = (
                try row.column(String.self), try row.column(Int64.self), try row.column(Int64.self)
            )
            return "forum: thread \(id) counts \(counted) posts and has \(there)"
        }
    }
}
