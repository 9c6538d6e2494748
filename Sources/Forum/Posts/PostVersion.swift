import Kernel
import Storage

/// What a post said once, or will say when a moderator agrees.
struct PostVersion: Sendable, RowDecodable {
    let post: ID<Post>
    let version: Int
    let body: String
    let html: String
    let score: SpamScore
    let isWaiting: Bool
    let createdAt: Timestamp

    static let columns: StaticString = "post, version, body, html, score, parts, is_waiting, created_at"

    init(row: inout Row) throws {
        self.post = try row.column()
        self.version = Int(try row.column(Int64.self))
        self.body = try row.column()
        self.html = try row.column()
        let score = try row.column(Int64.self)
        self.score = SpamScore(stored: .parsed(try row.column()), tenThousandths: Int(score))
        self.isWaiting = try row.column()
        self.createdAt = try row.column()
    }

    init(of post: Post, isWaiting: Bool = false) {
        self.post = post.id
        self.version = post.version
        self.body = post.body
        self.html = post.html
        self.score = post.score
        self.isWaiting = isWaiting
        self.createdAt = post.editedAt ?? post.createdAt
    }
}
