import Kernel
import Platform
import Storage

/// What a moderator does with a post.
enum Decision: String, Sendable, CaseIterable, SQLConvertible {
    case approve, reject, dismiss, remove
    /// About an appeal.
    case restore, uphold

    /// From where it leads where; nil where it cannot be made.
    ///
    /// - Parameter appealed: the state that the author has appealed against.
    func outcome(of state: Post.State, appealed: Post.State? = nil) -> Post.State? {
        switch (self, state) {
        case (.approve, .queued), (.dismiss, .flagged): .published
        case (.reject, .queued): .rejected
        case (.remove, .published), (.remove, .restored), (.remove, .flagged): .removed
        case (.restore, .appealed): .restored
        case (.uphold, .appealed): appealed ?? .removed
        default: nil
        }
    }

    /// Whether the author is told why in the moderator's own words.
    var needsNote: Bool { [.reject, .remove, .uphold].contains(self) }

    static func possible(for state: Post.State) -> [Decision] {
        self.allCases.filter { $0.outcome(of: state, appealed: .removed) != nil }
    }
}

/// A decision as a moderator sends it.
struct DecisionOrder: Sendable {
    let post: ID<Post>
    let decision: Decision
    /// The state that the moderator has seen.
    let seen: Post.State
    /// The version that the moderator has seen; nil for whichever there is.
    let version: Int?
    let reason: String
    let note: String?
}

/// A decision as it was made.
struct Decided: Sendable, Identified {
    static let idPrefix = ""

    let id: ID<Decided>
    let post: ID<Post>
    let moderator: ID<Identity>
    let decision: Decision
    let before: Post.State
    let after: Post.State
    let reason: String
    let note: String?
    /// Why the author disagrees.
    var appeal: String?
    var appealedAt: Timestamp?
    var undoneAt: Timestamp?
    let createdAt: Timestamp
}

extension Decided: RowDecodable {
    static let columns: StaticString = """
        id, post, moderator, decision, before, after, reason, note, appeal, appealed_at, undone_at, created_at
        """

    init(row: inout Row) throws {
        self.id = try row.column()
        self.post = try row.column()
        self.moderator = try row.column()
        self.decision = try row.column()
        self.before = try row.column()
        self.after = try row.column()
        self.reason = try row.column()
        self.note = try row.optional()
        self.appeal = try row.optional()
        self.appealedAt = try row.optional()
        self.undoneAt = try row.optional()
        self.createdAt = try row.column()
    }
}
