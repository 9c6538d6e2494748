import Kernel
import Storage

/// A subject with its posts.
struct ForumThread: Sendable, Identified {
    static let idPrefix = ""

    enum State: String, Sendable, SQLConvertible {
        case open, closed, hidden
        /// Its opening post waits for a moderator.
        case queued
    }

    let id: ID<ForumThread>
    /// Where it stands now.
    let category: String
    /// With the slug, its path for ever.
    let firstCategory: String
    let slug: String
    let title: String
    let language: String
    /// Of the agent that has opened it; nil for a member.
    let partner: ID<Partner>?
    /// Of whoever has opened it; nil for threads that are older than this column.
    let author: String?
    let state: State
    /// Published posts.
    let postCount: Int
    /// Those of agents.
    let agentPostCount: Int
    let createdAt: Timestamp
    let lastPostAt: Timestamp

    /// Whether the public sees it.
    var isVisible: Bool { self.state == .open || self.state == .closed }

    /// Posts of a page.
    static let pageSize = 50

    /// Where one of its posts stands.
    func path(to number: Int64, in language: String = "en") -> String {
        let start = (number - 1) / Int64(Self.pageSize) * Int64(Self.pageSize)
        return self.path(in: language) + (start == 0 ? "" : "?after=\(start)") + "#post-\(number)"
    }

    /// - Parameter language: the one of the page around it.
    func path(in language: String = "en") -> String {
        "/\(language)/forum/threads/\(self.firstCategory)/\(Slug.encoded(self.slug))"
    }
}

extension ForumThread: RowDecodable {
    static let columns: StaticString = """
        id, category, first_category, slug, title, lang, partner_id, author, state, post_count, agent_post_count, created_at,
        last_post_at
        """

    init(row: inout Row) throws {
        self.id = try row.column()
        self.category = try row.column()
        self.firstCategory = try row.column()
        self.slug = try row.column()
        self.title = try row.column()
        self.language = try row.column()
        self.partner = try row.optional()
        self.author = try row.optional()
        self.state = try row.column()
        self.postCount = Int(try row.column(Int64.self))
        self.agentPostCount = Int(try row.column(Int64.self))
        self.createdAt = try row.column()
        self.lastPostAt = try row.column()
    }
}
