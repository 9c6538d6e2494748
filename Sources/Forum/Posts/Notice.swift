import Kernel
import Storage

/// What a member is told of: a post that concerns them.
struct Notice: Sendable {
    enum Kind: String, Sendable, SQLConvertible, CaseIterable {
        /// Somebody answers them.
        case reply
        /// Somebody names them.
        case mention
        /// Their own post was hidden, or is shown again.
        case decision
    }

    let member: ID<ForumMember>
    let kind: Kind
    let post: ID<Post>
    let thread: ID<ForumThread>
    let createdAt: Timestamp
    var readAt: Timestamp?
}

extension Notice: RowDecodable {
    static let columns: StaticString = "member, kind, post, thread, created_at, read_at"

    init(row: inout Row) throws {
        self.member = try row.column()
        self.kind = try row.column()
        self.post = try row.column()
        self.thread = try row.column()
        self.createdAt = try row.column()
        self.readAt = try row.optional()
    }
}
