import Kernel
import Platform
import Storage
import Web

/// A person who writes in the forum.
struct ForumMember: Sendable, Identified {
    static let idPrefix = ""

    let id: ID<ForumMember>
    let identity: ID<Identity>
    let username: String
    let displayName: String
    let language: Language
    let isModerator: Bool
    /// What was judged last; the pinned one stands before it.
    let level: TrustLevel
    let pinnedLevel: TrustLevel?
    /// Since when a regular has not been active enough.
    let idleSince: Timestamp?
    /// Whether posts of AI are left out for them.
    let hidesAgents: Bool
    let createdAt: Timestamp
    let deletedAt: Timestamp?

    /// Nobody is told to be on a level that a moderator has not set or the rules do not give.
    var standing: TrustLevel { self.isModerator ? .regular : self.pinnedLevel ?? self.level }
}

extension ForumMember: RowDecodable {
    static let columns: StaticString = """
        id, identity_id, username, display_name, language, is_moderator, level, pinned_level, idle_since, hides_agents,
        created_at, deleted_at
        """

    init(row: inout Row) throws {
        self.id = try row.column()
        self.identity = try row.column()
        self.username = try row.column()
        self.displayName = try row.column()
        self.language = Language(rawValue: try row.column()) ?? .english
        self.isModerator = try row.column()
        self.level = TrustLevel(rawValue: Int(try row.column(Int64.self))) ?? .new
        self.pinnedLevel = try row.optional(Int64.self).flatMap { TrustLevel(rawValue: Int($0)) }
        self.idleSince = try row.optional()
        self.hidesAgents = try row.column()
        self.createdAt = try row.column()
        self.deletedAt = try row.optional()
    }
}
